"""The rank of a row among those like it: the better row stays, of equally good ones the earlier.

A row that fails a threshold on a score that is known already is worth less than any that passes: it
takes the place of none of them. It is compared all the same, so that of a thousand copies of a bad
row one is left, whatever the threshold is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns
from gleanery.tasks.curation.signatures_table import DOCUMENT
from gleanery.tasks.id_keys import IdLookup, IdSet, Keys, id_keys, joined_keys
from gleanery.tasks.stage_inputs import CANDIDATES

Ranks = npt.NDArray[np.float32]

NO_IDS = IdSet.of()
UNSCORED = 0.5
_BEST = np.float32(np.inf)
_FAILS = np.float32(2)  # more than any quality, so that what fails is below 0
_BEST_THAT_FAILS = np.float32(-0.5)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Where it is told what rows are worth, and which of them fail.

    `scores` are receipts of scores, of which those called `name` of `scorer` are the quality of
    rows (0 to 1); a row without any has 0.5. `ineligible` is the receipt of the rows that cannot be
    in the release: they are compared with nothing, but for those whose reason is one of a threshold
    (`is_threshold`, in an importable module): of these only a score is in the way.
    """

    scores: Sequence[Receipt] = ()
    scorer: str = ""
    name: str = ""
    ineligible: Receipt | None = None
    is_threshold: Callable[[str], bool] | None = None

    @property
    def receipts(self) -> list[Receipt]:
        """All parts that the rank follows."""
        return [*self.scores, *([self.ineligible] if self.ineligible else [])]


BY_ARRIVAL = Ranking()


@dataclass(frozen=True, slots=True)
class Refused:
    """Rows, or pages, that cannot be in the release: `out` whatever happens, `failing` by score."""

    out: IdSet = NO_IDS
    failing: IdSet = NO_IDS


@dataclass(frozen=True, slots=True)
class Qualities:
    """The quality of rows by the keys of their ids: 12 bytes of memory for each."""

    lookup: IdLookup
    values: Ranks

    def of(self, keys: Keys) -> Ranks:
        """Return the quality of the rows with these keys; 0.5 where nobody told it."""
        rows = self.lookup.first(keys)
        if not len(self.values):
            return np.full(len(keys), UNSCORED, np.float32)
        return np.where(rows < 0, np.float32(UNSCORED), self.values[rows])


def read_qualities(parts: Parts, ranking: Ranking) -> Qualities:
    """Return the quality of all rows; of the scores only the columns that tell it are read."""
    keys, values = [], [np.zeros(0, np.float32)]
    for receipt in ranking.scores:
        table = read_columns(parts.store, receipt.data, ("id", "scorer", "name", "value"))
        table = table.filter(
            pc.and_(
                pc.equal(table["scorer"], ranking.scorer), pc.equal(table["name"], ranking.name)
            )
        )
        keys.append(id_keys(table["id"]))
        values.append(table["value"].to_numpy().astype(np.float32))
    return Qualities(IdLookup.of(joined_keys(keys)), np.concatenate(values))


def read_page_qualities(parts: Parts, signed: Sequence[Receipt]) -> Qualities:
    """Return the quality of pages, which is the score that they were recalled with.

    `signed` are the receipts of signatures, where it stands beside each page's.
    """
    keys, values = [], [np.zeros(0, np.float32)]
    for receipt in signed:
        table = read_columns(parts.store, receipt.data, ("id", "level", "quality"))
        table = table.filter(pc.equal(table["level"], DOCUMENT))
        keys.append(id_keys(table["id"]))
        values.append(table["quality"].to_numpy().astype(np.float32))
    return Qualities(IdLookup.of(joined_keys(keys)), np.concatenate(values))


def read_refused(
    parts: Parts, ineligible: Receipt | None, is_threshold: Callable[[str], bool] | None = None
) -> Refused:
    """Return the rows that cannot be in the release, those that only fail a threshold apart."""
    if ineligible is None:
        return Refused()
    table = read_columns(parts.store, ineligible.data, ("id", "reason"))
    keys, reasons = id_keys(table["id"]), pc.unique(table["reason"])
    only = [is_threshold is not None and is_threshold(reason) for reason in reasons.to_pylist()]
    fails = pc.is_in(table["reason"], reasons.filter(pa.array(only, pa.bool_()))).to_numpy()
    return Refused(IdSet.of(keys[~fails]), IdSet.of(keys[fails]))


def refused_pages(parts: Parts, names: Iterable[str], rows: Refused) -> Refused:
    """Return the pages of which no row is left, and those of which none that is left passes.

    `names` are those of the parts of candidates.
    """
    pages, living, passing = [], [], []
    for name in names:
        if candidates := parts.newest(CANDIDATES, name):
            table = read_columns(parts.store, candidates.data, ("id", "document_id"))
            ids, page = id_keys(table["id"]), id_keys(table["document_id"])
            lives = ~rows.out.has(ids)
            pages.append(np.unique(page))
            living.append(np.unique(page[lives]))
            passing.append(np.unique(page[lives & ~rows.failing.has(ids)]))
    left = IdSet.of(*living)
    return Refused(IdSet.of(*pages).without(left), left.without(IdSet.of(*passing)))


def ranks(qualities: Ranks, keys: Keys, relied_on: IdSet, failing: IdSet) -> Ranks:
    """Return the rank of rows, the more the better: of qualities (0 to 1), and of who they are.

    A row that another one went for (`relied_on`) is the best there is, or of those that fail.
    """
    fails, relied = failing.has(keys), relied_on.has(keys)
    least = np.where(relied, _BEST_THAT_FAILS, qualities - _FAILS)
    return np.where(fails, least, np.where(relied, _BEST, qualities)).astype(np.float32)
