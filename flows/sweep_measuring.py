"""Measuring the models of a sweep: a loss that is the same for all, and benchmarks."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from prefect.logging import get_run_logger

from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.measured_models import measure_models
from gleanery.flows.sweep_config import SweepConfig, SweptEvaluation
from gleanery.flows.sweep_held_out import HeldOutRows
from gleanery.flows.sweep_results import MeasuredOn, SweptModel
from gleanery.infra.folders import fetch_folder
from gleanery.infra.scratch import scratch_folder
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.records import ScoredItem
from gleanery.tasks.training.response_loss import (
    NotMeasured,
    ResponseLoss,
    find_losses,
    loss_name,
    measure_losses,
    store_losses,
)

_MOST_BYTES = 40_000_000_000  # of models that lie on this machine at once

Items = dict[str, dict[str, ScoredItem]]


def measure_swept(
    config: SweepConfig,
    models: Sequence[SweptModel],
    held_out: HeldOutRows,
    store: Store,
    settings: Settings,
) -> tuple[list[MeasuredOn], dict[str, str]]:
    """Return what the models came to, and by name why others could not be measured.

    What stands is not measured again: losses lie beside the models, answers in the sweep's store.
    """
    measured: list[MeasuredOn] = []
    failures: dict[str, str] = {}
    for group in _groups(models):
        with scratch_folder() as scratch:
            losses = _losses(config, group, held_out, Path(scratch))
            for model in group:
                found = losses[model.name]
                if isinstance(found, NotMeasured):
                    failures[model.name] = f"its held-out loss is not known: {found}"
                    continue
                items: Items = {}
                if config.evaluation:
                    try:
                        folder = _fetched(model, Path(scratch))
                        items = _items(config, config.evaluation, model, folder, store, settings)
                    except Exception as error:  # of this model: the others have their turn
                        failures[model.name] = f"not measured on benchmarks: {error}"
                measured.append(MeasuredOn(model, {row.id: row for row in found}, items))
    return measured, failures


def _losses(
    config: SweepConfig, group: Sequence[SweptModel], held_out: HeldOutRows, scratch: Path
) -> dict[str, list[ResponseLoss] | NotMeasured]:
    longest = config.held_out.max_length
    names = {model.name: loss_name(model.receipt, held_out.rows, longest) for model in group}
    found: dict[str, list[ResponseLoss] | NotMeasured] = {}
    missing = {}
    for model in group:
        if (standing := find_losses(model.store, names[model.name])) is not None:
            found[model.name] = standing
        else:
            missing[model.name] = model
    if not missing:
        return found
    get_run_logger().info("measuring the held-out loss of %d models", len(missing))
    training = config.training
    made = measure_losses(
        {name: _fetched(model, scratch) for name, model in missing.items()},
        held_out.rows,
        longest,
        scratch / "losses",
        training.python,
        training.devices.threads,
    )
    for name, losses in made.items():
        if not isinstance(losses, NotMeasured):
            store_losses(missing[name].store, names[name], losses)
    return found | made


def _items(
    config: SweepConfig,
    swept: SweptEvaluation,
    model: SweptModel,
    folder: Path,
    store: Store,
    settings: Settings,
) -> Items:
    """Return a model's items by benchmark and id. Raises `NotMeasured` while some are open."""
    label = f"model-{model.receipt.digest[:12]}"
    done = measure_models(
        ModelEvaluationConfig(
            name=config.name,
            root=config.root,
            models=(swept.of(label, str(folder)),),
            evaluation=swept.evaluation,
            budget=swept.budget,
        ),
        store,
        settings,
    )[label]
    if done.unanswered:
        raise NotMeasured(f"{done.unanswered} items have no answer yet: run again")
    items: Items = {}
    for item in done.items:
        items.setdefault(item.benchmark, {})[item.id] = item
    return items


def _fetched(model: SweptModel, scratch: Path) -> Path:
    """Return the folder of a model's weights on this machine."""
    folder = scratch / model.receipt.name
    if not folder.is_dir():
        fetch_folder(model.store, model.receipt, folder)
    return folder / "model"


def _groups(models: Sequence[SweptModel]) -> Iterator[list[SweptModel]]:
    """Yield as many models at a time as may lie on this machine together, one at least."""
    group: list[SweptModel] = []
    size = 0
    for model in models:
        if group and size + model.receipt.size > _MOST_BYTES:
            yield group
            group, size = [], 0
        group.append(model)
        size += model.receipt.size
    if group:
        yield group
