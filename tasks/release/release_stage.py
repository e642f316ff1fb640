"""The release of a selection: its rows written, its report drawn, all of it published."""

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.release.card_facts import CardFacts
from gleanery.tasks.release.curation_facts import CurationFacts, curation_changes
from gleanery.tasks.release.fates import TRAIN, Fates, read_fates
from gleanery.tasks.release.manifest import Changes, Manifest, ReleaseInput
from gleanery.tasks.release.publish import Published, ReleaseFacts, publish
from gleanery.tasks.release.published import newest_release
from gleanery.tasks.release.published_changes import changes_since
from gleanery.tasks.release.release_candidates import ReleasedPart
from gleanery.tasks.release.release_report import Passed, release_report
from gleanery.tasks.release.release_samples import ReleaseSample
from gleanery.tasks.release.release_statistics import ReleaseStatistics
from gleanery.tasks.release.release_work import ReleaseWork
from gleanery.tasks.release.report import render_report
from gleanery.tasks.release.rows import BadRow, released_row
from gleanery.tasks.release.rows_shards import ReleaseShards
from gleanery.tasks.release.selection_part import Curated
from gleanery.tasks.release.verdict_columns import read_duplicates, read_leaks
from gleanery.tasks.release.verdict_counts import VerdictCounts


def release_selection(
    parts: Parts, curated: Curated, selection: Receipt, work: ReleaseWork
) -> Published:
    """Return the release of what was selected; where the newest one says all the same, that stands.

    Raises `BadRow` if nothing is left to train on.
    """
    fates = read_fates(parts, selection)
    if not len(fates.codes[fates.codes == TRAIN]):
        raise BadRow(_nothing_left(selection))
    previous = newest_release(parts.store)
    statistics, sample = ReleaseStatistics(), ReleaseSample(work.sampled)
    verdicts = VerdictCounts(
        read_leaks(parts.store, curated.leaks),
        read_duplicates(parts.store, curated.duplicates),
        fates,
        work.recipe,
    )
    with ReleaseShards(columns=work.scores) as shards:
        for receipt in curated.candidates:
            part = ReleasedPart(parts, receipt, curated.scores, fates, work.folders)
            part.count(statistics, verdicts)
            for candidate, split, scores in part.released():
                statistics.add_released(candidate, split)
                sample.add(candidate, split, scores)
                shards.extend([released_row(candidate, split, scores)])
        shards.close()
        curation = verdicts.facts(work.benchmarks, work.duplicates, work.models, work.unasked)
        stands = previous and previous.says_the_same(shards.row_digest, curation)
        changes = None if stands else _changes(parts, previous, shards, fates, curation)
        number = previous.number + 1 if previous else 1
        passed = Passed(
            number, statistics, sample.rows, shards.counts, fates, changes, verdicts, curation,
        )  # fmt: skip
        report = render_report(release_report(parts, curated, selection, work, passed))
        facts = _facts(curated, selection, work, passed)
        return publish(parts.store, shards, facts, report.encode(), previous)


def _nothing_left(selection: Receipt) -> str:
    ranked = sorted(selection.rejected.items(), key=lambda item: (-item[1], item[0]))
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in ranked)
    return (
        f"no row to train on is left, so there is no release. Of {selection.rows_in:,} candidates "
        f"{selection.rows_out:,} are in, none of them for training; left out are: "
        f"{reasons or 'none'}. Loosen in the recipe what leaves out most"
    )


def _changes(
    parts: Parts,
    previous: Manifest | None,
    shards: ReleaseShards,
    fates: Fates,
    curation: CurationFacts,
) -> Changes | None:
    if previous is None:
        return None
    changes = changes_since(parts.store, previous, shards.index, fates.reason)
    said = curation_changes(previous.curation, curation)
    return changes.model_copy(update={"curation": said})


def _facts(curated: Curated, selection: Receipt, work: ReleaseWork, passed: Passed) -> ReleaseFacts:
    return ReleaseFacts(
        name=work.name,
        card=CardFacts(title=work.title, scores=dict(work.scores)),
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
