"""The flow that proposes skills and query types, and extracts skills from instruction datasets."""

import functools
from collections import Counter
from collections.abc import Sequence

from prefect import flow
from prefect.logging import get_run_logger
from prefect.task_runners import ThreadPoolTaskRunner

from gleanery.flows.fan_out import PARTS_AT_ONCE, ask_for_parts
from gleanery.flows.run import Again, Run, open_run
from gleanery.flows.skills_config import SkillsConfig
from gleanery.infra.digests import digest
from gleanery.infra.llm.embeddings import embedder
from gleanery.tasks.skills.label import SkillLabel, found_in_labels
from gleanery.tasks.skills.label_source import (
    Instruction,
    in_parts,
    read_instructions,
    sample_instructions,
)
from gleanery.tasks.skills.merge_count import FoundSkill
from gleanery.tasks.skills.merge_sets import add_found
from gleanery.tasks.skills.proposal_parts import (
    PART,
    labels_part,
    query_types_part,
    skills_part,
    topics_part,
)
from gleanery.tasks.skills.propose_records import (
    ProposalAim,
    ProposedQueryType,
    ProposedSkill,
    Topic,
)
from gleanery.tasks.skills.propose_results import found_in_proposals, query_types_in_proposals
from gleanery.tasks.skills.skill_set import SkillSet, shown_skills
from gleanery.tasks.skills.stages import (
    LABELS,
    PROPOSED_QUERY_TYPES,
    PROPOSED_SKILLS,
    TOPICS,
)
from gleanery.tasks.skills.topics import listed_names
from gleanery.tasks.stage_output import StageOutput

PROPOSED_FILE = "proposals/skills.yaml"

SkillsRun = Run[SkillsConfig]


@flow(
    name="propose-skills",
    flow_run_name="propose skills: {config.name}",
    task_runner=ThreadPoolTaskRunner(max_workers=PARTS_AT_ONCE),  # type: ignore[arg-type]
)
def propose_skills(config: SkillsConfig, again: Again = Again()) -> list[StageOutput]:
    """Return the outputs of proposing; the skill set is at `proposals/skills.yaml` of the pipeline.

    Where the configuration names instruction datasets, the skills that these need are extracted
    and merged with the proposed ones. Topics that slipped in are in the file, as removed.
    """
    with open_run(config) as run:
        proposal, engine = config.proposal, config.engine
        aim = ProposalAim(aim=proposal.aim)
        outputs = [
            ask_for_parts(run, TOPICS, [topics_part(aim, proposal, engine)], again),
            ask_for_parts(run, PROPOSED_SKILLS, [skills_part(run.parts, proposal, engine)], again),
            ask_for_parts(
                run, PROPOSED_QUERY_TYPES, [query_types_part(aim, proposal, engine)], again
            ),
        ]
        if config.instructions.paths:
            outputs.append(_label(run, again))
        if all(output.complete for output in outputs):
            skills = _skill_set(run, outputs)
            run.store.write(PROPOSED_FILE, shown_skills(skills).encode())
            get_run_logger().info(
                "%d skills and %d query types are at %s",
                len(skills.skills),
                len(skills.query_types),
                run.store.uri(PROPOSED_FILE),
            )
        return outputs


def _label(run: SkillsRun, again: Again) -> StageOutput:
    config = run.config
    rows, losses = sample_instructions(
        read_instructions(config.instructions, run.source_options),
        config.instructions.most_rows,
        config.instructions.seed,
    )
    for reason, count in Counter(loss.reason for loss in losses).items():
        get_run_logger().warning("instructions: %d left out: %s", count, reason)

    def load(instructions: Sequence[Instruction]) -> Sequence[Instruction]:
        return instructions

    work = [
        labels_part(
            name,
            digest([row.id for row in instructions]),
            functools.partial(load, instructions),
            config.labels,
            config.engine,
        )
        for name, instructions in in_parts(rows).items()
    ]
    return ask_for_parts(run, LABELS, work, again)


def _skill_set(run: SkillsRun, outputs: Sequence[StageOutput]) -> SkillSet:
    """Return what all stages came to, near-duplicates merged and topics removed."""
    config, parts = run.config, run.parts
    rows = {
        stage: parts.rows(receipt, record)
        for stage, record in ((TOPICS, Topic), (PROPOSED_SKILLS, ProposedSkill))
        if (receipt := parts.newest(stage, PART))
    }
    kinds = parts.newest(PROPOSED_QUERY_TYPES, PART)
    query_types = query_types_in_proposals(parts.rows(kinds, ProposedQueryType) if kinds else [])
    found: list[FoundSkill] = [
        *found_in_proposals(row for row in rows[PROPOSED_SKILLS] if isinstance(row, ProposedSkill)),
        *found_in_labels(_labels(run, outputs)),
    ]
    topics = listed_names(row.name for row in rows[TOPICS] if isinstance(row, Topic))
    embed = embedder(config.embedding, run.store) if config.embedding else None
    empty = SkillSet(entries=[], query_types=query_types)
    merged, _ = add_found(empty, found, topics, config.merge, embed)
    return merged


def _labels(run: SkillsRun, outputs: Sequence[StageOutput]) -> list[SkillLabel]:
    """Return the labels of this run; those of instructions that are gone are left out."""
    names = [ref.part for output in outputs if output.stage == LABELS for ref in output.parts]
    receipts = [receipt for name in names if (receipt := run.parts.newest(LABELS, name))]
    return [row for receipt in receipts for row in run.parts.rows(receipt, SkillLabel)]
