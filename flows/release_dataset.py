"""The release of a dataset: selected by the recipe, published, and shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.logging import get_run_logger

from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.dataset_scores import known_scores
from gleanery.flows.dataset_sources import source_outputs
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.pipeline_config import PipelineConfig
from gleanery.flows.run import Run, open_store
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.summary import finish_stage
from gleanery.flows.synthesis_coverage import skills_coverage, taxonomy_coverage
from gleanery.flows.synthesis_rows import TextSample
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.digests import digest
from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.coverage import Coverage
from gleanery.tasks.curation.benchmark_items import read_benchmarks
from gleanery.tasks.release.archive_places import source_folders
from gleanery.tasks.release.card_tables import plain
from gleanery.tasks.release.manifest import Manifest
from gleanery.tasks.release.publish import Published
from gleanery.tasks.release.release_work import ReleaseWork, pipelines_taken
from gleanery.tasks.release.report_address import report_address
from gleanery.tasks.release.report_data import BenchmarkSearched
from gleanery.tasks.release.rows import score_column
from gleanery.tasks.release.selection_part import Curated
from gleanery.tasks.release.stages import SELECTION
from gleanery.tasks.release.tasks import publish_release, push_release, select_rows
from gleanery.tasks.stage_output import StageOutput

DatasetRun = Run[DatasetConfig]


def release_dataset(
    run: DatasetRun, curated: Curated, stages: Sequence[StageOutput]
) -> tuple[StageOutput, Published]:
    """Return the selection and the release that counts after this run."""
    config = run.config
    stores = {source.name: open_store(source, run.settings) for source in config.sources}
    pipelines = {source.name: source.method for source in config.sources}
    selection = select_rows.submit(
        run.workers, run.parts, curated, config.recipe, pipelines, list(stores.values())
    ).result()
    output = finish_stage(run, SELECTION, [selection])
    for warning in selection.notes["warnings"]:
        get_run_logger().warning("%s", warning)
    work = _work(run, stores, [*stages, output])
    published = publish_release(run.workers, run.parts, curated, selection, work)
    show_release(run.store, published)
    if config.hub.repository:
        address = push_release(run.store, config.hub, published.manifest.version)
        get_run_logger().info("on the Hub: %s", address)
    return output, published


def _work(
    run: DatasetRun, stores: Mapping[str, Store], stages: Sequence[StageOutput]
) -> ReleaseWork:
    config = run.config
    outputs = {source.name: source_outputs(source, run.settings) for source in config.sources}
    taken = pipelines_taken(config.recipe, {one.name: one.method for one in config.sources})
    return ReleaseWork(
        name=config.name,
        title=config.title or config.name,
        recipe=config.recipe,
        stores=stores,
        stages={**outputs, "": list(stages)},
        taken=taken,
        coverage={
            source.name: found
            for source in config.sources
            if source.name in taken and (found := _coverage(run, source, outputs[source.name]))
        },
        benchmarks=_benchmarks(run),
        duplicates=["exact", "near", *(["semantic"] if config.semantic_duplicates else [])],
        models=_models(config),
        sampled=config.report_examples,
        scores={
            score_column(scorer, name): f"{scorer}: {says}"
            for scorer, names in known_scores(config).items()
            for name, says in names.items()
        },
        folders={
            source.name: source_folders(source.source.paths)
            for source in config.sources
            if isinstance(source, HarvestConfig)
        },
    )


def _models(config: DatasetConfig) -> dict[str, str]:
    models = {f"judge {n}": judge.model for n, judge in enumerate(config.judges, start=1)}
    if config.paraphrase_judge and config.decontamination.benchmarks:
        models["paraphrase judge"] = config.paraphrase_judge.model
    return models


def _benchmarks(run: DatasetRun) -> list[BenchmarkSearched]:
    read = read_benchmarks(run.config.decontamination.benchmarks, run.source_options)
    items: dict[str, list[list[Any]]] = {
        benchmark.name: [] for benchmark in run.config.decontamination.benchmarks
    }
    for item in read.items:
        items[item.benchmark].append([item.id, item.question, item.choices, item.answers])
    return [
        BenchmarkSearched(name=name, items=len(of_it), items_digest=digest(sorted(of_it)))
        for name, of_it in items.items()
    ]


def _coverage(
    run: DatasetRun, source: PipelineConfig, outputs: Sequence[StageOutput]
) -> Coverage | None:
    parts, sample = Parts(open_store(source, run.settings)), TextSample(1)
    if isinstance(source, TaxonomyConfig):
        return taxonomy_coverage(source, parts, run.source_options, outputs, sample)
    if isinstance(source, SkillsConfig):
        return skills_coverage(source, parts, run.source_options, outputs, sample)
    return None


def show_release(store: Store, published: Published) -> None:
    """Log the release, and publish its summary table and a link to its report."""
    manifest = published.manifest
    folder = store.uri(manifest.folder)
    log = get_run_logger()
    if published.fresh and manifest.changes and manifest.changes.curation:
        log.info("said of the rows now: %s", "; ".join(manifest.changes.curation))
    if published.fresh:
        log.info("released %s: %d rows at %s", manifest.version, manifest.rows.total, folder)
    else:
        log.info("nothing changed: release %s stands, at %s", manifest.version, folder)
    create_table_artifact(
        key="release", table=release_rows(manifest), description=_headline(manifest, folder)
    )
    address = report_address(store, manifest)
    create_link_artifact(
        key="release-report",
        link=address,
        link_text=f"Report of {manifest.version}",
        description=f"The report of release {manifest.version}: {address}",
    )


def release_rows(manifest: Manifest) -> list[dict[str, str | int]]:
    """Return one row per source: what it has in the release, and what changed."""
    rows: list[dict[str, str | int]] = []
    for source, count in manifest.rows.sources.items():
        changed = manifest.changes.sources.get(source) if manifest.changes else None
        rows.append(
            {
                "source": source,
                "rows": count,
                "added": changed.added if changed else count,
                "removed": changed.removed if changed else 0,
                "changed": changed.changed if changed else 0,
            }
        )
    return rows


def _headline(manifest: Manifest, folder: str) -> str:
    splits = ", ".join(f"{rows:,} {split}" for split, rows in manifest.rows.splits.items())
    said = f"# Release {manifest.version}\n{manifest.rows.total:,} rows ({splits}) at `{folder}`"
    if manifest.changes and manifest.changes.curation:
        changed = "\n".join(f"- {plain(one)}" for one in manifest.changes.curation)
        said += f"\n\nSaid of the rows now, and not in {manifest.changes.against}:\n\n{changed}"
    return said
