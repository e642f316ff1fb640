"""The held-out rows of a sweep: those that no variant was trained on, in whatever version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from gleanery.flows.run import storage_options
from gleanery.flows.sweep_config import SweepConfig
from gleanery.flows.training_config import ReleaseName, TrainingConfig
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.release.published import read_manifest, released_columns
from gleanery.tasks.seeded import keys
from gleanery.tasks.training.response_loss import HeldOutRow

_SAME = ("origin", "plan_id", "document_id", "page", "page_text")  # of a lineage: one source


class NoHeldOutRows(ValueError):
    """There is nothing that models could be measured on."""


@dataclass(frozen=True, slots=True)
class HeldOutRows:
    """What models are measured on: the rows, their release, and how many of it were trained on."""

    rows: list[HeldOutRow]
    release: str
    trained_on: int


def held_out_rows(
    config: SweepConfig, trainings: Sequence[TrainingConfig], settings: Settings
) -> HeldOutRows:
    """Return the rows that all models are measured on.

    A variant of another release may learn a row of this one in another version: whatever shares a
    pair, plan or page with a row that is trained on is left out. Raises `NoHeldOutRows`.
    """
    root = config.training.root or config.root
    of = _Release.of(config.held_out.release or config.training.release, root, settings)
    columns = ["id", "prompt", "completion", "lineage"]
    found = {row["id"]: row for row in of.rows(columns, "validation")}
    sources = {row_id: _sources(row) for row_id, row in found.items()}
    owners: dict[str, set[str]] = {}
    for row_id, names in sources.items():
        for name in names:
            owners.setdefault(name, set()).add(row_id)
    learnt: set[str] = set()
    others = {
        _Release.of(training.release, training.root or config.root, settings)
        for training in trainings
    } - {of}
    for other in others:
        for row in other.rows(["id", "lineage"], "train"):
            for name in _sources(row) & owners.keys():
                learnt |= owners[name]
    left = sorted(found.keys() - learnt)
    if len(left) < 2:
        raise NoHeldOutRows(
            f"release {of.version} of {of.store.root} has {len(found)} validation rows, and the "
            f"variants were trained on {len(learnt)} of them in some version: name a release with "
            "others under held_out.release"
        )
    order = keys(left, "held out", config.held_out.seed).argsort(kind="stable")
    drawn = [left[place] for place in sorted(order[: config.held_out.rows])]
    rows = [
        HeldOutRow(id=name, prompt=found[name]["prompt"], completion=found[name]["completion"])
        for name in drawn
    ]
    return HeldOutRows(rows, of.version, len(learnt))


@dataclass(frozen=True, slots=True)
class _Release:
    """A release by its version, wherever it lies."""

    store: Store
    version: str

    @classmethod
    def of(cls, name: ReleaseName, root: str, settings: Settings) -> "_Release":
        place = (name.root or root or settings.root).rstrip("/")
        store = Store(f"{place}/{name.dataset}", storage_options(settings))
        return cls(store, read_manifest(store, name.version).version)

    def rows(self, columns: Sequence[str], split: str) -> Iterator[dict[str, Any]]:
        return released_columns(self.store, self.version, columns, [split])


def _sources(row: Mapping[str, Any]) -> set[str]:
    lineage = orjson.loads(row["lineage"])
    return {row["id"], *(f"{name} {value}" for name in _SAME if (value := lineage[name]))}
