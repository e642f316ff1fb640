"""The data of a release's report, gathered from what curation and selection left."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.diversity import GroupDiversity, compare_diversity
from gleanery.tasks.release.curation_facts import CurationFacts
from gleanery.tasks.release.fates import Fates
from gleanery.tasks.release.manifest import Changes, RowCounts
from gleanery.tasks.release.release_funnel import pipeline_funnel
from gleanery.tasks.release.release_samples import Row, sampled_examples
from gleanery.tasks.release.release_statistics import ReleaseStatistics
from gleanery.tasks.release.release_work import ReleaseWork
from gleanery.tasks.release.report_data import (
    Change,
    ChangeCount,
    Count,
    FunnelStage,
    PipelineCoverage,
    ReportData,
    SourceRows,
    StageCost,
)
from gleanery.tasks.release.report_leaks import drawn_leaks
from gleanery.tasks.release.report_samples import Fact
from gleanery.tasks.release.selection_part import Curated
from gleanery.tasks.release.verdict_counts import VerdictCounts


@dataclass(frozen=True)
class Passed:
    """What was seen while the rows of a release passed by.

    `number` is the release's, if no other run is quicker.
    """

    number: int
    statistics: ReleaseStatistics
    sample: Sequence[Row]
    counts: RowCounts
    fates: Fates
    changes: Changes | None
    verdicts: VerdictCounts
    curation: CurationFacts


def release_report(
    parts: Parts, curated: Curated, selection: Receipt, work: ReleaseWork, passed: Passed
) -> ReportData:
    """Return what the report of a release shows."""
    return ReportData(
        name=work.title,
        version=f"release {passed.number}",
        date=datetime.datetime.now(datetime.UTC).strftime("%d %B %Y"),
        facts=[Fact(name=name, value=value) for name, value in work.models.items()],
        recipe=yaml.safe_dump(work.recipe.model_dump(mode="json"), sort_keys=False),
        sources=_sources(selection, work, passed),
        funnel=_funnel(selection, work),
        scores=passed.statistics.scores(work.recipe),
        lengths=passed.statistics.lengths(),
        breakdowns=passed.statistics.breakdowns(),
        coverage=[
            PipelineCoverage(pipeline=name, coverage=coverage)
            for name, coverage in work.coverage.items()
        ],
        diversity=_diversity(passed.sample),
        curation=passed.curation,
        leaks=passed.verdicts.leak_counts(),
        leak_rows=dict(passed.verdicts.rows_with_leaks()),
        leaks_shown=drawn_leaks(parts, curated.candidates, curated.leaks, passed.fates),
        duplicates=passed.verdicts.duplicate_counts(),
        costs=_costs(work),
        change=_change(passed.changes),
        licences=_counts(passed.counts.licences),
        licence_families=_counts(passed.counts.licence_families),
        examples=sampled_examples(passed.sample, work.stores),
    )


def _counts(counts: Mapping[str, int]) -> list[Count]:
    return [Count(name=name, rows=rows) for name, rows in counts.items()]


def _sources(selection: Receipt, work: ReleaseWork, passed: Passed) -> list[SourceRows]:
    rows: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (pipeline, split), count in passed.statistics.released.items():
        rows[pipeline][split] += count
    return [
        SourceRows(
            source=pipeline,
            candidates=candidates,
            rows={split: rows[pipeline][split] for split in ("train", "validation")},
            wanted=_wanted(selection, pipeline) if pipeline in work.taken else "none",
        )
        for pipeline, candidates in sorted(passed.statistics.candidates.items())
    ]


def _wanted(selection: Receipt, pipeline: str) -> str:
    for taken in selection.notes["taken"]:
        if taken["source"] != f"pipeline {pipeline}":
            continue
        if taken["weight"] is not None:
            return f"weight {taken['weight']:g}"
        if taken["count"] is not None:
            return f"{taken['count']:,} rows"
    return ""


def _funnel(selection: Receipt, work: ReleaseWork) -> list[FunnelStage]:
    stages = [
        stage
        for lane, outputs in work.stages.items()
        if lane
        for stage in pipeline_funnel(lane, outputs)
    ]
    [gathered] = [output for output in work.stages[""] if output.stage == "candidates"]
    stages.append(
        FunnelStage(
            name="candidates",
            lane="",
            rows_in=gathered.rows_in,
            rows_out=gathered.rows_out,
            unit_out="candidates",
            rejected=gathered.rejected,
        )
    )
    stages.append(
        FunnelStage(
            name="selection",
            lane="",
            rows_in=selection.rows_in,
            rows_out=selection.rows_out,
            unit_in="candidates",
            unit_out="rows",
            rejected=selection.rejected,
        )
    )
    return stages


def _costs(work: ReleaseWork) -> list[StageCost]:
    return [
        StageCost(
            name=output.stage,
            lane=lane,
            sent=output.usage.sent,
            reused=output.usage.reused,
            prompt_tokens=output.usage.prompt_tokens,
            completion_tokens=output.usage.completion_tokens,
            cost=output.usage.cost,
            seconds=output.seconds,
        )
        for lane, outputs in work.stages.items()
        if not lane or lane in work.taken
        for output in outputs
    ]


def _diversity(sample: Sequence[Row]) -> list[GroupDiversity]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for candidate, _, _ in sample:
        groups[candidate.pipeline].append(candidate.question)
    return compare_diversity(dict(sorted(groups.items()))) if groups else []


def _change(changes: Changes | None) -> Change | None:
    if changes is None:
        return None
    added = [
        ChangeCount(reason=reason, source=source, rows=rows)
        for source, counts in changes.sources.items()
        for reason, rows in (("new", counts.added), ("text or split changed", counts.changed))
        if rows
    ]
    removed = [
        ChangeCount(reason=reason, source=source, rows=rows)
        for source, counts in changes.sources.items()
        for reason, rows in counts.reasons.items()
    ]
    unchanged = changes.total.unchanged + changes.total.annotated
    return Change(
        previous=changes.against,
        unchanged=unchanged,
        added=added,
        removed=removed,
        curation=changes.curation,
    )
