"""Running a sweep: every variant is trained and measured, and the scaling curve is drawn."""

from collections.abc import Iterator

from prefect import flow
from prefect.logging import get_run_logger

from gleanery.flows.run import open_store
from gleanery.flows.sweep_config import NothingTrained, SweepConfig, SweepIncomplete, Trial
from gleanery.flows.sweep_held_out import NoHeldOutRows, held_out_rows
from gleanery.flows.sweep_measuring import measure_swept
from gleanery.flows.sweep_report import REPORT, show_sweep
from gleanery.flows.sweep_results import Point, SweptModel, points_of, shared_rows
from gleanery.flows.train_model import train_model
from gleanery.infra.lease import hold_lease
from gleanery.infra.settings import Settings, read_settings
from gleanery.tasks.training.followed_process import TrainingInterrupted
from gleanery.tasks.training.snapshots import find_snapshot


@flow(name="run-sweep", flow_run_name="sweep: {config.name}")
def run_sweep(config: SweepConfig) -> list[Point]:
    """Return what every variant came to at each number of examples; killed, it is run again.

    Raises `SweepIncomplete` at the end where some could not be trained or measured,
    `NothingTrained` and `NoHeldOutRows` where there is nothing to report, and
    `TrainingInterrupted` when it is told to stop.
    """
    settings = read_settings()
    store = open_store(config, settings)
    with hold_lease(store):
        models, failures = _trained(config, settings)
        if not models:
            raise NothingTrained(_told(config, failures))
        trained_on = [model.trial.training for model in models]
        held_out = held_out_rows(config, trained_on, settings)
        measured, unmeasured = measure_swept(config, models, held_out, store, settings)
        failures |= unmeasured
        rows = shared_rows(measured)
        if measured and len(rows) < 2:
            raise NoHeldOutRows(
                f"{len(rows)} of {len(held_out.rows)} held-out rows are short enough for all "
                "models: raise held_out.max_length, or leave out what takes no longer texts"
            )
        points = points_of(measured, rows)
        show_sweep(store, config.name, points, held_out, len(rows), failures)
    get_run_logger().info("the report is at %s", store.uri(REPORT))
    if failures:
        raise SweepIncomplete(_told(config, failures))
    return points


def _trained(config: SweepConfig, settings: Settings) -> tuple[list[SweptModel], dict[str, str]]:
    """Return the models of all trainings, one after the other, and by name why some are missing."""
    logger = get_run_logger()
    models: list[SweptModel] = []
    failures: dict[str, str] = {}
    trials = config.trials()
    for number, trial in enumerate(trials, start=1):
        logger.info("training %d of %d: %s", number, len(trials), trial.name)
        try:
            models += _models_of(trial, settings)
        except TrainingInterrupted:
            raise
        except Exception as error:  # of this variant: the others have their turn
            logger.error("%s: %s", trial.name, error)
            failures[trial.name] = f"{type(error).__name__}: {error}"
    return models, failures


def _models_of(trial: Trial, settings: Settings) -> Iterator[SweptModel]:
    """Yield the models of a training, those from part of the way first."""
    receipt = train_model(trial.training)
    store = open_store(trial.training, settings)
    key = receipt.name.rpartition("/")[2]
    for after in sorted(trial.training.snapshots):
        if snapshot := find_snapshot(store, key, after):
            yield SweptModel(trial, after, store, snapshot)
    yield SweptModel(trial, 0, store, receipt)


def _told(config: SweepConfig, failures: dict[str, str]) -> str:
    lines = [f"  {name}: {why}" for name, why in failures.items()]
    return "\n".join([f"sweep {config.name}: not all is there; run it again when mended:", *lines])
