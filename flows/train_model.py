"""Fine-tuning a base model on a release, in a process of its own and resumable."""

import threading
from pathlib import Path

from prefect import flow
from prefect.logging import get_run_logger

from gleanery.flows.host_runs import host_runs
from gleanery.flows.interruption import stop_when_told
from gleanery.flows.run import open_store, storage_options
from gleanery.flows.training_config import TrainingConfig
from gleanery.flows.training_progress import TrainingProgress
from gleanery.infra.folders import FolderReceipt, StoredFile
from gleanery.infra.lease import hold_lease
from gleanery.infra.settings import Settings, read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.release.manifest import Manifest
from gleanery.tasks.release.published import read_manifest
from gleanery.tasks.release.rows import SPLITS
from gleanery.tasks.training.chat_template import template_identity
from gleanery.tasks.training.model_pointer import latest_model
from gleanery.tasks.training.starting_weights import FRESH, TRAINED, base_identity
from gleanery.tasks.training.tasks import train
from gleanery.tasks.training.training_plan import Training
from gleanery.tasks.training.training_run import find_trained
from gleanery.tasks.training.training_spec import TrainingSpec


@flow(name="train-model", flow_run_name="train: {config.name}")
def train_model(config: TrainingConfig) -> FolderReceipt:
    """Return the receipt of the trained model, made now or standing; it is in the model's store.

    Raises `TrainingInterrupted` when this process is told to stop (SIGTERM), its checkpoint stored.
    """
    settings = read_settings()
    store = open_store(config, settings)
    training = plan_training(config, settings)
    logger = get_run_logger()
    with hold_lease(store), stop_when_told() as stop:
        progress = TrainingProgress(config.name)
        try:
            receipt, stood = _train(config, training, settings, progress, stop)
        finally:
            progress.show_curve()
    place = store.uri(f"{receipt.at}/model")
    logger.info("%s: the model is at %s", "nothing to do" if stood else "trained", place)
    return receipt


def _train(
    config: TrainingConfig,
    training: Training,
    settings: Settings,
    progress: TrainingProgress,
    stop: threading.Event,
) -> tuple[FolderReceipt, bool]:
    """Return the receipt, and whether it stood: trained here, or by several hosts of which this
    is the first.
    """
    store = open_store(config, settings)
    if config.devices.hosts == 1 or find_trained(store, training):
        return train.submit(store, training, progress, stop).result()
    with host_runs(config, training, settings) as others:
        led = train.submit(store, training, progress, stop, others.place, others.lost)
        return led.result()


def plan_training(config: TrainingConfig, settings: Settings) -> Training:
    """Return what is trained: the files of the release, the base, and the spec without paths."""
    root = (config.release.root or config.root or settings.root).rstrip("/")
    data = Store(f"{root}/{config.release.dataset}", storage_options(settings))
    manifest = read_manifest(data, config.release.version)
    train_files, validation_files = (_files(manifest, split) for split in SPLITS)
    base_model, base = None, ""
    if config.model.path.startswith(TRAINED):
        name = config.model.path.removeprefix(TRAINED)
        own_root = (config.root or settings.root).rstrip("/")
        base_store = Store(f"{own_root}/{name}", storage_options(settings))
        base_model = (base_store, latest_model(base_store))
        base = f"{config.model.path}@{base_model[1].digest}"
    elif config.model.fresh:
        base = FRESH
    else:
        base = base_identity(config.model.path, config.model.revision)
    return Training(
        spec=_spec(config, settings),
        data=data,
        train_files=train_files,
        validation_files=validation_files,
        base=base,
        template=template_identity(config.model.chat_template),
        base_model=base_model,
        lineage={
            "dataset": manifest.name,
            "release": manifest.version,
            "rows": manifest.rows.total,
            "row_digest": manifest.row_digest,
            "content_digest": manifest.content_digest,
        },
        python=config.python,
        grace_s=config.grace_s,
    )


def _files(manifest: Manifest, split: str) -> tuple[StoredFile, ...]:
    wanted = set(manifest.data_files(split))
    return tuple(
        StoredFile(path=f"{manifest.folder}/{file.path}", size=file.size, sha256=file.sha256)
        for file in manifest.files
        if file.path in wanted
    )


def _spec(config: TrainingConfig, settings: Settings) -> TrainingSpec:
    folder = Path(config.work) if config.work else settings.server_home / "training"
    return TrainingSpec(
        model=config.model,
        rows=config.rows,
        tuning=config.tuning,
        recipe=config.recipe,
        devices=config.devices,
        train_files=(),
        validation_files=(),
        folder=str(folder / config.name),
        checkpoint_minutes=config.checkpoint_minutes,
        snapshots=tuple(sorted(set(config.snapshots))),
        trackers=config.trackers,
        name=config.name,
    )
