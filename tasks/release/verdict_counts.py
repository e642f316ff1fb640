"""What became of the rows in which curation found something: left out for it, kept, or out anyway.

A verdict removes no row: the recipe may want some that have one, and what is left out is what the
selection gave that reason.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from gleanery.infra.losses import Loss
from gleanery.tasks.dataset_records import Candidate, Duplicate, Leak
from gleanery.tasks.release.curation_facts import BenchmarkHits, CurationFacts, DuplicateHits
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.report_data import BenchmarkSearched, DuplicateCount, LeakCount
from gleanery.tasks.release.selection_part import LEAK

FOUND, LEFT_OUT, RELEASED = "found", "left_out", "kept"


class VerdictCounts:
    """Counts candidates by their verdicts as they pass by; `losses` say why they are out."""

    def __init__(
        self,
        leaks: Iterable[Leak],
        duplicates: Sequence[Duplicate],
        losses: Iterable[Loss],
        recipe: Recipe,
    ) -> None:
        self._recipe = recipe
        self._reasons = {loss.row_id: loss.reason for loss in losses}
        self._leaks: defaultdict[str, set[tuple[str, str, str]]] = defaultdict(set)
        for leak in leaks:
            self._leaks[leak.id].add((leak.benchmark, leak.kind, leak.side))
        self._levels: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for one in duplicates:
            self._levels[one.id].setdefault(one.kind, one.level)
        self._hits: Counter[tuple[str, str, str]] = Counter()
        self._benchmarks: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._rows_with_leaks: Counter[str] = Counter()
        self._duplicates: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def add(self, candidate: Candidate) -> None:
        """Count a candidate."""
        reason = self._reasons.get(candidate.id)
        if found := self._leaks.get(candidate.id):
            self._hits.update(found)
            decisive = {benchmark for benchmark, kind, _ in found if self._removes(kind)}
            for benchmark in {hit[0] for hit in found}:
                left_out = reason == LEAK and benchmark in decisive
                self._benchmarks[benchmark].update(_fates(reason, left_out))
            self._rows_with_leaks.update(_fates(reason, reason == LEAK))
        # Of pages that are alike, all rows of the one go with it.
        of_page = self._levels.get(candidate.document_id, {}) if candidate.document_id else {}
        for kind, level in {**of_page, **self._levels.get(candidate.id, {})}.items():
            fates = _fates(reason, reason == f"duplicate_{kind}")
            self._duplicates[kind, level].update(fates)

    def _removes(self, leak_kind: str) -> bool:
        return leak_kind in self._recipe.remove_leaks

    def fate(self, leak: Leak) -> str:
        """Return in words what became of the row of a leak."""
        reason = self._reasons.get(leak.id)
        if reason is None:
            return "in this release"
        return "left out" if reason == LEAK else f"left out as {reason.replace('_', ' ')}"

    def leak_counts(self) -> list[LeakCount]:
        """Return the rows with items of each benchmark, by kind and side of the item."""
        return [
            LeakCount(benchmark=benchmark, kind=kind, side=side, rows=rows)
            for (benchmark, kind, side), rows in sorted(self._hits.items())
        ]

    def rows_with_leaks(self) -> Mapping[str, int]:
        """Return how many rows have an item of any benchmark: found, left out and kept."""
        return dict(self._rows_with_leaks)

    def duplicate_counts(self) -> list[DuplicateCount]:
        """Return the rows that are duplicates, by kind and level."""
        return [
            DuplicateCount(kind=kind, level=level, **_counted(counts))
            for (kind, level), counts in sorted(self._duplicates.items())
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
        for (kind, _), counts in self._duplicates.items():
            of_kind[kind].update(counts)
        return CurationFacts(
            benchmarks=[
                BenchmarkHits(
                    name=one.name, items=one.items, **_counted(self._benchmarks[one.name])
                )
                for one in benchmarks
            ],
            leaks_removed=list(self._recipe.remove_leaks),
            duplicates=[DuplicateHits(kind=kind, **_counted(of_kind[kind])) for kind in duplicates],
            duplicates_removed=list(self._recipe.remove_duplicates),
            models=dict(models),
            unasked=dict(unasked),
        )


def _fates(reason: str | None, for_it: bool) -> list[str]:
    return [FOUND, *([RELEASED] if reason is None else [LEFT_OUT] if for_it else [])]


def _counted(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in (FOUND, LEFT_OUT, RELEASED)}
