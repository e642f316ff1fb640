"""How much a release has gained since another one: rows by their ids, whatever became of the rest.

Rows that are gone or reworded do not count: what is asked is whether there is something new to
learn from.
"""

from array import array

import numpy as np

from gleanery.infra.storage import Store
from gleanery.tasks.records import Record
from gleanery.tasks.release.published import UnknownRelease, released_ids
from gleanery.tasks.release.rows_index import digests, id_digest

_TRAIN = ("train",)  # nothing else is learnt from


class Growth(Record):
    """How many training rows of `release` are not in `since`, which had `before` of them.

    `since` is "" where there is nothing to compare with: all rows are new then.
    """

    release: str
    since: str
    before: int
    new: int

    @property
    def share(self) -> float:
        """New rows for each row of before; infinite where there was none."""
        return self.new / self.before if self.before else float("inf")


def release_growth(store: Store, since: str, release: str) -> Growth:
    """Return how much a release has gained since another; `since` "" is before the first one.

    One that was withdrawn counts as none. Memory takes 8 bytes a row of both.
    """
    before: array[int] = array("Q")
    if since:
        try:
            before = _ids(store, since)
        except UnknownRelease:
            since = ""
    now = before if since == release else _ids(store, release)
    new = len(np.setdiff1d(digests(now), digests(before)))
    return Growth(release=release, since=since, before=len(before), new=new)


def _ids(store: Store, version: str) -> "array[int]":
    return array("Q", (id_digest(row_id) for row_id in released_ids(store, version, _TRAIN)))
