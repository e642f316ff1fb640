"""The messages of the conversation, worded for the plan at hand."""

from collections.abc import Sequence
from typing import Any

from gleanery.infra.digests import digest
from gleanery.tasks.quoting import quoted
from gleanery.tasks.skills import generation_prompts as prompts
from gleanery.tasks.skills.generate_config import GenerationConfig
from gleanery.tasks.skills.generation_prompts import INSTRUCTION, RESPONSE
from gleanery.tasks.skills.records import QueryType, Skill, SkillPlan
from gleanery.tasks.skills.sections import write_sections

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


def draft_message(
    plan: SkillPlan, skills: Sequence[Skill], query_type: QueryType, config: GenerationConfig
) -> str:
    """Return the message that asks for the draft: what every plan has in common comes first."""
    return prompts.DRAFT.render(
        need=_need(len(skills)),
        shown="The skill" if len(skills) == 1 else "Each of the skills",
        least=str(config.least_words),
        most=str(config.most_words),
        format=_layout(config, INSTRUCTION, RESPONSE),
        **quoted({"skills": _listed(skills), "query_type": _described(query_type)}),
        manner=prompts.MANNERS[int(digest(["manner", plan.id]), 16) % len(prompts.MANNERS)],
        language=config.language,
    )


def critique_message(skills: Sequence[Skill]) -> str:
    """Return the message that asks for the asker's criticism of the draft."""
    k = len(skills)
    each = "the skill" if k == 1 else f"each of the {_number(k)} skills"
    return prompts.CRITIQUE.render(needed=f"the response really takes {each}, and shows it")


def revise_message(config: GenerationConfig) -> str:
    """Return the message that asks for the final texts."""
    return prompts.REVISE.render(format=_layout(config, INSTRUCTION, RESPONSE))


def reword_message(named: Sequence[str], config: GenerationConfig) -> str:
    """Return the message that asks for an instruction without the words that name a skill."""
    words = quoted({"words": "\n".join(named)})["words"]
    return prompts.REWORD.render(named=words, format=_layout(config, INSTRUCTION))


def schema_of(config: GenerationConfig, *names: str) -> dict[str, Any] | None:
    """Return the schema of an answer with these texts, or None where marker lines are asked for."""
    if not config.structured:
        return None
    return {
        "type": "object",
        "properties": {name: {"type": "string"} for name in names},
        "required": list(names),
        "additionalProperties": False,
    }


def _need(k: int) -> str:
    if k == 1:
        return "the skill given below"
    which = "both skills" if k == 2 else f"all {_number(k)} skills"
    return f"{which} given below, together, for one thing that the person wants"


def _number(k: int) -> str:
    return _NUMBERS[k] if k < len(_NUMBERS) else str(k)


def _layout(config: GenerationConfig, *names: str) -> str:
    if config.structured:
        keys = ", ".join(f'"{name}": "…"' for name in names)
        return prompts.JSON.render(example=f"{{{keys}}}")
    return prompts.SECTIONS.render(
        example=write_sections({name: f"(the {name})" for name in names})
    )


def _listed(skills: Sequence[Skill]) -> str:
    return "\n".join(
        f"- {skill.name}: {_line(skill.definition)}" if skill.definition else f"- {skill.name}"
        for skill in skills
    )


def _described(query_type: QueryType) -> str:
    lines = [f"Kind of request: {query_type.name}: {_line(query_type.definition)}"]
    if query_type.example.strip():
        lines.append(f"An example of this kind: {query_type.example.strip()}")
    return "\n".join(lines)


def _line(text: str) -> str:
    return " ".join(text.split())
