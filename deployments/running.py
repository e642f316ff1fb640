"""Running files of any method from the command line, and saying what came of them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gleanery.deployments.evaluate import evaluate
from gleanery.deployments.improve import improve
from gleanery.deployments.methods import retried_stages, run_method
from gleanery.deployments.model_configs import read_any_config
from gleanery.deployments.prefect_server import prefect_server
from gleanery.deployments.reasons import check_reason
from gleanery.deployments.sweep import sweep
from gleanery.deployments.train import train
from gleanery.flows.dataset_checks import check_config
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.improvement_config import ImproveConfig
from gleanery.flows.pipeline_config import PipelineConfig, StoredConfig
from gleanery.flows.sweep_config import SweepConfig
from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.parts import Parts
from gleanery.infra.settings import read_settings
from gleanery.tasks.release.published import newest_release

if TYPE_CHECKING:
    from gleanery.flows.run import Again
    from gleanery.flows.synthesis_report import SynthesisReport


_OF_MODELS: dict[type[StoredConfig], Callable[[Path], None]] = {
    TrainingConfig: train,
    ModelEvaluationConfig: evaluate,
    ImproveConfig: improve,
    SweepConfig: sweep,
}


def run(
    config_files: Sequence[Path], backfill: bool = False, only: str = "", ask_again: bool = False
) -> None:
    """Run files one after the other, with a local Prefect server if none is configured.

    Raises `ValueError`, before any runs, for `backfill` of what has no parts to go over.
    """
    settings = read_settings()
    configs = [read_any_config(config_file) for config_file in config_files]
    for config_file, config in zip(config_files, configs, strict=True):
        if not isinstance(config, PipelineConfig):
            if backfill:
                raise ValueError(f"--backfill is of pipelines, and {config_file} is none")
        elif not settings.storage_block:  # a Prefect block: only its server knows what it holds
            check_config(config, {})
    with prefect_server(settings.server_home):
        # Imported here: Prefect reads its settings, the server's address among them, on import.
        from gleanery.flows.run import Again

        again = Again(backfill=backfill, only=only, ask_again=ask_again)
        for config_file, config in zip(config_files, configs, strict=True):
            if isinstance(config, PipelineConfig):
                _run_one(config_file, config, again)
            else:
                _OF_MODELS[type(config)](config_file)


def retry(config_file: Path, only: str, ask_again: bool = False) -> None:
    """Do the rows again that were rejected for one reason, and what follows from them.

    Of an evaluation those are prompts that were refused and verdicts that could not be read. Raises
    `UnknownReason` where there are none.
    """
    if isinstance(read_any_config(config_file), ModelEvaluationConfig):
        evaluate(config_file, only, ask_again)
    else:
        check_reason(config_file, only)
        run([config_file], only=only, ask_again=ask_again)


def _run_one(config_file: Path, config: PipelineConfig, again: "Again") -> None:
    from gleanery.deployments.dataset_told import dataset_funnels, tell_release
    from gleanery.deployments.funnel import print_funnel
    from gleanery.deployments.total_loss import loss_warnings
    from gleanery.flows.run import open_store
    from gleanery.flows.synthesis_report import keep_reports

    settings = read_settings()
    store = open_store(config, settings)
    is_dataset = isinstance(config, DatasetConfig)
    before = newest_release(store) if is_dataset else None
    if isinstance(config, DatasetConfig) and again.backfill:
        names = ", ".join(source.name for source in config.sources)
        typer.echo(
            f"--backfill goes over what {config.name} itself has done; what its sources ({names}) "
            "have done stays as it is: to go over one of them, run its own file with --backfill."
        )
    with keep_reports() as reports:
        outputs = run_method(config, again)
    typer.echo()
    all_outputs = list(outputs)
    if isinstance(config, DatasetConfig):
        funnels = dataset_funnels(config, outputs, settings)
        if config.refresh:  # else this run takes up nothing of theirs
            all_outputs = [output for stages in funnels.values() for output in stages]
        print_funnel(funnels)
        tell_release(store, before)
    else:
        print_funnel(outputs)
        holds = "holds the result" if outputs[-1].rows_out else "holds no row"
        typer.echo(f"\nEverything is at {store.root}: parts/{outputs[-1].stage} {holds}.")
        _write_reports(reports, settings.server_home / "reports" / config.name)
    for line in loss_warnings(outputs, Parts(store), config_file, retried_stages(config)):
        typer.secho(line, fg="yellow")
    open_rows = sum(sum(output.failed.values()) for output in all_outputs)
    if open_rows:
        typer.secho(f"{open_rows} rows are still open: run again to take them up.", fg="yellow")


def _write_reports(reports: "Sequence[SynthesisReport]", folder: Path) -> None:
    from gleanery.flows.synthesis_report import write_report

    for report in reports:
        write_report(report, folder)
        typer.echo(f"How diverse it is and what it covers: {folder / 'report.md'}")
