"""The release of a selection: its rows written, its report drawn, all of it published."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import cast

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.dataset_records import Candidate, Duplicate, ExampleScore, Leak
from gleanery.tasks.release.card_facts import CardFacts
from gleanery.tasks.release.curation_facts import CurationFacts, curation_changes
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
from gleanery.tasks.release.verdict_counts import VerdictCounts


def release_selection(
    parts: Parts, curated: Curated, selection: Receipt, work: ReleaseWork
) -> Published:
    """Return the release of what was selected; where the newest one says all the same, that stands.

    Raises `BadRow` if nothing is left to train on.
    """
    chosen = {row.id: cast(Split, row.split) for row in parts.rows(selection, Selected)}
    previous = newest_release(parts.store)
    statistics, sample = ReleaseStatistics(), ReleaseSample(work.sampled)
    losses = parts.losses(selection)
    leaks = [row for receipt in curated.leaks for row in parts.rows(receipt, Leak)]
    duplicates = [row for receipt in curated.duplicates for row in parts.rows(receipt, Duplicate)]
    verdicts = VerdictCounts(leaks, duplicates, losses, work.recipe)
    with ReleaseShards() as shards:
        for candidate, scores in _scored(parts, curated):
            split = chosen.get(candidate.id)
            statistics.add(candidate, scores, split)
            verdicts.add(candidate)
            if split:
                sample.add(candidate, split, scores)
                shards.extend([released_row(candidate, split, scores)])
        shards.close()
        curation = verdicts.facts(work.benchmarks, work.duplicates, work.models, work.unasked)
        stands = previous and previous.says_the_same(shards.row_digest, curation)
        changes = None if stands else _changes(parts, previous, shards, losses, curation)
        number = previous.number + 1 if previous else 1
        passed = Passed(
            number, statistics, sample.rows, shards.counts, losses, changes, leaks, verdicts,
            curation,
        )  # fmt: skip
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
    parts: Parts,
    previous: Manifest | None,
    shards: ReleaseShards,
    losses: Sequence[Loss],
    curation: CurationFacts,
) -> Changes | None:
    if previous is None:
        return None
    reasons = {loss.row_id: loss.reason for loss in losses}
    changes = changes_since(parts.store, previous, shards.index, reasons.get)
    said = curation_changes(previous.curation, curation)
    return changes.model_copy(update={"curation": said})


def _facts(curated: Curated, selection: Receipt, work: ReleaseWork, passed: Passed) -> ReleaseFacts:
    return ReleaseFacts(
        name=work.name,
        card=CardFacts(title=work.title),
        curation=passed.curation,
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
