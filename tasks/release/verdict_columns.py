"""Duplicates and leaks as columns of numbers: millions of them, without their texts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import row_batches
from gleanery.infra.storage import Store
from gleanery.tasks.id_keys import joined_keys
from gleanery.tasks.release.selection_columns import repeated_text_keys, texts_of
from gleanery.tasks.seeded import Words

ROWS_AT_ONCE = 50_000


@dataclass(frozen=True, eq=False)
class Named:
    """A column of a few names: each row's number, and the names that the numbers stand for."""

    codes: npt.NDArray[np.int16]
    names: tuple[str, ...]


class Naming:
    """Numbers for names, in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._codes: list[npt.NDArray[np.int16]] = [np.zeros(0, np.int16)]

    def add(self, column: pa.ChunkedArray) -> None:
        """Add the names of some more rows."""
        texts = texts_of(column)
        numbers = [
            self._numbers.setdefault(name, len(self._numbers)) for name in texts.texts.to_pylist()
        ]
        self._codes.append(np.array(numbers, np.int16)[texts.codes])

    @property
    def named(self) -> Named:
        """All rows so far."""
        return Named(np.concatenate(self._codes), tuple(self._numbers))


@dataclass(frozen=True, eq=False)
class DuplicateColumns:
    """Rows of `Duplicate`: ids by their keys (`selection_columns.text_keys`)."""

    ids: Words
    kept: Words
    kinds: Named
    levels: Named


@dataclass(frozen=True, eq=False)
class LeakColumns:
    """Rows of `Leak`, likewise."""

    ids: Words
    benchmarks: Named
    kinds: Named
    sides: Named


def read_duplicates(store: Store, receipts: Sequence[Receipt]) -> DuplicateColumns:
    """Return the duplicates of these receipts, in their order."""
    keys, names = _read(store, receipts, ("id", "kept_id"), ("kind", "level"))
    return DuplicateColumns(keys["id"], keys["kept_id"], names["kind"], names["level"])


def read_leaks(store: Store, receipts: Sequence[Receipt]) -> LeakColumns:
    """Return the leaks of these receipts, in their order."""
    keys, names = _read(store, receipts, ("id",), ("benchmark", "kind", "side"))
    return LeakColumns(keys["id"], names["benchmark"], names["kind"], names["side"])


def _read(
    store: Store, receipts: Sequence[Receipt], keyed: Sequence[str], named: Sequence[str]
) -> tuple[dict[str, Words], dict[str, Named]]:
    keys: defaultdict[str, list[Words]] = defaultdict(list)
    naming = {name: Naming() for name in named}
    for receipt in receipts:
        for batch in row_batches(store, receipt.data, (*keyed, *named), ROWS_AT_ONCE):
            for name in keyed:
                keys[name].append(repeated_text_keys(batch[name]))
            for name, numbers in naming.items():
                numbers.add(batch[name])
    return (
        {name: joined_keys(keys[name]) for name in keyed},
        {name: numbers.named for name, numbers in naming.items()},
    )
