"""Proposing and extracting skills as parts: topics, skills of each topic, query types, labels."""

from collections.abc import Callable, Sequence
from typing import Any

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import ModelIdentity
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Input, Plan
from gleanery.tasks.llm_part import LLMPart, RowOutcome
from gleanery.tasks.skills.label import LabelConfig, SkillLabel, label_instruction
from gleanery.tasks.skills.label_prompts import LABEL_FINGERPRINT
from gleanery.tasks.skills.label_source import Instruction
from gleanery.tasks.skills.propose import propose_query_types, propose_skills, propose_topics
from gleanery.tasks.skills.propose_config import ProposalConfig
from gleanery.tasks.skills.propose_prompts import (
    QUERY_TYPES_FINGERPRINT,
    SKILLS_FINGERPRINT,
    TOPICS_FINGERPRINT,
)
from gleanery.tasks.skills.propose_records import (
    ProposalAim,
    ProposedQueryType,
    ProposedSkill,
    Topic,
)
from gleanery.tasks.skills.stages import (
    LABELS,
    PROPOSED_QUERY_TYPES,
    PROPOSED_SKILLS,
    TOPICS,
)

VERSION = 1
PART = "skills"


def topics_part(
    aim: ProposalAim, config: ProposalConfig, engine: EngineConfig
) -> LLMPart[ProposalAim, Topic]:
    """Return the work of proposing the topics that skills are then proposed for."""
    return LLMPart(
        plan=_plan(TOPICS, PART, (_aim_input(aim),), config, TOPICS_FINGERPRINT, engine),
        load=lambda: [aim],
        row_id=lambda row: row.id,
        row_type=Topic,
        origin=lambda topic: topic.row_id,
        engines=[engine],
        dialogue=_asking(propose_topics, config, engine.identity),
    )


def query_types_part(
    aim: ProposalAim, config: ProposalConfig, engine: EngineConfig
) -> LLMPart[ProposalAim, ProposedQueryType]:
    """Return the work of proposing query types."""
    return LLMPart(
        plan=_plan(
            PROPOSED_QUERY_TYPES, PART, (_aim_input(aim),), config, QUERY_TYPES_FINGERPRINT, engine
        ),
        load=lambda: [aim],
        row_id=lambda row: row.id,
        row_type=ProposedQueryType,
        origin=lambda kind: kind.row_id,
        engines=[engine],
        dialogue=_asking(propose_query_types, config, engine.identity),
    )


def skills_part(
    parts: Parts, config: ProposalConfig, engine: EngineConfig
) -> LLMPart[Topic, ProposedSkill] | None:
    """Return the work of proposing the skills of every topic; `None` before there are topics."""
    topics = parts.newest(TOPICS, PART)
    if topics is None:
        return None
    made_from = Input(stage=TOPICS, part=PART, row_digest=topics.row_digest)
    return LLMPart(
        plan=_plan(PROPOSED_SKILLS, PART, (made_from,), config, SKILLS_FINGERPRINT, engine),
        load=lambda: parts.rows(topics, Topic),
        row_id=lambda topic: topic.id,
        row_type=ProposedSkill,
        origin=lambda skill: skill.row_id,
        engines=[engine],
        dialogue=_asking(propose_skills, config, engine.identity),
    )


def labels_part(
    part: str,
    digest_of_rows: str,
    load: Callable[[], Sequence[Instruction]],
    config: LabelConfig,
    engine: EngineConfig,
) -> LLMPart[Instruction, SkillLabel]:
    """Return the work of labelling one slice of an instruction dataset."""
    made_from = Input(stage="instructions", part=part, row_digest=digest_of_rows)
    return LLMPart(
        plan=_plan(LABELS, part, (made_from,), config, LABEL_FINGERPRINT, engine),
        load=load,
        row_id=lambda instruction: instruction.id,
        row_type=SkillLabel,
        origin=lambda label: label.row_id,
        engines=[engine],
        dialogue=lambda row, attempt: label_instruction(row, config, engine.identity, attempt),
    )


def _asking(
    propose: Callable[[Any, ProposalConfig, ModelIdentity, int], Dialogue[RowOutcome[Any]]],
    config: ProposalConfig,
    model: ModelIdentity,
) -> Callable[[Any, int], Dialogue[RowOutcome[Any]]]:
    return lambda row, attempt: propose(row, config, model, attempt)


def _aim_input(aim: ProposalAim) -> Input:
    return Input(stage="aim", part=PART, row_digest=aim.id)


def _plan(
    stage: str,
    part: str,
    inputs: tuple[Input, ...],
    config: ProposalConfig | LabelConfig,
    prompt: str,
    engine: EngineConfig,
) -> Plan:
    return Plan(
        stage=stage,
        version=VERSION,
        part=part,
        inputs=inputs,
        decides={
            "config": config.model_dump(mode="json"),
            "prompt": prompt,
            "model": [engine.model, engine.revision],
        },
    )
