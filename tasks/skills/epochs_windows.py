"""Which stretches of which streams an epoch adds."""

from collections.abc import Mapping, Sequence
from math import comb

import numpy as np

from gleanery.tasks.skills.epochs_sealed import Epoch, Stream, Window
from gleanery.tasks.skills.epochs_shares import apportion, fill_evenly
from gleanery.tasks.skills.plans_streams import Generation, Numbering, StreamPlans, total_of

_TRIED = 1 << 16  # positions looked at together


class OpenStreams:
    """The streams that an epoch may draw from.

    Those of the skills and query types that it brings; of all where it brings none. `passed` says
    how much of each stream is gone, of what holds nothing that has been removed.
    """

    def __init__(
        self,
        epochs: Sequence[Epoch],
        epoch: Epoch,
        brought: Mapping[int, Generation],
        passed: Mapping[Stream, int],
    ) -> None:
        self._epoch = epoch
        self._brought = brought
        self.own = brought[epoch.number]
        skills = [self.own] if self.own.skills else [g for g in brought.values() if g.skills]
        types = (
            [self.own] if self.own.query_types else [g for g in brought.values() if g.query_types]
        )
        seen = frozenset(epoch.skills), frozenset(epoch.query_types)
        self._ends = {window.stream: window.end for before in epochs for window in before.windows}
        self._totals: dict[Stream, int] = {}
        self._used: dict[Stream, int] = {}
        for size in epoch.mix:
            for g in skills:
                for new in range(1, size + 1):
                    for h in types:
                        stream = Stream(skills=g.number, query_types=h.number, size=size, new=new)
                        if total := total_of(stream, brought, *seen):
                            self._totals[stream] = total
                            self._used[stream] = passed.get(stream, 0)

    def sizes(self) -> dict[int, float]:
        """Return the numbers of skills that plans can still have, each with its share."""
        left = {
            size: share
            for size, share in self._epoch.mix.items()
            if any(self._room(s) > 0 for s in self._totals if s.size == size)
        }
        return {size: share / sum(left.values()) for size, share in left.items()}

    def windows(self, total: int) -> tuple[Window, ...]:
        """Return windows with `total` plans, or with as many as there are."""
        sizes = self.sizes()
        rooms = [sum(self._room(s) for s in self._totals if s.size == size) for size in sizes]
        quotas = apportion(total, list(sizes.values()), rooms)
        found = []
        for size, quota in zip(sizes, quotas, strict=True):
            streams = [stream for stream in self._totals if stream.size == size]
            for stream, count in zip(streams, self._counts(streams, quota), strict=True):
                if count:
                    found.append(self._window(stream, count))
        return tuple(window for window in found if window.count)

    def _room(self, stream: Stream) -> int:
        return self._totals[stream] - self._used[stream]

    def _counts(self, streams: Sequence[Stream], quota: int) -> list[int]:
        if not self.own.skills:
            totals = [self._totals[stream] for stream in streams]
            return fill_evenly(quota, totals, [self._used[stream] for stream in streams])
        types = set(self._epoch.query_types)
        weights = [
            _chance_of_new(stream, self.own)
            * len(types.intersection(self._brought[stream.query_types].query_types))
            for stream in streams
        ]
        return apportion(quota, weights, [self._room(stream) for stream in streams])

    def _window(self, stream: Stream, count: int) -> Window:
        """Return the next `count` plans of a stream, passing over those with what is removed."""
        first = self._ends.get(stream, 0)
        generation = self._brought[stream.skills]
        types = self._brought[stream.query_types].query_types
        if set(self._epoch.skills).issuperset((*generation.skills, *generation.older_skills)) and (
            set(self._epoch.query_types).issuperset(types)
        ):
            return Window(stream=stream, first=first, end=first + count, count=count)
        numbering = Numbering(self._brought, self._epoch)
        plans = StreamPlans(stream, self._brought, self._epoch, numbering)
        end, found = first, 0
        while found < count and end < plans.total:
            positions = np.arange(end, min(end + _TRIED, plans.total))
            kept = np.flatnonzero(plans.at(positions).seen)[: count - found]
            found += len(kept)
            end = int(positions[kept[-1]]) + 1 if found == count else int(positions[-1]) + 1
        return Window(stream=stream, first=first, end=end, count=found)


def _chance_of_new(stream: Stream, own: Generation) -> float:
    """Return how likely a plan has so many new skills.

    One is sure: the new skills take the lead in equally many plans. The others of a plan are any
    other skills, old and new.
    """
    new, old = len(own.skills), len(own.older_skills)
    sets = comb(new - 1, stream.new - 1) * comb(old, stream.size - stream.new)
    return sets / comb(new + old - 1, stream.size - 1)
