"""The estimate of a synthesis from a taxonomy: what the next run will ask, stage by stage."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gleanery.deployments.estimate_discipline import OpenWork, open_work
from gleanery.deployments.estimate_ground import Ground
from gleanery.deployments.stage_estimates import StageEstimate, asking_estimate
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.stage_inputs import EXAMPLES
from gleanery.tasks.taxonomy.choice import chosen_disciplines
from gleanery.tasks.taxonomy.plans import slice_count
from gleanery.tasks.taxonomy.plans_counts import SUBJECTS, expected_plans
from gleanery.tasks.taxonomy.records import Discipline
from gleanery.tasks.taxonomy.stages import QUESTIONS, SYLLABI, slice_name
from gleanery.tasks.taxonomy.stages import SUBJECTS as LIST
from gleanery.tasks.taxonomy.tree_files import load_taxonomy

_LOOKS_AT_ONCE = 16  # each waits for the storage


def taxonomy_stages(
    config: TaxonomyConfig, options: Mapping[str, Any], ground: Ground
) -> list[StageEstimate]:
    """Return the estimates of all stages that ask, after printing the size of the taxonomy."""
    taxonomy = load_taxonomy(config.taxonomy, options)
    rows = chosen_disciplines(taxonomy, config.nodes, config.include_proposed)
    each = _subjects_of_each(config, rows, ground)
    with ThreadPoolExecutor(_LOOKS_AT_ONCE) as pool:
        by_row = list(pool.map(lambda row: open_work(ground.parts, row, config, each), rows))
    work = sum(by_row, OpenWork())
    _print_size(config, len(rows), int(work.disciplines), ground)
    names = [row.id for row in rows]
    slices = [slice_name(name, n) for name in names for n in range(slice_count(config.plans))]

    def stage(
        name: str,
        open_and_out: tuple[float, float],
        requests: float,
        engine: EngineConfig,
        at: Sequence[str],
    ) -> StageEstimate:
        asking = ground.asking(name, ground.receipts(name, at))
        sent = open_and_out[0] * requests
        return asking_estimate(name, open_and_out, sent, asking, [engine], ground.rate)

    lists = (work.disciplines, work.disciplines * each)
    courses, plans = (work.subjects, work.subjects), (work.plans, work.plans)
    answers = (work.questions, work.questions)
    ground.words.append("requests: as if nothing is tried again, and no two lists are the same")
    return [
        stage(LIST, lists, 2 * config.subjects.queries, config.engine, names),
        stage(SYLLABI, courses, 2, config.engine, names),
        stage(QUESTIONS, plans, 1, config.questioning_engine, slices),
        stage(EXAMPLES, answers, config.answers.samples, config.answering_engine, slices),
    ]


def _expected_subjects(config: TaxonomyConfig) -> tuple[int, int]:
    most = config.subjects.most_subjects or SUBJECTS[1]
    low, high = (min(count, most) for count in SUBJECTS)
    return low, high


def _subjects_of_each(config: TaxonomyConfig, rows: Sequence[Discipline], ground: Ground) -> float:
    """Return how many subjects a discipline has on average: as measured, or as in the paper."""
    listed = ground.receipts(LIST, [row.id for row in rows])
    if listed:
        each, how = sum(receipt.rows_out for receipt in listed) / len(listed), "measured"
    else:
        each = sum(_expected_subjects(config)) / 2
        how = "the middle of what the paper found"
    ground.words.append(f"subjects: {each:,.1f} a discipline, {how}")
    return each


def _print_size(config: TaxonomyConfig, disciplines: int, new: int, ground: Ground) -> None:
    size = expected_plans(config.plans, disciplines, _expected_subjects(config))
    told = f"Disciplines: {disciplines:,}, {disciplines - new:,} of them with subjects already"
    ground.console.print(told)
    for what, counts in (
        ("Subjects", size.subjects),
        ("Class sessions", size.sessions),
        ("Plans that there could be", size.possible),
        ("Plans to draw", size.drawn),
    ):
        ground.console.print(f"{what}: {counts.low:,} to {counts.high:,}")
