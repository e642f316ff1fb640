"""The release of a selection: its rows written, its report drawn, all of it published."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.release.card_facts import BenchmarkHits, CardFacts
from gleanery.tasks.release.manifest import Changes, Manifest, ReleaseInput
from gleanery.tasks.release.publish import Published, ReleaseFacts, publish
from gleanery.tasks.release.published import newest_release
from gleanery.tasks.release.published_changes import changes_since
from gleanery.tasks.release.release_report import Passed, release_report
from gleanery.tasks.release.release_samples import ReleaseSample
from gleanery.tasks.release.release_statistics import ReleaseStatistics
from gleanery.tasks.release.release_work import ReleaseWork, Split
from gleanery.tasks.release.report import render_report
from gleanery.tasks.release.rows import released_row
from gleanery.tasks.release.rows_shards import ReleaseShards
from gleanery.tasks.release.selection_part import Curated, Selected, scores_of_part


def release_selection(
    parts: Parts, curated: Curated, selection: Receipt, work: ReleaseWork
) -> Published:
    """Return the release of what was selected; where its rows are the newest one's, that stands.

    Raises `BadRow` if nothing is left to train on.
    """
    chosen = {row.id: cast(Split, row.split) for row in parts.rows(selection, Selected)}
    previous = newest_release(parts.store)
    statistics, sample = ReleaseStatistics(), ReleaseSample(work.sampled)
    with ReleaseShards() as shards:
        for candidate, scores in _scored(parts, curated):
            split = chosen.get(candidate.id)
            statistics.add(candidate, scores, split)
            if split:
                sample.add(candidate, split, scores)
                shards.extend([released_row(candidate, split, scores)])
        shards.close()
        losses = parts.losses(selection)
        fresh = not (previous and previous.row_digest == shards.row_digest)
        changes = _changes(parts, previous, shards, losses) if fresh else None
        number = previous.number + 1 if previous else 1
        passed = Passed(number, statistics, sample.rows, shards.counts, losses, changes)
        report = render_report(release_report(parts, curated, selection, work, passed))
        facts = _facts(curated, selection, work, passed)
        return publish(parts.store, shards, facts, report.encode(), previous)


def _scored(parts: Parts, curated: Curated) -> Iterator[tuple[Candidate, list[ExampleScore]]]:
    """Yield every candidate with its scores; memory holds one part."""
    for receipt in curated.candidates:
        scores: defaultdict[str, list[ExampleScore]] = defaultdict(list)
        for score in scores_of_part(parts, curated, receipt):
            scores[score.id].append(score)
        for candidate in parts.rows(receipt, Candidate):
            yield candidate, scores[candidate.id]


def _changes(
    parts: Parts, previous: Manifest | None, shards: ReleaseShards, losses: Sequence[Loss]
) -> Changes | None:
    if previous is None:
        return None
    reasons = {loss.row_id: loss.reason for loss in losses}
    return changes_since(parts.store, previous, shards.index, reasons.get)


def _facts(curated: Curated, selection: Receipt, work: ReleaseWork, passed: Passed) -> ReleaseFacts:
    hits = benchmark_hits(passed.losses)
    return ReleaseFacts(
        name=work.name,
        card=CardFacts(
            title=work.title,
            benchmarks=[
                BenchmarkHits(name=one.name, items=one.items, rows=hits.get(one.name, 0))
                for one in work.benchmarks
            ],
        ),
        recipe=work.recipe.model_dump(mode="json"),
        inputs=[
            ReleaseInput(
                pipeline=work.name,
                stage=made_from.stage,
                part=made_from.part,
                row_digest=made_from.row_digest,
            )
            for made_from in curated.inputs
        ],
        left_out=selection.rejected,
        changes=passed.changes,
    )


def benchmark_hits(losses: Sequence[Loss]) -> Mapping[str, int]:
    """Return how many rows were left out for an item of each benchmark."""
    return Counter(loss.detail.split(" ", 1)[0] for loss in losses if loss.reason == "leak")
