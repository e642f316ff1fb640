"""Plans of examples: which skills and which query type each combines (arXiv 2408.14774)."""

import threading
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from gleanery.infra.collection import collection_paused
from gleanery.infra.digests import digest
from gleanery.tasks.seeded import Integers, Words, draw, keys
from gleanery.tasks.skills.epochs_sealed import Epoch
from gleanery.tasks.skills.plans_streams import Drawn, Flags, Numbering, StreamPlans, generations
from gleanery.tasks.skills.records import QueryType, Skill, SkillPlan


def epoch_plans(epochs: Sequence[Epoch], number: int, part: int) -> list[SkillPlan]:
    """Return the plans of one slice of epoch `number`; `epochs` are all of them, in order.

    To draw many slices, keep an `EpochPlans`.
    """
    return EpochPlans(epochs, number).slice(part)


def asked_plans(
    plans: Iterable[SkillPlan], skills: Iterable[Skill], query_types: Iterable[QueryType]
) -> list[SkillPlan]:
    """Return the plans whose skills and query type are all still there; the others rest."""
    there = {skill.id for skill in skills}
    types = {query_type.id for query_type in query_types}
    return [plan for plan in plans if plan.query_type in types and there.issuperset(plan.skills)]


class EpochPlans:
    """The plans of one epoch, drawn slice by slice: memory holds one slice at a time.

    Every slice has its share of each window of the epoch, so all slices are alike. A plan's id
    follows its skills and query type alone and no two plans of any epochs have the same; `index`
    counts the plans of the epoch, with a gap where it passes over one. Parts that are made at the
    same time may share one.
    """

    def __init__(self, epochs: Sequence[Epoch], number: int) -> None:
        earlier = [epoch for epoch in epochs if epoch.number <= number]
        if not earlier or earlier[-1].number != number:
            known = ", ".join(str(epoch.number) for epoch in epochs) or "none"
            raise ValueError(f"there is no epoch {number}; sealed are: {known}")
        self.epoch = earlier[-1]
        brought = generations(earlier)
        self._numbering = Numbering(brought, self.epoch)
        self._skill_keys = keys(self._numbering.skills, "held out", self.epoch.seed)
        self._streams = [
            StreamPlans(window.stream, brought, self.epoch, self._numbering)
            for window in self.epoch.windows
        ]
        # A stream finds its rounds one after another: found by two at once they would mix.
        self._drawing = threading.Lock()

    def __iter__(self) -> Iterator[list[SkillPlan]]:
        """Return the slices in their order."""
        return map(self.slice, range(self.epoch.slices))

    def slice(self, part: int) -> list[SkillPlan]:
        """Return the plans of one slice, the first of which is number 0."""
        slices = self.epoch.slices
        if not 0 <= part < slices:
            raise ValueError(f"epoch {self.epoch.number} has {slices} slices: there is no {part}")
        found: list[SkillPlan] = []
        index = sum((window.end - window.first) * part // slices for window in self.epoch.windows)
        for window, stream in zip(self.epoch.windows, self._streams, strict=True):
            length = window.end - window.first
            start, end = length * part // slices, length * (part + 1) // slices
            if start < end:
                with self._drawing:
                    drawn = stream.at(np.arange(window.first + start, window.first + end))
                found += self._records(drawn, index)
                index += end - start
        return found

    @collection_paused()
    def _records(self, drawn: Drawn, index: int) -> list[SkillPlan]:
        rows = np.flatnonzero(drawn.seen)
        sets = drawn.skills[rows]
        held_out = _held_out(self._skill_keys, sets, self.epoch.held_out_share)
        columns = (rows, sets, drawn.query_type[rows], held_out)
        skill_ids, type_ids = self._numbering.skills, self._numbering.query_types
        plans = []
        for row, members, type_number, held in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            skills = [skill_ids[member] for member in members]
            query_type = type_ids[type_number]
            plans.append(
                SkillPlan(
                    id=digest([skills, query_type]),
                    epoch=self.epoch.number,
                    index=index + row,
                    skills=skills,
                    query_type=query_type,
                    split="held_out" if held else "train",
                )
            )
        return plans


def _held_out(skill_keys: Words, sets: Integers, share: float) -> Flags:
    """Return which sets of skills are held out: it follows the set and the seed alone."""
    together = skill_keys[sets].sum(axis=1, dtype=np.uint64)
    threshold = np.uint64(round(share * 2**32))
    return (draw(together, 0) >> np.uint64(32)) < threshold
