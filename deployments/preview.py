"""A preview: a few documents through every stage, shown, in a store that is thrown away."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from gleanery.deployments.excerpt import marked_excerpt
from gleanery.deployments.funnel import print_funnel
from gleanery.deployments.methods import read_config
from gleanery.deployments.preview_dataset import preview_dataset
from gleanery.deployments.preview_synthesis import preview_synthesis
from gleanery.deployments.sampling import Sample, open_recaller, sample_documents
from gleanery.deployments.terminal import open_console, printable
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.run import open_store, storage_options
from gleanery.infra.budget import open_budget
from gleanery.infra.llm.room import engine_room
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.scratch import scratch_folder
from gleanery.infra.settings import Settings, read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.llm_part import LLMRun
from gleanery.tasks.recall.policy import NoPolicy
from gleanery.tasks.recall.recall_pages import Recaller
from gleanery.tasks.recall.source_files import list_sources
from gleanery.tasks.records import Document, QAPair, RefinedPair
from gleanery.tasks.stage_output import stage_output

_PART = "preview"
_MOST_PAGES = 20_000


def preview(config_file: Path, count: int) -> None:
    """Print what becomes of a few documents, plans, or rows of sources, with real requests.

    See `preview_harvest`, `preview_synthesis` and `preview_dataset`.
    """
    config, settings = read_config(config_file), read_settings()
    if isinstance(config, DatasetConfig):
        preview_dataset(config, settings, count)
    elif isinstance(config, HarvestConfig):
        preview_harvest(config, settings, config_file, count)
    else:
        preview_synthesis(config, settings, count)


def preview_harvest(
    config: HarvestConfig, settings: Settings, config_file: Path, documents: int
) -> None:
    """Print what becomes of the corpus's first documents, with real requests to the engines.

    Nothing is kept, and no answer is taken from earlier runs; the budget holds with what those
    have spent. Raises `NoPolicy` before the first calibration, which `gleanery run` begins with.
    """
    store, console = open_store(config, settings), open_console()
    options = storage_options(settings)
    sample = sample_documents(
        list_sources(config.source, options),
        _open_recaller(store, config_file),
        config.source,
        config.recall,
        options,
        _MOST_PAGES,
        documents,
    )
    console.print(f"{len(sample.documents)} documents among the first {sample.pages:,} pages")
    for reason, count in sample.losses.most_common():
        console.print(f"  {count:,} {reason}")
    with scratch_folder() as folder:
        parts = Parts(Store(folder))
        extracted, refined = _run_stages(config, store, parts, sample)
        _show_documents(console, parts, sample.documents, extracted, refined)
        outputs = [stage_output(r.stage, [r], parts.writer) for r in (extracted, refined)]
    console.print()
    print_funnel(outputs, console)


def _open_recaller(store: Store, config_file: Path) -> Recaller:
    try:
        return open_recaller(Parts(store))
    except NoPolicy as error:
        raise NoPolicy(f"{error}; `gleanery run {config_file}` begins with it") from None


def _run_stages(
    config: HarvestConfig, store: Store, parts: Parts, sample: Sample
) -> tuple[Receipt, Receipt]:
    """Return the receipts of extraction and refinement, made as a run makes them."""
    # Imported here: these modules load Prefect, which takes seconds that other commands save.
    from gleanery.tasks.extraction.extraction_part import extraction_part
    from gleanery.tasks.llm_part import run_llm_part
    from gleanery.tasks.refinement.refinement_part import refinement_part

    with engine_room() as room:
        run = LLMRun(parts, room, open_budget(config.budget, store))
        extracted, _ = run_llm_part(
            run,
            extraction_part(_PART, (), lambda: sample.documents, config.extraction, config.engine),
        )
        pairs = parts.rows(extracted, QAPair)
        refined, _ = run_llm_part(
            run,
            refinement_part(
                _PART,
                (),
                lambda: (pairs, sample.documents),
                config.refinement,
                config.refining_engines,
            ),
        )
    return extracted, refined


def _show_documents(
    console: Console,
    parts: Parts,
    documents: Sequence[Document],
    extracted: Receipt,
    refined: Receipt,
) -> None:
    pairs, versions = parts.rows(extracted, QAPair), parts.rows(refined, RefinedPair)
    no_pairs, no_versions = parts.losses(extracted), parts.losses(refined)
    for document in documents:
        console.print()
        console.print(Text(printable(document.url), style="bold underline"))
        console.print(f"score {document.score:.3f}, {len(document.text):,} characters")
        _show_losses(console, no_pairs, document.id)
        for pair in pairs:
            if pair.document_id != document.id:
                continue
            console.print()
            console.print(marked_excerpt(document.text, pair, around=80))
            for version in versions:
                if version.pair_id == pair.id:
                    _show_version(console, version)
            _show_losses(console, no_versions, pair.id)


def _show_version(console: Console, version: RefinedPair) -> None:
    console.print(Text(printable(f"\n{version.outcome} by {version.refiner}"), style="bold yellow"))
    console.print(Text(printable(f"Q: {version.question}\nA: {version.answer}")))


def _show_losses(console: Console, losses: Sequence[Loss], row_id: str) -> None:
    for loss in losses:
        if loss.row_id == row_id:
            console.print(Text(printable(f"{loss.reason}: {loss.detail}"), style="yellow"))
