"""The stages that compare what texts mean: duplicates and leaks in other words."""

import functools
from collections.abc import Mapping, Sequence

from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.fan_out import ask_for_parts, do_parts
from gleanery.flows.progress import StageProgress
from gleanery.flows.run import Again, Run
from gleanery.flows.stage_parts import Stage, finished, receipts_of
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.curation.benchmark_items import read_benchmarks
from gleanery.tasks.curation.candidates_part import SourcePart
from gleanery.tasks.curation.paraphrase_part import PARAPHRASES, paraphrase_part
from gleanery.tasks.curation.paraphrase_search import index_problems
from gleanery.tasks.curation.row_ranks import Ranking
from gleanery.tasks.curation.semantic_part import SEMANTIC_DUPLICATES, semantic_part
from gleanery.tasks.curation.source_pages import recalled
from gleanery.tasks.curation.vectors_model import (
    DOCUMENT,
    QUESTION,
    Level,
    VectorModel,
    embed_with,
    vector_model,
)
from gleanery.tasks.curation.vectors_part import VECTORS, standing_vectors, vectors_part
from gleanery.tasks.dataset_records import Candidate, Leak
from gleanery.tasks.tasks import do_part

DatasetRun = Run[DatasetConfig]


def model_of_vectors(run: DatasetRun, candidates: Stage, level: Level = QUESTION) -> VectorModel:
    """Return what gives the vectors; one of the dataset's own words is trained in a worker."""
    config = run.config.vectors
    return run.workers.run(vector_model, run.parts, config, candidates.receipts, level=level)


def find_semantic_duplicates(
    run: DatasetRun,
    candidates: Stage,
    sources: Mapping[str, SourcePart],
    signatures: Stage,
    duplicates: Sequence[Stage],
    level: Level,
    ranking: Ranking,
) -> Stage:
    """Return the duplicates in other words at a level, among what is no duplicate so far."""
    model = model_of_vectors(run, candidates, level)
    compared = candidates.receipts
    if level == DOCUMENT:  # a synthesis has no pages
        compared = [receipt for receipt in compared if recalled(sources[receipt.part])]
    vectors = _make_vectors(run, level, compared, sources, model)
    made = do_part.submit(
        run.workers,
        SEMANTIC_DUPLICATES,
        level,
        semantic_part,
        run.parts,
        vectors,
        model,
        run.config.semantic,
        receipts_of(duplicates),
        ranking,
        signatures.receipts if level == DOCUMENT else (),
    )
    return finished(run, SEMANTIC_DUPLICATES, [made.result()])


def _make_vectors(
    run: DatasetRun,
    level: Level,
    candidates: Sequence[Receipt],
    sources: Mapping[str, SourcePart],
    model: VectorModel,
) -> list[Receipt]:
    """Return the receipts of the vectors of every part at a level."""
    config = run.config.vectors
    with StageProgress(f"{VECTORS}-{level}", len(candidates)) as progress:
        made = do_parts(
            VECTORS,
            candidates,
            lambda receipt: standing_vectors(
                run.parts, receipt, model, config, level, sources[receipt.part]
            ),
            lambda receipt: do_part.submit(
                run.workers,
                VECTORS,
                f"{level}.{receipt.part}",
                vectors_part,
                run.parts,
                receipt,
                model,
                config,
                level,
                sources[receipt.part],
            ),
            progress,
        )
    return [receipt for receipt in made if receipt]


def find_paraphrases(run: DatasetRun, candidates: Stage, leaks: Stage, again: Again) -> Stage:
    """Return the benchmark problems that candidates put in other words, as the judge sees it."""
    config, model = run.config, model_of_vectors(run, candidates)
    if config.paraphrase_judge is None:
        raise ValueError("paraphrase_judge is not set: there is no one to ask")
    embed = embed_with(model, run.parts, config.vectors)
    items = read_benchmarks(config.decontamination.benchmarks, run.source_options).items
    index = index_problems(items, embed)
    leaks_of = {receipt.part: receipt for receipt in leaks.receipts}
    work = [
        paraphrase_part(
            receipt,
            leaks_of.get(receipt.part),
            functools.partial(_unleaked, run.parts, receipt, leaks_of.get(receipt.part)),
            index,
            model,
            embed,
            config.paraphrases,
            config.paraphrase_judge,
        )
        for receipt in candidates.receipts
    ]
    output = ask_for_parts(run, PARAPHRASES, work, again)
    made = [run.parts.newest(PARAPHRASES, receipt.part) for receipt in candidates.receipts]
    return Stage(output, [receipt for receipt in made if receipt])


def _unleaked(
    parts: Parts, candidates: Receipt, leaks: Receipt | None
) -> tuple[Sequence[Candidate], frozenset[str]]:
    """Return a part's candidates, and the ids of those in which an item was found already."""
    found = parts.rows(leaks, Leak) if leaks else []
    return parts.rows(candidates, Candidate), frozenset(leak.id for leak in found)
