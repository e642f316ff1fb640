"""Checkpoints in a store: each a whole folder, the newest to go on from and the best to keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gleanery.infra.folders import FolderReceipt, remove_folder, store_folder, stored_folders
from gleanery.infra.storage import Store

CHECKPOINTS = "checkpoints"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A stored checkpoint after `step` steps; `best_loss` where it was the best so far.

    `seen` is how many examples lie behind it.
    """

    receipt: FolderReceipt
    step: int
    best_loss: float | None
    seen: int


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The checkpoints of one training; `key` names all that decides its weights."""

    store: Store
    key: str

    def stored(self) -> list[Checkpoint]:
        """Return those that are whole, by their steps."""
        found = [
            Checkpoint(receipt, int(notes["step"]), notes["best_loss"], int(notes["seen"]))
            for receipt in stored_folders(self.store, f"{CHECKPOINTS}/{self.key}")
            for notes in [receipt.notes]
        ]
        return sorted(found, key=lambda checkpoint: checkpoint.step)

    def leading_to(self, missing: Sequence[int]) -> list[Checkpoint]:
        """Return those that lie before all missing snapshots, and remove the others for good.

        Who goes on from a later one would never come by where the snapshot was to be taken.
        """
        behind = [one for one in self.stored() if any(n <= one.seen for n in missing)]
        for checkpoint in behind:
            remove_folder(self.store, checkpoint.receipt.name)
        return self.stored()

    def add(self, folder: Path, step: int, best_loss: float | None, seen: int) -> None:
        """Store a checkpoint, and remove those that it makes needless."""
        notes = {"step": step, "best_loss": best_loss, "seen": seen}
        name = f"step-{step:08d}{'' if best_loss is None else '-best'}"
        store_folder(self.store, f"{CHECKPOINTS}/{self.key}/{name}", folder, notes)
        stored = self.stored()
        needed = {one.receipt.name for one in (stored[-1], *best_of(stored))}
        for checkpoint in stored:
            if checkpoint.receipt.name not in needed:
                remove_folder(self.store, checkpoint.receipt.name)

    def clear(self) -> None:
        """Remove all of them, torn ones too: the model is there."""
        for checkpoint in self.stored():
            remove_folder(self.store, checkpoint.receipt.name)
        for info in self.store.list(f"{CHECKPOINTS}/{self.key}"):
            self.store.delete(info.path)


def best_of(stored: list[Checkpoint]) -> list[Checkpoint]:
    """Return the best checkpoint as a list of one; [] where none was marked as best."""
    losses = [(one.best_loss, one) for one in stored if one.best_loss is not None]
    return [min(losses, key=lambda pair: pair[0])[1]] if losses else []
