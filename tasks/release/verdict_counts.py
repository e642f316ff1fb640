"""What became of the rows in which curation found something: left out for it, kept, or out anyway.

A verdict removes no row: the recipe may want some that have one, and what is left out is what the
selection gave that reason.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from gleanery.tasks.id_keys import IdLookup
from gleanery.tasks.release.curation_facts import BenchmarkHits, CurationFacts, DuplicateHits
from gleanery.tasks.release.fates import FateCodes, Fates, is_out
from gleanery.tasks.release.kept_out import KeptOut
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.report_data import BenchmarkSearched, DuplicateCount, LeakCount
from gleanery.tasks.release.selection_columns import NO_TEXT
from gleanery.tasks.release.selection_details import DUPLICATE, LEAK
from gleanery.tasks.release.verdict_columns import DuplicateColumns, LeakColumns
from gleanery.tasks.seeded import Integers, Words

FOUND, LEFT_OUT, RELEASED = "found", "left_out", "kept"
Flags = npt.NDArray[np.bool_]


class VerdictCounts:
    """Counts candidates by their verdicts as they pass by; `fates` say what became of them."""

    def __init__(
        self, leaks: LeakColumns, duplicates: DuplicateColumns, fates: Fates, recipe: Recipe
    ) -> None:
        self._leaks, self._duplicates = leaks, duplicates
        self._fates, self._recipe = fates, recipe
        self._leak_of = IdLookup.of(leaks.ids)
        self._duplicate_of = IdLookup.of(duplicates.ids)
        self._hits: Counter[tuple[str, str, str]] = Counter()
        self._benchmarks: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._rows_with_leaks: Counter[str] = Counter()
        self._levels: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._kept_out = KeptOut(duplicates.kept, fates)

    def add(self, ids: Words, documents: Words) -> None:
        """Count some candidates, by the keys of their ids and of their documents' ids."""
        fates = self._fates.of(ids)
        self._kept_out.see(ids, documents, fates)
        self._add_leaks(ids, fates)
        self._add_duplicates(ids, documents, fates)

    def _add_leaks(self, ids: Words, fates: FateCodes) -> None:
        places, rows = self._leak_of.pairs(ids)
        benchmarks, kinds, sides = self._leaks.benchmarks, self._leaks.kinds, self._leaks.sides
        hits = np.stack([places, benchmarks.codes[rows], kinds.codes[rows], sides.codes[rows]])
        for _, benchmark, kind, side in np.unique(hits, axis=1).T.tolist():
            hit = (benchmarks.names[benchmark], kinds.names[kind], sides.names[side])
            self._hits[hit] += 1
        leak = self._fates.code(LEAK)
        decisive = np.isin(kinds.codes[rows], self._codes_removed())
        for code, name in enumerate(benchmarks.names):
            here = benchmarks.codes[rows] == code
            of_rows = np.unique(places[here])
            for_it = (fates[of_rows] == leak) & np.isin(of_rows, places[here & decisive])
            _count(self._benchmarks[name], fates[of_rows], for_it)
        with_leak = np.unique(places)
        _count(self._rows_with_leaks, fates[with_leak], fates[with_leak] == leak)

    def _codes_removed(self) -> list[int]:
        names = self._leaks.kinds.names
        return [code for code, kind in enumerate(names) if kind in self._recipe.remove_leaks]

    def _add_duplicates(self, ids: Words, documents: Words, fates: FateCodes) -> None:
        kinds, levels = self._duplicates.kinds, self._duplicates.levels
        places, rows = self._of_each_kind(ids, documents)
        for kind, level in np.unique(
            np.stack([kinds.codes[rows], levels.codes[rows]]), axis=1
        ).T.tolist():
            here = (kinds.codes[rows] == kind) & (levels.codes[rows] == level)
            of_rows = fates[places[here]]
            for_it = of_rows == self._fates.code(DUPLICATE + kinds.names[kind])
            _count(self._levels[kinds.names[kind], levels.names[level]], of_rows, for_it)
            self._kept_out.add(self._duplicates.kept[rows[here][for_it]])

    def _of_each_kind(self, ids: Words, documents: Words) -> tuple[Integers, Integers]:
        """Return pairs of a candidate and the duplicate that counts for it, one of each kind.

        Of pages that are alike, all rows of the one go with it; a row's own verdict comes first.
        """
        of_pages = np.flatnonzero(documents != NO_TEXT)
        places, rows = self._duplicate_of.pairs(np.concatenate([ids, documents[of_pages]]))
        whose = np.concatenate([np.arange(len(ids)), of_pages])[places]
        kinds = self._duplicates.kinds
        _, first = np.unique(
            whose * max(1, len(kinds.names)) + kinds.codes[rows], return_index=True
        )
        return whose[first], rows[first]

    def leak_counts(self) -> list[LeakCount]:
        """Return the rows with items of each benchmark, by kind and side of the item."""
        return [
            LeakCount(benchmark=benchmark, kind=kind, side=side, rows=rows)
            for (benchmark, kind, side), rows in sorted(self._hits.items())
        ]

    def rows_with_leaks(self) -> Mapping[str, int]:
        """Return how many rows have an item of any benchmark: found, left out and kept."""
        return _counted(self._rows_with_leaks)

    def duplicate_counts(self) -> list[DuplicateCount]:
        """Return the rows that are duplicates, by kind and level."""
        return [
            DuplicateCount(kind=kind, level=level, **_counted(counts))
            for (kind, level), counts in sorted(self._levels.items())
        ]

    def facts(
        self,
        benchmarks: Sequence[BenchmarkSearched],
        duplicates: Sequence[str],
        models: Mapping[str, str],
        unasked: Mapping[str, int],
    ) -> CurationFacts:
        """Return what the release says of its curation."""
        of_kind: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for (kind, _), counts in self._levels.items():
            of_kind[kind].update(counts)
        return CurationFacts(
            benchmarks=[
                BenchmarkHits(
                    name=one.name,
                    items=one.items,
                    items_digest=one.items_digest,
                    **_counted(self._benchmarks[one.name]),
                )
                for one in benchmarks
            ],
            leaks_removed=list(self._recipe.remove_leaks),
            duplicates=[DuplicateHits(kind=kind, **_counted(of_kind[kind])) for kind in duplicates],
            duplicates_removed=list(self._recipe.remove_duplicates),
            kept_out=self._kept_out.counts(),
            models=dict(models),
            unasked=dict(unasked),
        )


def _count(counts: Counter[str], fates: FateCodes, for_it: Flags) -> None:
    counts[FOUND] += len(fates)
    counts[LEFT_OUT] += int(for_it.sum())
    counts[RELEASED] += sum(not is_out(code) for code in fates.tolist())


def _counted(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in (FOUND, LEFT_OUT, RELEASED)}
