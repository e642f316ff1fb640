"""Building a dataset: what the methods made, curated and mixed to a recipe, published."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from gleanery.flows.artifacts import show_funnel
from gleanery.flows.curation_stages import find_duplicates, gather, refuse_rows, sign
from gleanery.flows.dataset_checks import check_recipe, methods_of
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.dataset_sources import run_source, source_parts
from gleanery.flows.dataset_versions import check_versions
from gleanery.flows.decontaminate import seek_leaks
from gleanery.flows.fan_out import PARTS_AT_ONCE
from gleanery.flows.release_dataset import release_dataset
from gleanery.flows.run import Again, Run, open_run
from gleanery.flows.scoring_stages import judge, score
from gleanery.flows.semantic_stages import find_paraphrases, find_semantic_duplicates
from gleanery.flows.stage_parts import Stage, receipts_of
from gleanery.tasks.curation.benchmark_items import read_benchmarks
from gleanery.tasks.curation.candidates_part import SourcePart
from gleanery.tasks.curation.duplicates_part import PAGES, ROWS
from gleanery.tasks.curation.left_out import LeftOut, find_left_out
from gleanery.tasks.curation.row_ranks import Ranking
from gleanery.tasks.curation.vectors_model import DOCUMENT
from gleanery.tasks.release.forgotten import FORGOTTEN
from gleanery.tasks.release.recipe_check import check_counts
from gleanery.tasks.release.selection_part import Curated
from gleanery.tasks.release.selection_verdicts import is_about_score
from gleanery.tasks.scoring.agreement_part import agreement_scorer
from gleanery.tasks.scoring.heuristics import HEURISTICS_SCORER, QUALITY
from gleanery.tasks.scoring.heuristics_part import heuristics_scorer
from gleanery.tasks.scoring.scoring_part import Scorer
from gleanery.tasks.scoring.stages import HEURISTICS
from gleanery.tasks.stage_output import StageOutput

DatasetRun = Run[DatasetConfig]


@flow(
    name="build-dataset",
    flow_run_name="build dataset: {config.name}",
    task_runner=ThreadPoolTaskRunner(max_workers=PARTS_AT_ONCE),  # type: ignore[arg-type]
)
def build_dataset(config: DatasetConfig, again: Again = Again()) -> list[StageOutput]:
    """Return the outputs of all stages of curation; the release is in the dataset's store."""
    check_recipe(config)
    check_versions(config)
    with open_run(config) as run:
        if config.decontamination.benchmarks:
            read_benchmarks(config.decontamination.benchmarks, run.source_options)
        if config.refresh and not again.only:  # a retry takes up rows of this dataset alone
            for source in config.sources:
                run_source(source)
        sources = {source.name: source for source in _sources(run)}
        candidates = gather(run, list(sources.values()))
        _check_counts(config, candidates)
        scores = [score(run, candidates, scorer) for scorer in _scorers(config)]
        leaks, duplicates, ineligible = _compare(run, sources, candidates, scores, again)
        if config.judges:
            left_out = _left_out(run, duplicates, ineligible)
            scores.append(judge(run, candidates, sources, left_out, again))
        curated = Curated(
            candidates.receipts, receipts_of(duplicates), receipts_of(leaks), receipts_of(scores)
        )
        stages = [stage.output for stage in (candidates, *leaks, *duplicates, *scores)]
        selection, _ = release_dataset(run, curated, stages)
        outputs = [*stages, selection]
        show_funnel(outputs)
        return outputs


def _check_counts(config: DatasetConfig, candidates: Stage) -> None:
    """Raise `RecipeError` for a recipe that asks for more rows than there are candidates."""
    methods = methods_of(config)
    available = dict.fromkeys(methods, 0)
    for receipt in candidates.receipts:
        available[receipt.part.partition(".")[0]] += receipt.rows_out
    check_counts(config.recipe, available, methods)


Sources = Mapping[str, SourcePart]


def _scorers(config: DatasetConfig) -> list[Scorer]:
    """Return the scorers that ask no model: what they say is known before rows are compared."""
    return [heuristics_scorer(), agreement_scorer(config.agreement)]


def _compare(
    run: DatasetRun, sources: Sources, candidates: Stage, scores: Sequence[Stage], again: Again
) -> tuple[list[Stage], list[Stage], Stage]:
    """Return the stages that find leaks, those that find duplicates, and what cannot be released.

    Of rows that are alike the one that stays is one that can be released: so leaks and scores come
    first, and duplicates are looked for among the rest. (A copy of a forgotten page is known by
    that page, which is why pages are compared with it.)
    """
    config = run.config
    names = [receipt.part for receipt in candidates.receipts]
    leaks = [seek_leaks(run, names, before_refinement=False)]
    signatures = sign(run, [sources[name] for name in names])
    has_rows = bool(candidates.output.rows_out)  # without any there is no vector to make
    if has_rows and config.paraphrase_judge and config.decontamination.benchmarks:
        leaks.append(find_paraphrases(run, candidates, leaks[0], again))
    known = Curated(candidates.receipts, leaks=receipts_of(leaks), scores=receipts_of(scores))
    refused = refuse_rows(run, PAGES, known, but=[FORGOTTEN])
    duplicates = [find_duplicates(run, PAGES, signatures, _ranking(refused))]
    in_other_words = functools.partial(
        find_semantic_duplicates, run, candidates, sources, signatures, duplicates
    )
    meant = config.vectors.levels if has_rows and config.semantic_duplicates else ()
    if DOCUMENT in meant:
        duplicates.append(in_other_words(DOCUMENT, _ranking(refused)))
    ineligible = refuse_rows(run, ROWS, replace(known, duplicates=receipts_of(duplicates)))
    ranking = _ranking(ineligible, scores)
    duplicates.append(find_duplicates(run, ROWS, signatures, ranking))
    for level in meant:
        if level != DOCUMENT:
            duplicates.append(in_other_words(level, ranking))
    return leaks, duplicates, ineligible


def _ranking(ineligible: Stage, scores: Sequence[Stage] = ()) -> Ranking:
    """Return what rows rank by: the quality that the heuristics come to, and what is refused."""
    qualities = [receipt for receipt in receipts_of(scores) if receipt.stage == HEURISTICS]
    [refused] = ineligible.receipts
    return Ranking(qualities, HEURISTICS_SCORER, QUALITY, refused, is_about_score)


def _left_out(run: DatasetRun, duplicates: Sequence[Stage], ineligible: Stage) -> LeftOut:
    """Return what no judge is asked about: whatever its scores, the recipe leaves it out."""
    kinds, [refused] = run.config.recipe.remove_duplicates, ineligible.receipts
    return find_left_out(run.parts, receipts_of(duplicates), kinds, refused, is_about_score)


def _sources(run: DatasetRun) -> Sequence[SourcePart]:
    refined = run.config.pairs == "refined"
    return [
        part
        for source in run.config.sources
        for part in source_parts(source, run.settings, refined)
    ]
