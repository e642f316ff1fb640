"""The columns of the candidates, coded once, when they are first looked at."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.tasks.release.recipe import Source
from gleanery.tasks.release.selection_columns import (
    TextLists,
    Texts,
    keys_of_lists,
    lists_of,
    text_keys,
    texts_of,
)
from gleanery.tasks.release.selection_rows import SCHEMA, SCORE
from gleanery.tasks.seeded import Integers, Words

NO_SOURCE = -1


class Seen:
    """A table of selection rows. Raises `ValueError` for missing columns, and for an id twice."""

    def __init__(self, rows: pa.Table) -> None:
        if missing := sorted({*SCHEMA.names} - {*rows.column_names}):
            raise ValueError(f"the rows have no column {', '.join(missing)}: see selection_rows")
        self._rows = rows
        self._texts: dict[str, Texts] = {}
        self._keys: dict[str, Words] = {}
        self._check_ids()

    def _check_ids(self) -> None:
        ids = np.sort(self.keys("id"))
        twice = np.unique(ids[1:][ids[1:] == ids[:-1]])
        if len(twice):
            place = int(np.flatnonzero(np.isin(self.keys("id"), twice))[0])
            raise ValueError(
                f"{len(twice):,} ids have more than one row, such as {self._rows['id'][place]} in "
                f"row {place + 1}: give each candidate one row, and its scores as columns"
            )

    def texts(self, name: str) -> Texts:
        """Return a column of texts."""
        if name not in self._texts:
            self._texts[name] = texts_of(self._rows[name])
        return self._texts[name]

    def numbered(self, name: str, which: npt.NDArray[np.bool_], other: int) -> Integers:
        """Return the codes of a column's texts for some rows, and another number for the rest."""
        return np.where(which, self.texts(name).codes, np.int64(other))

    def keys(self, name: str) -> Words:
        """Return the keys of a column of texts, which may hold these in their place."""
        if name not in self._keys:
            self._keys[name] = text_keys(self._rows[name])
        return self._keys[name]

    def key_lists(self, name: str) -> tuple[Words, Integers]:
        """Return the keys of a column of lists of texts, flat, and the row of each."""
        return keys_of_lists(self._rows[name])

    def lists(self, name: str) -> TextLists:
        """Return a column of lists of texts."""
        return lists_of(self._rows[name])

    def numbers(self, name: str) -> npt.NDArray[np.int64]:
        """Return a column of whole numbers."""
        return np.asarray(self._rows[name].to_numpy(), dtype=np.int64)

    def flags(self, name: str) -> npt.NDArray[np.bool_]:
        """Return a column of truths."""
        return np.asarray(self._rows[name].to_numpy(), dtype=np.bool_)

    def scores(self) -> list[str]:
        """Return the names of all scores."""
        return [
            name.removeprefix(SCORE)
            for name in self._rows.column_names
            if name.startswith(SCORE) and name not in SCHEMA.names
        ]

    def score(self, name: str) -> npt.NDArray[np.float64]:
        """Return a score of each row, not a number where nobody gave it."""
        if SCORE + name not in self._rows.column_names:  # to none of these rows
            return np.full(len(self._rows), np.nan)
        column = self._rows[SCORE + name].cast(pa.float64())
        return np.asarray(column.fill_null(np.nan).to_numpy(), dtype=np.float64)

    def methods_of_pipelines(self) -> dict[str, str]:
        """Return the pipelines that have rows, with the method of each, in the order of names."""
        pipelines, methods = self.texts("pipeline"), self.texts("method")
        pairs = np.unique(np.stack([pipelines.codes, methods.codes]), axis=1)
        names, kinds = pipelines.texts.to_pylist(), methods.texts.to_pylist()
        return dict(sorted((names[one], kinds[other]) for one, other in pairs.T.tolist()))

    def source_of(self, sources: Sequence[Source]) -> Integers:
        """Return the number of each row's source; one that names its pipeline comes first."""
        found = np.full(len(self._rows), NO_SOURCE, dtype=np.int64)
        for number, source in enumerate(sources):
            if source.method:
                found[self.texts("method").equal(source.method)] = number
        for number, source in enumerate(sources):
            if source.pipeline:
                found[self.texts("pipeline").equal(source.pipeline)] = number
        return found

    def strategies(self, sources: Sequence[Source], source_of: Integers) -> dict[str, list[str]]:
        """Return the strategies that the rows of each source have, by its label."""
        strategies = self.texts("strategy")
        names = strategies.texts.to_pylist()
        return {
            source.label: sorted(
                names[code] for code in np.unique(strategies.codes[source_of == number])
            )
            for number, source in enumerate(sources)
            if source.strategies
        }
