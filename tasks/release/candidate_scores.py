"""The scores of a part's candidates, a column for each name."""

from collections.abc import Collection, Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns
from gleanery.tasks.id_keys import IdLookup, id_keys
from gleanery.tasks.release.rows import is_detail
from gleanery.tasks.release.selection_columns import Texts, flat_lists, texts_of
from gleanery.tasks.seeded import Integers

Values = npt.NDArray[np.float64]


class CandidateScores:
    """The scores of some candidates: of those wanted a column of values, of all the names.

    Scores are called "scorer.name"; those that a candidate was made with have its method for a
    scorer. Scores of other candidates are passed over, and details (`rows.is_detail`). Raises
    `ValueError` where two scores of a candidate have one name.
    """

    def __init__(
        self,
        candidates: pa.Table,
        scores: Iterable[pa.Table] = (),
        wanted: Collection[str] | None = None,
    ) -> None:
        self._ids, self._wanted = candidates["id"], wanted
        self._given: dict[tuple[str, str], npt.NDArray[np.bool_]] = {}  # by scorer and name
        self._values: dict[tuple[str, str], Values] = {}
        own, rows = flat_lists(candidates["scores"])
        methods = texts_of(candidates["method"])
        self._add(
            rows,
            Texts(methods.codes[rows], methods.texts),
            texts_of(pc.struct_field(own, "name")),
            pc.struct_field(own, "value").to_numpy(),
        )
        lookup = IdLookup.of(id_keys(self._ids))
        for table in scores:
            places = lookup.first(id_keys(table["id"]))
            values = table["value"].to_numpy()
            self._add(places, texts_of(table["scorer"]), texts_of(table["name"]), values)

    @property
    def names(self) -> set[str]:
        """The names of all scores that any of these candidates has."""
        return {_named(score) for score in self._given}

    def columns(self) -> dict[str, pa.Array]:
        """Return the columns by name, in the order of names, null where nobody gave the score."""
        return {
            _named(score): pa.array(self._values[score], mask=~self._given[score])
            for score in sorted(self._values, key=_named)
        }

    def by_scorer(self) -> Iterator[tuple[str, str, Integers, Values]]:
        """Yield each wanted score: its scorer, its name, who has it (by place) and the values."""
        for (scorer, name), values in self._values.items():
            places = np.flatnonzero(self._given[scorer, name])
            yield scorer, name, places, values[places]

    def _add(self, places: Integers, scorers: Texts, names: Texts, values: Values) -> None:
        named = scorers.codes * np.int64(len(names.texts)) + names.codes
        here = places >= 0
        for code in np.unique(named[here]).tolist():
            scorer, name = (
                texts.texts[at].as_py()
                for texts, at in zip((scorers, names), divmod(code, len(names.texts)), strict=True)
            )
            if not is_detail(name):
                which = here & (named == code)
                self._add_column((scorer, name), places[which], values[which])

    def _add_column(self, score: tuple[str, str], places: Integers, values: Values) -> None:
        given = self._given.setdefault(score, np.zeros(len(self._ids), np.bool_))
        twice = given[places] | (np.bincount(places)[places] > 1)
        if twice.any():
            who = self._ids[places[twice][0]]
            raise ValueError(f"candidate {who} has two scores {_named(score)}")
        given[places] = True
        if self._wanted is None or _named(score) in self._wanted:
            column = self._values.setdefault(score, np.zeros(len(self._ids)))
            column[places] = values


def _named(score: tuple[str, str]) -> str:
    return ".".join(score)


def score_tables(
    parts: Parts, scores: Iterable[Receipt], candidates: Receipt
) -> Iterator[pa.Table]:
    """Yield the scores of a part of candidates, scorer by scorer: their parts have its name."""
    for receipt in scores:
        if receipt.part == candidates.part:
            yield read_columns(parts.store, receipt.data, ("id", "scorer", "name", "value"))
