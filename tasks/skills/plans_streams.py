"""The order in which the plans of one stream come: without repeats, and evenly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb, lcm
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gleanery.tasks.seeded import Integers, draw, key, keys, shuffled
from gleanery.tasks.skills.epochs_sealed import Epoch, Stream
from gleanery.tasks.skills.plans_circle import BEYOND, CircleSets

Flags = npt.NDArray[np.bool_]

_NEW, _OLD, _TYPES = range(3)


@dataclass(frozen=True, slots=True)
class Generation:
    """What epoch `number` brought: skills and query types that it saw first, as sorted ids.

    `older_skills` are those that it saw and that epochs before it had brought. One that was away
    then and comes back is combined with all but the skills that came in the meantime.
    """

    number: int
    skills: tuple[str, ...]
    older_skills: tuple[str, ...]
    query_types: tuple[str, ...]


def generations(epochs: Sequence[Epoch]) -> dict[int, Generation]:
    """Return what each epoch brought, by its number."""
    skills: set[str] = set()
    types: set[str] = set()
    found = {}
    for epoch in epochs:
        found[epoch.number] = Generation(
            epoch.number,
            tuple(sorted(set(epoch.skills) - skills)),
            tuple(sorted(set(epoch.skills) & skills)),
            tuple(sorted(set(epoch.query_types) - types)),
        )
        skills.update(epoch.skills)
        types.update(epoch.query_types)
    return found


class Drawn(NamedTuple):
    """Plans as rows: skills (rising) and query type, and whether the epoch saw all of these.

    Skills and query types are numbers: their places in `Numbering`.
    """

    skills: Integers
    query_type: Integers
    seen: Flags


class Numbering:
    """All skills and query types up to an epoch as numbers, in the order of their ids."""

    def __init__(self, brought: Mapping[int, Generation], epoch: Epoch) -> None:
        self.skills = sorted(name for one in brought.values() for name in one.skills)
        self.query_types = sorted(name for one in brought.values() for name in one.query_types)
        self.skill_numbers = {name: number for number, name in enumerate(self.skills)}
        self.type_numbers = {name: number for number, name in enumerate(self.query_types)}
        # What was removed since it came is in the streams, but the epoch has not seen it.
        skills, query_types = set(epoch.skills), set(epoch.query_types)
        self.seen_skills = np.array([name in skills for name in self.skills], np.bool_)
        self.seen_types = np.array([name in query_types for name in self.query_types], np.bool_)


class StreamPlans:
    """The plans of one stream as an epoch draws them; `total` says how many there are.

    The members from the new and from the older skills each come in the order of `CircleSets`, so
    that every skill is used equally often; the query types come in random order, all of them
    before any comes again. Sets of skills come once, then all of them again with other query
    types.
    """

    def __init__(
        self,
        stream: Stream,
        brought: Mapping[int, Generation],
        epoch: Epoch,
        numbering: Numbering,
    ) -> None:
        names = ("skill plans", epoch.seed, *stream.model_dump().values())
        generation = brought[stream.skills]
        types = brought[stream.query_types].query_types
        new, old = generation.skills, generation.older_skills
        self._numbering = numbering
        self._new_sets = CircleSets(len(new), stream.new, key(*names, _NEW))
        self._old_sets = CircleSets(len(old), stream.size - stream.new, key(*names, _OLD))
        self._new_circle = _circle(new, numbering.skill_numbers, *names, _NEW)
        self._old_circle = _circle(old, numbering.skill_numbers, *names, _OLD)
        self._type_key = key(*names, _TYPES)
        self._types = np.array([numbering.type_numbers[name] for name in types], np.int64)
        self._sets = min(self._new_sets.total * self._old_sets.total, BEYOND)
        self.total = min(self._sets * len(types), BEYOND)

    def at(self, positions: Integers) -> Drawn:
        """Return the plans at these positions."""
        again, place = np.divmod(positions, self._sets)
        # Both go round; each time that they meet again at their starts, one moves a step ahead.
        meeting = min(lcm(self._new_sets.total, self._old_sets.total), BEYOND)
        new = self._new_sets.at(place % self._new_sets.total)
        old = self._old_sets.at((place + place // meeting) % self._old_sets.total)
        skills = np.hstack([self._new_circle[new], self._old_circle[old]])
        skills.sort(axis=1)
        choices = len(self._types)
        block, in_block = np.divmod(place, choices)
        blocks, row = np.unique(block, return_inverse=True)
        orders = shuffled(draw(self._type_key, blocks), choices)
        types = self._types[orders[row, (in_block + again) % choices]]
        seen = self._numbering.seen_skills[skills].all(axis=1)
        return Drawn(skills, types, seen & self._numbering.seen_types[types])


def total_of(
    stream: Stream,
    brought: Mapping[int, Generation],
    skills: frozenset[str],
    query_types: frozenset[str],
) -> int:
    """Return how many plans of a stream hold nothing but these skills and query types."""
    generation = brought[stream.skills]
    new = len(skills.intersection(generation.skills))
    old = len(skills.intersection(generation.older_skills))
    sets = comb(new, stream.new) * comb(old, stream.size - stream.new)
    return min(
        sets * len(query_types.intersection(brought[stream.query_types].query_types)), BEYOND
    )


def _circle(ids: Sequence[str], numbers: Mapping[str, int], *names: object) -> Integers:
    """Return the members in their random order around the circle."""
    order = np.argsort(keys(ids, *names), kind="stable")
    return np.array([numbers[name] for name in ids], dtype=np.int64)[order]
