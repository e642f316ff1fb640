"""The rows that were trained on: those of the newest release's training split, by keys."""

import hashlib
from dataclasses import dataclass

from gleanery.infra.digests import DIGEST_CHARACTERS
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns
from gleanery.infra.storage import Store
from gleanery.tasks.id_keys import IdSet
from gleanery.tasks.release.published import newest_release
from gleanery.tasks.release.selection_columns import text_keys

TRAINED = "trained"  # what a selection was held to, among what decides it
TRAINS = "trains"  # what it has for training itself, among its notes


@dataclass(frozen=True, slots=True)
class Trained:
    """The rows that a release has for training, by the keys of their ids; 8 bytes a row."""

    ids: IdSet
    version: str


NOT_TRAINED = Trained(IdSet.of(), "")


def trained_rows(store: Store) -> Trained:
    """Return what the newest release has for training: nothing before the first."""
    manifest = newest_release(store)
    if manifest is None:
        return NOT_TRAINED
    paths = [f"{manifest.folder}/{path}" for path in manifest.data_files("train")]
    ids = (text_keys(read_columns(store, path, ("id",))["id"]) for path in paths)
    return Trained(IdSet.of(*ids), manifest.version)


def rows_digest(ids: IdSet) -> str:
    """Return the name of these rows."""
    return hashlib.sha256(ids.keys.astype("<u8").tobytes()).hexdigest()[:DIGEST_CHARACTERS]


def held_to(trained: Trained, newest: Receipt | None) -> str:
    """Return the name of what a selection is held to, as it goes into its plan.

    Where the newest release is what the newest selection has for training, nothing is new: held to
    its own rows it would come to the same. So a night without news makes none anew.
    """
    now = rows_digest(trained.ids)
    if newest and newest.notes.get(TRAINS) == now and TRAINED in newest.decides:
        return str(newest.decides[TRAINED])
    return now
