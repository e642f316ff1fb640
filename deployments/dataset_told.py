"""What is said at the end of a dataset's run: the way from its sources, and the release."""

from collections.abc import Mapping, Sequence

import typer

from gleanery.flows.dataset_config import DatasetConfig
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.release.manifest import Changes, Manifest, SourceChanges
from gleanery.tasks.release.published import read_manifest
from gleanery.tasks.release.report_address import report_address
from gleanery.tasks.stage_output import StageOutput

_MOST_REASONS = 8


def dataset_funnels(
    config: DatasetConfig, outputs: Sequence[StageOutput], settings: Settings
) -> Mapping[str, Sequence[StageOutput]]:
    """Return the stages of each source, over all that it stands for today, then the dataset's."""
    # Imported here: it loads the flows, and with them Prefect, which takes seconds.
    from gleanery.flows.dataset_sources import source_outputs

    sources = {source.name: source_outputs(source, settings) for source in config.sources}
    return {**sources, config.name: outputs}


def tell_release(store: Store, before: Manifest | None) -> None:
    """Print the release that counts, what changed, how to load it and how to open its report.

    `before` is the one that counted before the run.
    """
    manifest = read_manifest(store)
    splits = ", ".join(f"{rows:,} {split}" for split, rows in manifest.rows.splits.items())
    has = f"has {manifest.rows.total:,} rows ({splits})"
    if before and before.version == manifest.version:
        typer.echo(f"\nNothing changed: release {manifest.version} still counts and {has}.")
    else:
        typer.echo(f"\nRelease {manifest.version} {has}.")
        if manifest.changes:
            tell_changes(manifest.changes)
    folder = store.uri(manifest.folder)
    typer.echo(f"Load it:        datasets.load_dataset({folder!r})")
    typer.echo(f"Open its report: {report_address(store, manifest)}")


def tell_changes(changes: Changes) -> None:
    """Print what changed against the release before: in all, by source, and why rows are gone."""
    typer.echo(f"Beside {changes.against}: {_counts(changes.total)}.")
    if changes.curation:
        typer.echo(f"  what is said of them is new: {'; '.join(changes.curation)}")
    if len(changes.sources) > 1:
        for name, source in changes.sources.items():
            typer.echo(f"  {name}: {_counts(source)}")
    ranked = sorted(changes.removed.items(), key=lambda item: (-item[1], item[0]))
    for reason, count in ranked[:_MOST_REASONS]:
        typer.echo(f"  gone: {count:,} {reason}")
    if len(ranked) > _MOST_REASONS:
        typer.echo(f"  gone for {len(ranked) - _MOST_REASONS} other reasons: see the report")


def _counts(changes: SourceChanges) -> str:
    named = [
        f"{count:,} {what}"
        for what, count in (
            ("added", changes.added),
            ("removed", changes.removed),
            ("changed", changes.changed),
            ("with other scores or lineage", changes.annotated),
        )
        if count
    ]
    return ", ".join(named) or "the same rows"
