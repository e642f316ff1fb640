"""The columns of the candidates, coded once, when they are first looked at."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gleanery.tasks.release.recipe import Source
from gleanery.tasks.release.selection_columns import TextLists, Texts, lists_of, texts_of
from gleanery.tasks.release.selection_rows import SCHEMA, SCORE
from gleanery.tasks.seeded import Integers

NO_SOURCE = -1


class Seen:
    """A table of selection rows. Raises `ValueError` for missing columns, and for an id twice."""

    def __init__(self, rows: pa.Table) -> None:
        if missing := sorted({*SCHEMA.names} - {*rows.column_names}):
            raise ValueError(f"the rows have no column {', '.join(missing)}: see selection_rows")
        if pc.count_distinct(rows["id"]).as_py() < len(rows):
            counts = pc.value_counts(rows["id"])
            twice = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")
            raise ValueError(
                f"{len(twice):,} ids have more than one row, such as {min(twice.to_pylist())}: "
                "give each candidate one row, and its scores as columns"
            )
        self._rows = rows
        self._texts: dict[str, Texts] = {}

    def texts(self, name: str) -> Texts:
        """Return a column of texts."""
        if name not in self._texts:
            self._texts[name] = texts_of(self._rows[name])
        return self._texts[name]

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
