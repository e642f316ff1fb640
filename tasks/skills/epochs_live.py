"""Which of the plans so far are live: their skills and query types are all still there.

What an epoch sealed never changes, but a plan rests as long as one of its skills or its query type
is gone (`plans.asked_plans`). Resting plans give no examples, so they are not counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from gleanery.tasks.skills.epochs_sealed import Epoch, Stream, Window
from gleanery.tasks.skills.plans_streams import Generation, Numbering, StreamPlans, generations
from gleanery.tasks.skills.records import QueryType, Skill

_COUNTED = 1 << 16  # positions looked at together


class LivePlans:
    """How many plans are live, over the skills and query types (ids) of today.

    `of_epoch` counts them by the number of their epoch, `of_size` by how many skills they have.
    `passed` counts, by stream, what is live of all that it has given out so far: what an epoch
    passed over comes no more, even if its skills are back.
    """

    def __init__(
        self, epochs: Sequence[Epoch], skills: frozenset[str], query_types: frozenset[str]
    ) -> None:
        self.of_epoch: Counter[int] = Counter()
        self.of_size: Counter[int] = Counter()
        self.passed: Counter[Stream] = Counter()
        brought = generations(epochs)
        for epoch in epochs:
            for window in epoch.windows:
                if _is_whole(window, brought, skills, query_types):
                    live, passed = window.count, window.end - window.first
                else:
                    today = epoch.model_copy(
                        update={"skills": tuple(skills), "query_types": tuple(query_types)}
                    )
                    live, passed = _counted(window, brought, epoch, today)
                self.of_epoch[epoch.number] += live
                self.of_size[window.stream.size] += live
                self.passed[window.stream] += passed

    @property
    def count(self) -> int:
        """The live plans of all epochs."""
        return self.of_epoch.total()


def live_plans(
    epochs: Sequence[Epoch], skills: Iterable[Skill], query_types: Iterable[QueryType]
) -> LivePlans:
    """Return the live plans of these epochs over the skills and query types of today."""
    kinds = frozenset(query_type.id for query_type in query_types)
    return LivePlans(epochs, frozenset(skill.id for skill in skills), kinds)


def _is_whole(
    window: Window,
    brought: Mapping[int, Generation],
    skills: frozenset[str],
    query_types: frozenset[str],
) -> bool:
    generation = brought[window.stream.skills]
    types = brought[window.stream.query_types].query_types
    return skills.issuperset((*generation.skills, *generation.older_skills)) and (
        query_types.issuperset(types)
    )


def _counted(
    window: Window, brought: Mapping[int, Generation], epoch: Epoch, today: Epoch
) -> tuple[int, int]:
    """Return how many plans of a window are live, and how many of its positions would be."""
    numbering = Numbering(brought, today)
    sealed = Numbering(brought, epoch)
    plans = StreamPlans(window.stream, brought, epoch, sealed)
    live = passed = 0
    for first in range(window.first, window.end, _COUNTED):
        drawn = plans.at(np.arange(first, min(first + _COUNTED, window.end)))
        there = numbering.seen_skills[drawn.skills].all(axis=1)
        there &= numbering.seen_types[drawn.query_type]
        live += int((there & drawn.seen).sum())
        passed += int(there.sum())
    return live, passed
