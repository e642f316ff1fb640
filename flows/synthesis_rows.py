"""What a report reads of a synthesis: parts chosen by a rule, column by column, one at a time."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gleanery.infra.digests import digest
from gleanery.infra.parts import Parts
from gleanery.tasks.seeded import keys

_LAST = np.uint64(2**64 - 1)


def chosen_parts(names: Sequence[str], rows: int, most_rows: int) -> list[str]:
    """Return the parts to read, in their order: all of them while they hold at most `most_rows`.

    Of more, each group of slices (a discipline's, an epoch's) gives the same share of its parts
    and at least one: those whose names have the lowest digests.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        groups[name.rpartition("-")[0]].append(name)
    chosen: set[str] = set()
    for group in groups.values():
        count = -(-len(group) * most_rows // max(rows, most_rows))
        chosen.update(sorted(group, key=digest)[:count])
    return [name for name in names if name in chosen]


def read_columns(parts: Parts, stage: str, part: str, columns: Sequence[str]) -> pa.Table | None:
    """Return these columns of a part's newest rows, or `None` if there is no such part."""
    receipt = parts.newest(stage, part)
    if receipt is None:
        return None
    data = pa.BufferReader(parts.store.read(receipt.data))
    return pq.read_table(data, columns=list(columns))


class TextSample:
    """Instructions and responses of up to `size` examples of each strategy.

    They are those with the lowest keys, which follow the seed and the examples' ids: an even draw
    from all that were added, whatever their order. Memory holds the sample and one part.
    """

    COLUMNS = ("id", "strategy", "messages")

    def __init__(self, size: int, seed: int = 0) -> None:
        self._size, self._seed = size, seed
        self._kept: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        self._bounds: dict[str, np.uint64] = {}
        self._counts: Counter[str] = Counter()

    def add(self, examples: pa.Table) -> None:
        """Consider a part's examples."""
        if not examples.num_rows:
            return
        drawn = keys(examples["id"].to_pylist(), "report", self._seed)
        self._counts.update(examples["strategy"].to_pylist())
        strategies = np.array(examples["strategy"].to_pylist(), dtype=object)
        for strategy in dict.fromkeys(strategies.tolist()):
            bound = self._bounds.get(strategy, _LAST)
            rows = np.flatnonzero((strategies == strategy) & (drawn <= bound))
            messages = examples["messages"].take(pa.array(rows)).to_pylist()
            self._kept[strategy] += [
                (int(drawn[row]), _said(turns, "user"), _said(turns, "assistant"))
                for row, turns in zip(rows, messages, strict=True)
            ]
            self._prune(strategy)

    def _prune(self, strategy: str) -> None:
        kept = sorted(self._kept[strategy])[: self._size]
        self._kept[strategy] = kept
        if len(kept) == self._size:
            self._bounds[strategy] = np.uint64(kept[-1][0])

    @property
    def counts(self) -> dict[str, int]:
        """How many examples were added, by strategy."""
        return {name: self._counts[name] for name in sorted(self._counts)}

    @property
    def instructions(self) -> dict[str, list[str]]:
        """The first thing that is asked, by strategy, in random order."""
        return {name: [row[1] for row in self._kept[name]] for name in sorted(self._kept)}

    @property
    def responses(self) -> dict[str, list[str]]:
        """The first response, by strategy, in the order of the instructions."""
        return {name: [row[2] for row in self._kept[name]] for name in sorted(self._kept)}


def _said(turns: Sequence[Mapping[str, str]], role: str) -> str:
    return next((turn["content"] for turn in turns if turn["role"] == role), "")
