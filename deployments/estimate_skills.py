"""The estimate of a synthesis from skills: the plans that the next run will ask about."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from gleanery.deployments.estimate_ground import Ground
from gleanery.deployments.estimate_parts import ForeseenParts
from gleanery.deployments.stage_estimates import StageEstimate, asking_estimate
from gleanery.flows.skills_config import SkillsConfig
from gleanery.tasks.skills.epochs import read_epochs
from gleanery.tasks.skills.epochs_inputs import epoch_inputs
from gleanery.tasks.skills.epochs_live import LivePlans
from gleanery.tasks.skills.epochs_next import next_epoch
from gleanery.tasks.skills.epochs_sealed import Epoch
from gleanery.tasks.skills.epochs_shortage import shortage
from gleanery.tasks.skills.generation_part import generation_part
from gleanery.tasks.skills.plans import EpochPlans, asked_plans
from gleanery.tasks.skills.records import QueryType, Skill, SkillPlan
from gleanery.tasks.skills.skill_set import SkillSet, load_skills
from gleanery.tasks.skills.stages import SKILL_EXAMPLES, part_name


def skills_stages(
    config: SkillsConfig, options: Mapping[str, Any], ground: Ground
) -> list[StageEstimate]:
    """Return the estimate of generation, after printing the size of the plans."""
    skills = load_skills(config.skills, options)
    epochs = read_epochs(ground.parts.store)
    known = frozenset(skill.id for skill in skills.skills)
    kinds = frozenset(kind.id for kind in skills.query_types)
    sealed = len(epochs)
    while draft := next_epoch(epochs, known, kinds, config.plans):
        epochs.append(draft)
    live = LivePlans(epochs, known, kinds)
    ground.console.print(f"Skills: {len(known):,}, query types: {len(kinds):,}")
    ground.console.print(f"Plans: {live.count:,} in {len(epochs)} epochs, {sealed} of them sealed")
    if resting := sum(epoch.count for epoch in epochs) - live.count:
        ground.console.print(
            f"Plans that rest: {resting:,}; a skill or query type of theirs was removed"
        )
    if short := shortage(live, len(known), len(kinds), config.plans):
        ground.console.print(f"Too few combinations: {short}")
    left = sum(
        _open_plans(ground.parts, epochs, epoch, skills, config, live.of_epoch[epoch.number])
        for epoch in epochs
    )
    names = [part_name(epoch, n) for epoch in epochs[:sealed] for n in range(epoch.slices)]
    asking = ground.asking(SKILL_EXAMPLES, ground.receipts(SKILL_EXAMPLES, names))
    turns = 4 if config.generation.verify else 3
    ground.words.append(f"requests: {turns} a plan; what is tried again or reworded comes on top")
    return [
        asking_estimate(
            SKILL_EXAMPLES,
            (left, left),
            left * turns,
            asking,
            config.generating_engines,
            ground.rate,
        )
    ]


def _open_plans(
    parts: ForeseenParts,
    epochs: Sequence[Epoch],
    epoch: Epoch,
    skills: SkillSet,
    config: SkillsConfig,
    live: int,
) -> int:
    """Return how many plans of an epoch will be asked about; `live` of them may be."""
    begun = [
        number
        for number in range(epoch.slices)
        if parts.newest(SKILL_EXAMPLES, part_name(epoch, number))
    ]
    if not begun:
        return live
    drawn = EpochPlans(epochs, epoch.number)
    inputs = epoch_inputs(epoch, skills)

    def load(number: int) -> tuple[Sequence[SkillPlan], Sequence[Skill], Sequence[QueryType]]:
        plans = asked_plans(drawn.slice(number), skills.skills, skills.query_types)
        return plans, skills.skills, skills.query_types

    def open_in(number: int) -> int:
        if number not in begun_already and live == epoch.count and _has_no_gaps(epoch):
            return _size(epoch, number)  # there may be too many to draw them all
        part = generation_part(
            part_name(epoch, number),
            inputs,
            functools.partial(load, number),
            config.generation,
            config.generating_engines,
        )
        return len(parts.open_rows(part))

    begun_already = frozenset(begun)
    return sum(map(open_in, range(epoch.slices)))


def _has_no_gaps(epoch: Epoch) -> bool:
    return all(window.count == window.end - window.first for window in epoch.windows)


def _size(epoch: Epoch, number: int) -> int:
    """Return how many plans a slice of an epoch without gaps has."""
    counts = [window.count for window in epoch.windows]
    whole = epoch.slices
    return sum(count * (number + 1) // whole - count * number // whole for count in counts)
