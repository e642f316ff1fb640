"""Housekeeping: what killed runs have left, listed or removed, and on demand what is superseded.

A sweep's and an improvement's file stand for the stores of their trainings, too.
"""

import re
import time
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gleanery.deployments.clean_reports import leftovers_of_reports
from gleanery.deployments.clean_training import leftovers_of_training
from gleanery.deployments.model_configs import read_any_config
from gleanery.deployments.terminal import open_console, printable
from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.improvement_config import ImproveConfig
from gleanery.flows.pipeline_config import StoredConfig
from gleanery.flows.run import open_store
from gleanery.flows.sweep_config import SweepConfig
from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.lease import hold_lease
from gleanery.infra.leftovers import (
    EARLIER,
    Leftover,
    leftovers_of_parts,
    remove,
    unfinished_writes,
)
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import ObjectInfo, Store
from gleanery.tasks.recall.policy import STAGE as POLICY
from gleanery.tasks.release.manifest import version_number
from gleanery.tasks.release.published import read_commits

UNCOMMITTED = "releases never committed"

_UNITS_S = {"m": 60, "h": 3600, "d": 86400}
_LEAST_AGE_S = 3600  # from the first file of a release to its commit, at most
_STEP = 1000  # from a unit of size to the next


def clean(config_file: Path, yes: bool, older_than: str, old_generations: bool) -> None:
    """Print what the stores of a file could do without, by kind; remove it if that is said.

    Only what was written longer ago than `older_than` ("24h", "7d"). Raises `ValueError` for
    another text, or one so short that a run may still be at work on it, and `LeaseHeld` where
    something is to be removed and a run is known to be alive.
    """
    before = time.time() - seconds_of(older_than)
    config = read_any_config(config_file)
    console = open_console()
    listed: list[Leftover] = []
    for store, trainings in _stores(config).items():
        if not yes:
            found = _leftovers(config, store, trainings, before, old_generations)
            _print(found, store, console)
            listed += found
            continue
        with hold_lease(store):
            found = _leftovers(config, store, trainings, before, old_generations)
            _print(found, store, console)
            removed = [leftover for leftover in found if leftover.kind != UNCOMMITTED]
            remove(store, removed)
            # Looked at again, for a run may have taken one up meanwhile and committed it.
            releases = uncommitted_releases(store, before)
            remove(store, releases)
        if removed := [*removed, *releases]:
            console.print(f"Removed {len(removed):,} objects, {_size(removed)}.")
    if listed:
        console.print("Nothing was removed. To remove all of it, add --yes.")


def _stores(config: StoredConfig) -> dict[Store, list[TrainingConfig]]:
    """Return the stores of a file, its own first, with the trainings that each is of."""
    settings = read_settings()
    trainings: list[TrainingConfig] = []
    if isinstance(config, TrainingConfig):
        trainings = [config]
    elif isinstance(config, ImproveConfig):
        trainings = [config.training]
    elif isinstance(config, SweepConfig):
        trainings = [trial.training for trial in config.trials()]
    stores: dict[Store, list[TrainingConfig]] = {open_store(config, settings): []}
    for training in trainings:
        stores.setdefault(open_store(training, settings), []).append(training)
    return stores


def _leftovers(
    config: StoredConfig,
    store: Store,
    trainings: Sequence[TrainingConfig],
    before: float,
    old_generations: bool,
) -> list[Leftover]:
    found = find_leftovers(store, before, old_generations)
    # An improvement's earlier reports say why a model was promoted or not.
    earlier = old_generations and isinstance(config, ModelEvaluationConfig)
    found += leftovers_of_reports(store, before, earlier)
    if trainings:
        current = _keys(trainings) if old_generations else ()
        found += leftovers_of_training(store, before, current)
    return found


def _keys(trainings: Sequence[TrainingConfig]) -> set[str]:
    """Return the names of trainings as they are configured now."""
    from gleanery.flows.train_model import plan_training  # brings Prefect, which is slow to come

    settings = read_settings()
    return {plan_training(training, settings).key for training in trainings}


def find_leftovers(store: Store, before: float, old_generations: bool = False) -> list[Leftover]:
    """Return what no receipt and no commit needs and was written before a time, in removal order.

    With `old_generations` also the earlier generations of parts, but for the recall policies:
    batches name the one that they were sealed with.
    """
    return [
        *unfinished_writes(store, before),
        *leftovers_of_parts(store, before, old_generations, but=[POLICY]),
        *uncommitted_releases(store, before),
    ]


def uncommitted_releases(store: Store, before: float) -> list[Leftover]:
    """Return the files of release folders without a commit in which nothing is newer than a time.

    The manifest goes first: what is left of a folder then is no release to anyone.
    """
    folders: dict[str, list[ObjectInfo]] = {}
    for info in store.list("releases"):
        folder = info.path.split("/")[1]
        if version_number(folder) is not None:
            folders.setdefault(folder, []).append(info)
    committed = {commit.version for commit in read_commits(store)} if folders else set()
    return [
        Leftover(UNCOMMITTED, info.path, info.size)
        for folder, infos in folders.items()
        if folder not in committed and all(info.modified < before for info in infos)
        for info in sorted(infos, key=lambda info: not info.path.endswith("/manifest.json"))
    ]


def seconds_of(age: str) -> int:
    """Return an age as seconds: "90m", "24h", "7d". Raises `ValueError` for less than an hour."""
    match = re.fullmatch(r"(\d+)([mhd])", age.strip())
    if match is None:
        raise ValueError(f"--older-than takes minutes, hours or days, as 90m, 24h or 7d: not {age}")
    seconds = int(match[1]) * _UNITS_S[match[2]]
    if seconds < _LEAST_AGE_S:
        raise ValueError(
            f"--older-than {age} is too short: a run that is at work needs what it has written, "
            "also before it has a receipt. Take an hour or more"
        )
    return seconds


def _print(found: Sequence[Leftover], store: Store, console: Console) -> None:
    if not found:
        console.print(f"There is nothing to remove at {store.uri('')}", soft_wrap=True)
        return
    table = Table(title=store.root, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("what")
    table.add_column("objects", justify="right")
    table.add_column("size", justify="right")
    table.add_column("the first of them", overflow="fold")
    for kind in dict.fromkeys(leftover.kind for leftover in found):
        those = [leftover for leftover in found if leftover.kind == kind]
        first = Text(printable(those[0].path))
        table.add_row(kind, f"{len(those):,}", _size(those), first)
    console.print(table)
    if any(leftover.kind == EARLIER for leftover in found):
        console.print(
            "Without earlier generations, `gleanery show` no longer tells how rows of older "
            "releases were made, and going back to an earlier configuration makes rows anew (from "
            "the journal: no model is asked)."
        )


def _size(found: Sequence[Leftover]) -> str:
    size = float(sum(leftover.size for leftover in found))
    for unit in ("B", "kB", "MB", "GB"):
        if size < _STEP:
            return f"{size:,.0f} {unit}" if unit == "B" else f"{size:,.1f} {unit}"
        size /= _STEP
    return f"{size:,.1f} TB"
