"""Which candidates of a dataset its judges will be asked about, given the parts that are there."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gleanery.deployments.estimate_parts import ForeseenParts
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.run import storage_options
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Input, Receipt, Usage
from gleanery.infra.settings import Settings
from gleanery.tasks.curation.benchmark_items import read_benchmarks
from gleanery.tasks.curation.candidates_part import SourcePart, standing_candidates
from gleanery.tasks.curation.duplicates_part import DUPLICATES, PAGES, ROWS
from gleanery.tasks.curation.left_out import find_left_out
from gleanery.tasks.curation.paraphrase_part import PARAPHRASES
from gleanery.tasks.curation.paraphrase_search import index_problems
from gleanery.tasks.curation.semantic_part import SEMANTIC_DUPLICATES
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.release.selection_verdicts import is_about_score
from gleanery.tasks.release.stages import ELIGIBILITY
from gleanery.tasks.scoring.judgement_part import judgement_part
from gleanery.tasks.scoring.stages import JUDGEMENTS
from gleanery.tasks.stage_inputs import CANDIDATES


@dataclass(frozen=True, slots=True)
class OpenCandidates:
    """What is open of the candidates that the sources hold today (`standing`).

    `judged` will be shown to judges, `compared` to the search for paraphrases; comparisons that
    failed are asked again. `kept` is the share of candidates that no verdict leaves out, and
    `requests_near` how many requests a compared candidate made so far (`None` before the first).
    `parts` are the names of all parts.
    """

    standing: int
    judged: float
    compared: int
    failed_comparisons: int
    kept: float
    is_kept_measured: bool
    requests_near: float | None
    parts: Sequence[str]


def open_candidates(
    config: DatasetConfig, settings: Settings, parts: ForeseenParts
) -> OpenCandidates:
    """Return what is open of the sources' rows as they stand; nothing is gathered or compared."""
    # Imported here: these modules load Prefect, which takes seconds that other commands save.
    from gleanery.flows.dataset_sources import source_parts
    from gleanery.flows.fan_out import look_at_all

    refined = config.pairs == "refined"
    listed = [part for s in config.sources for part in source_parts(s, settings, refined)]
    made = look_at_all(_rows_of, listed)
    rows = {s.name: count for s, count in zip(listed, made, strict=True) if count is not None}
    sources = [source for source in listed if source.name in rows]
    gathered = look_at_all(functools.partial(standing_candidates, parts), sources)
    kept = _kept_share(parts, list(rows))
    judged = _to_be_judged(config, parts, rows, [r for r in gathered if r], kept or 1.0)
    compared, failed = _to_be_compared(config, settings, parts, rows)
    return OpenCandidates(
        standing=sum(rows.values()),
        judged=judged,
        compared=compared,
        failed_comparisons=failed,
        kept=1.0 if kept is None else kept,
        is_kept_measured=kept is not None,
        requests_near=_requests_near(parts, list(rows)),
        parts=list(rows),
    )


def _rows_of(source: SourcePart) -> int | None:
    made = Parts(source.store).newest(source.stage, source.part)
    return made.rows_out if made else None


def _to_be_judged(
    config: DatasetConfig,
    parts: ForeseenParts,
    rows: dict[str, int],
    gathered: Sequence[Receipt],
    kept: float,
) -> float:
    """Return how many candidates the judges will see.

    A part that is gathered already is counted row by row, with today's verdicts; of others all
    rows that are not judged yet, less the usual share that is left out.
    """
    if not config.judges:
        return 0.0
    left_out = find_left_out(
        parts,
        _duplicates(config, parts),
        config.recipe.remove_duplicates,
        parts.newest(ELIGIBILITY, ROWS),
        is_about_score,
    )
    count = 0.0
    for receipt in gathered:
        work = judgement_part(
            receipt.part,
            (Input(stage=receipt.stage, part=receipt.part, row_digest=receipt.row_digest),),
            lambda receipt=receipt: (parts.rows(receipt, Candidate), {}),  # type: ignore[misc]
            left_out.of_part(receipt),
            config.judge,
            config.judges,
        )
        count += len(parts.open_rows(work))
    for name in rows.keys() - {receipt.part for receipt in gathered}:
        judged = parts.newest(JUDGEMENTS, name)
        settled = judged.rows_in - sum(judged.failed.values()) if judged else 0
        count += max(rows[name] * kept - settled, 0.0)
    return count


def _duplicates(config: DatasetConfig, parts: Parts) -> list[Receipt]:
    places = [(DUPLICATES, PAGES), (DUPLICATES, ROWS)]
    if config.semantic_duplicates:
        places += [(SEMANTIC_DUPLICATES, level) for level in config.vectors.levels]
    return [receipt for place in places if (receipt := parts.newest(*place))]


def _kept_share(parts: Parts, names: Sequence[str]) -> float | None:
    """Return which share of the candidates were shown to judges; `None` where none was."""
    candidates = shown = 0
    for name in names:
        judged, gathered = parts.newest(JUDGEMENTS, name), parts.newest(CANDIDATES, name)
        if judged and gathered:
            candidates += gathered.rows_out
            shown += judged.rows_in
    return min(shown / candidates, 1.0) if candidates else None


def _to_be_compared(
    config: DatasetConfig, settings: Settings, parts: Parts, rows: dict[str, int]
) -> tuple[int, int]:
    """Return how many candidates are compared with benchmarks anew, and how many failed before."""
    made = {name: parts.newest(PARAPHRASES, name) for name in rows}
    benchmarks = config.decontamination.benchmarks
    if not (config.paraphrase_judge and benchmarks and any(made.values())):
        return sum(rows.values()), 0
    items = read_benchmarks(benchmarks, storage_options(settings)).items
    today = index_problems(items, lambda texts: np.empty((len(texts), 0), np.float32)).digest
    count = failed = 0
    for name, receipt in made.items():
        if receipt is None or today not in {one.row_digest for one in receipt.inputs}:
            count += rows[name]
        else:
            count += max(rows[name] - receipt.rows_in, 0)
            failed += sum(receipt.failed.values())
    return count, failed


def _requests_near(parts: Parts, names: Sequence[str]) -> float | None:
    receipts = [receipt for name in names if (receipt := parts.newest(PARAPHRASES, name))]
    compared = sum(receipt.rows_in for receipt in receipts)
    usage = sum((receipt.earlier + receipt.usage for receipt in receipts), Usage())
    return usage.sent / compared if compared else None
