"""Generation for one part of the plans: what decides it, and the dialogue of a plan."""

from collections.abc import Callable, Sequence

from gleanery.infra.digests import digest
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.receipts import Input, Plan
from gleanery.tasks.llm_part import LLMPart, RowOutcome
from gleanery.tasks.records import Example
from gleanery.tasks.skills.generate import example_id, generate_example
from gleanery.tasks.skills.generate_config import GenerationConfig
from gleanery.tasks.skills.generation_prompts import FINGERPRINTS
from gleanery.tasks.skills.records import QueryType, Skill, SkillPlan
from gleanery.tasks.skills.stages import SKILL_EXAMPLES
from gleanery.tasks.skills.verify import VERIFY

VERSION = 2


def generation_part(
    part: str,
    inputs: tuple[Input, ...],
    load: Callable[[], tuple[Sequence[SkillPlan], Sequence[Skill], Sequence[QueryType]]],
    config: GenerationConfig,
    engines: Sequence[EngineConfig],
) -> LLMPart[SkillPlan, Example]:
    """Return the work of one part; `load` gives its plans, and the skills and query types in them.

    The first engine writes, the second one verifies. Raises `ValueError` if verification is
    configured and there is no second one.
    """
    if config.verify and len(engines) < 2:
        raise ValueError(
            "generation.verify is set, but no second model is: name the engine that verifies"
        )
    used = engines[: 2 if config.verify else 1]
    skills: dict[str, Skill] = {}
    query_types: dict[str, QueryType] = {}

    def load_plans() -> Sequence[SkillPlan]:
        plans, combined, kinds = load()
        skills.update((skill.id, skill) for skill in combined)
        query_types.update((kind.id, kind) for kind in kinds)
        return plans

    def dialogue(plan: SkillPlan, attempt: int) -> Dialogue[RowOutcome[Example]]:
        writer, *verifiers = (engine.identity for engine in used)
        verifier = verifiers[0] if verifiers else None
        return generate_example(plan, skills, query_types, config, writer, attempt, verifier)

    prompts = [FINGERPRINTS, VERIFY.fingerprint] if config.verify else [FINGERPRINTS]
    return LLMPart(
        plan=Plan(
            stage=SKILL_EXAMPLES,
            version=VERSION,
            part=part,
            inputs=inputs,
            decides={
                "config": config.model_dump(mode="json"),
                "prompt": digest(prompts),
                "models": [[engine.model, engine.revision] for engine in used],
            },
        ),
        load=load_plans,
        row_id=lambda plan: example_id(plan, skills, query_types),
        row_type=Example,
        origin=lambda example: example.id,
        engines=used,
        dialogue=dialogue,
    )
