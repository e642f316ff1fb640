"""Models as they were part of the way: after how many examples, and where they are kept.

A snapshot is what a training was at that point, and no training of so few examples: its learning
rate had not come down yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gleanery.infra.folders import FolderReceipt, find_folder, store_folder
from gleanery.infra.storage import Store

SNAPSHOTS = "snapshots"


@dataclass(frozen=True, slots=True)
class Passes:
    """How a training goes over its rows: `sequences` of them a pass, `global_batch` a step.

    There are fewer sequences than rows where several rows are packed into one. The last step of a
    pass takes what is left of it.
    """

    rows: int
    sequences: int
    global_batch: int

    @property
    def steps(self) -> int:
        """Steps of a whole pass."""
        return -(-self.sequences // self.global_batch)

    def step_after(self, examples: int) -> int:
        """Return the first step after which so many examples were seen, repeated ones counted."""
        passes, rest = divmod(examples, self.rows)
        return passes * self.steps + -(-rest * self.sequences // (self.rows * self.global_batch))

    def seen(self, step: int) -> int:
        """Return how many examples were seen after so many steps, repeated ones counted."""
        passes, rest = divmod(step, self.steps)
        return passes * self.rows + rest * self.global_batch * self.rows // self.sequences


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The snapshots that are `wanted` of a training; `key` names all that decides its weights."""

    store: Store
    key: str
    wanted: tuple[int, ...]

    def missing(self) -> tuple[int, ...]:
        """Return those that are not stored yet, by their numbers of examples."""
        return tuple(n for n in self.wanted if find_snapshot(self.store, self.key, n) is None)

    def add(self, folder: Path, examples: int, notes: Mapping[str, Any]) -> FolderReceipt:
        """Store the model of a folder as the snapshot after so many examples."""
        return store_folder(self.store, snapshot_name(self.key, examples), folder, notes)


def snapshot_name(key: str, examples: int) -> str:
    """Return where a snapshot of a training lies, below the root of its store."""
    return f"{SNAPSHOTS}/{key}/examples-{examples:012d}"


def find_snapshot(store: Store, key: str, examples: int) -> FolderReceipt | None:
    """Return a snapshot of a training, or `None` if it is not stored."""
    return find_folder(store, snapshot_name(key, examples))
