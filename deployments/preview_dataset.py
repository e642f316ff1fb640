"""A preview of a dataset: a few of its sources' rows, searched for leaks, scored and judged."""

from collections.abc import Sequence
from itertools import chain, zip_longest

from rich.console import Console
from rich.text import Text

from gleanery.deployments.terminal import open_console, printable
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.pipeline_config import ConfigError
from gleanery.flows.run import open_store, storage_options
from gleanery.infra.budget import open_budget
from gleanery.infra.llm.room import engine_room
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Parts
from gleanery.infra.scratch import scratch_folder
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.curation.candidates_part import SourcePart, gather_candidates
from gleanery.tasks.curation.leaks_find import find_leaks
from gleanery.tasks.curation.leaks_store import load_index, stored_index
from gleanery.tasks.dataset_records import Candidate, ExampleScore, Leak
from gleanery.tasks.llm_part import LLMRun, run_llm_part
from gleanery.tasks.scoring.heuristics import HEURISTICS_SCORER, heuristic_scores
from gleanery.tasks.scoring.judgement_part import judgement_part

_SHOWN = 600  # characters of a question or an answer
_DETAIL = 200


def preview_dataset(config: DatasetConfig, settings: Settings, count: int) -> None:
    """Print a few rows of the sources with their leaks, scores and grades, with real requests.

    The sources are taken as they are, and nothing is compared for duplicates: that takes all rows.
    Nothing is kept, and no answer is taken from earlier runs; the budget holds with what those
    have spent. Raises `ConfigError` while no source has made anything.
    """
    console = open_console()
    with scratch_folder() as folder:
        parts = Parts(Store(folder))
        rows = _first_rows(config, settings, parts, count)
        console.print(f"{len(rows)} rows of {len({row.pipeline for row in rows})} sources")
        index = stored_index(parts.store, config.decontamination, storage_options(settings))
        texts = [(row.id, row.whole_text) for row in rows]
        leaks = find_leaks(texts, load_index(parts.store, index))
        grades, losses = _judge(config, settings, parts, rows, {leak.id for leak in leaks})
        for row in rows:
            _show(console, row, leaks, [*heuristic_scores(row), *grades], losses)
    console.print("\nDuplicates were not looked for: that takes all rows.")


def _first_rows(
    config: DatasetConfig, settings: Settings, parts: Parts, count: int
) -> list[Candidate]:
    """Return the first rows of each source's first part that has some, source by source in turn."""
    # Imported here: it loads the flows, and with them Prefect, which takes seconds.
    from gleanery.flows.dataset_sources import source_parts

    of_sources = [
        _rows_of(source_parts(source, settings, config.pairs == "refined"), parts)[:count]
        for source in config.sources
    ]
    rows = [row for row in chain.from_iterable(zip_longest(*of_sources)) if row]
    if not rows:
        raise ConfigError(
            f"no source of {config.name} has made anything yet: run them with `gleanery run`, or "
            "preview each by its own file"
        )
    return rows[:count]


def _rows_of(sources: Sequence[SourcePart], parts: Parts) -> list[Candidate]:
    for source in sources:
        gathered = gather_candidates(parts, source)
        if gathered and gathered.rows_out:
            return parts.rows(gathered, Candidate)
    return []


def _judge(
    config: DatasetConfig,
    settings: Settings,
    parts: Parts,
    rows: Sequence[Candidate],
    leaking: set[str],
) -> tuple[Sequence[ExampleScore], Sequence[Loss]]:
    """Return the judges' scores of rows that do not leak, and why others have none."""
    if not config.judges:
        return [], []
    budget = open_budget(config.budget, open_store(config, settings))
    work = judgement_part("preview", (), lambda: (rows, {}), leaking, config.judge, config.judges)
    with engine_room() as room:
        receipt, _ = run_llm_part(LLMRun(parts, room, budget), work)
    return parts.rows(receipt, ExampleScore), parts.losses(receipt)


def _show(
    console: Console,
    row: Candidate,
    leaks: Sequence[Leak],
    scores: Sequence[ExampleScore],
    losses: Sequence[Loss],
) -> None:
    _print(console, f"\n{row.pipeline}: {row.url or '; '.join(row.labels)}", "bold underline")
    for turn in row.messages:
        _print(console, turn.role.capitalize(), "bold")
        _print(console, turn.content[:_SHOWN] + ("…" if len(turn.content) > _SHOWN else ""))
    for leak in leaks:
        if leak.id == row.id:
            what = f"leak: {leak.benchmark} {leak.item_id} ({leak.side}): {leak.matched[:_DETAIL]}"
            _print(console, what, "red")
    for score in scores:
        # Of heuristics only what they object to: there are many, and most are content.
        objects = score.value < 1 and score.detail
        if score.id == row.id and (score.scorer != HEURISTICS_SCORER or objects):
            said = f"{score.scorer}.{score.name} {score.value:.2f} {score.detail[:_DETAIL]}"
            _print(console, said.rstrip())
    for loss in losses:
        if loss.row_id == row.id:
            _print(console, f"not judged: {loss.reason}: {loss.detail[:_DETAIL]}", "yellow")


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(Text(printable(text), style=style))
