"""Duplicates of what is out itself: nothing that says what they say is in the release.

A row that others go for stays by what is known before any model is asked; a judge's score, or the
mix, may leave it out afterwards.
"""

from collections import Counter

import numpy as np

from gleanery.tasks.id_keys import IdSet, joined_keys
from gleanery.tasks.release.fates import UNKNOWN, FateCodes, Fates, is_out
from gleanery.tasks.release.rows import SPLITS
from gleanery.tasks.seeded import Words


class KeptOut:
    """Counts rows that went for another one, by why that one is out; 11 bytes for each other one.

    The other one is a row or a page; a page is out if none of its rows is in, for the reason of
    the first of them.
    """

    def __init__(self, kept: Words, fates: Fates) -> None:
        self._others, self._names = IdSet.of(kept), fates.names
        self._why = np.full(len(self._others), UNKNOWN, np.int16)
        self._is_in = np.zeros(len(self._others), np.bool_)
        self._gone_for = [joined_keys([])]

    def see(self, ids: Words, documents: Words, fates: FateCodes) -> None:
        """Note what became of some candidates, by the keys of their ids and of their documents'."""
        for keys in (ids, documents):
            here = np.flatnonzero(self._others.has(keys))
            places = np.searchsorted(self._others.keys, keys[here])
            released = (fates[here] != UNKNOWN) & (fates[here] < len(SPLITS))
            self._is_in[places[released]] = True
            new = self._why[places] == UNKNOWN
            # Of several rows of one page the first stands: it is written last.
            self._why[places[new][::-1]] = fates[here][new][::-1]

    def add(self, gone_for: Words) -> None:
        """Count rows that are out as duplicates, by the keys of what each went for."""
        self._gone_for.append(gone_for)

    def counts(self) -> dict[str, int]:
        """Return the rows by the reason of what they went for, the most first."""
        places = np.searchsorted(self._others.keys, joined_keys(self._gone_for))
        out = self._why[places][~self._is_in[places]].tolist()
        found = Counter(self._names[code] for code in out if is_out(code))
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
