"""Which rows of a release are learnt: by where they come from, who wrote them, and how many."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow.parquet as pq
from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks.seeded import keys
from gleanery.tasks.training.chat_template import TrainingRefused

_ROWS_AT_ONCE = 4096
_NAMED = 20  # values that an error lists

Places = npt.NDArray[np.int64]


class RowChoice(Config):
    """Rows that have one of the values of each list that is given; an empty list takes all.

    With `examples`, so many of them are drawn, each by a hash of its own id: with one seed a
    smaller number is part of every larger one, whatever else the release holds.
    """

    sources: tuple[str, ...] = Field((), description="Pipelines that made the rows.")
    methods: tuple[str, ...] = Field((), description="harvest, taxonomy or skills.")
    subjects: tuple[str, ...] = Field(
        (), description="A page's subject, a taxonomy's discipline, or a kind of query."
    )
    domains: tuple[str, ...] = Field(
        (), description="Sites of the pages, those below them included: stackexchange.com."
    )
    site_kinds: tuple[str, ...] = Field(
        (), description="Kinds of those sites: education, forum, documentation, shop, news, other."
    )
    strategies: tuple[str, ...] = Field(
        (), description="How rows were written: improved, corrected, unchanged, or a plan's word."
    )
    writers: tuple[str, ...] = Field(
        (),
        description="Models that wrote the text: of a harvest the refiner, where a release has a "
        "version of each (`siblings: {take: all}` in its recipe).",
    )
    examples: int = Field(0, ge=0, description="Draw so many of them; 0 takes all.")
    seed: int = Field(0, ge=0, description="Another seed draws others.")

    @property
    def wanted(self) -> dict[str, frozenset[str]]:
        """The lists that choose, by name."""
        return {name: frozenset(values) for name in READ if (values := getattr(self, name))}

    @property
    def decides(self) -> dict[str, Any]:
        """What decides which rows are learnt; the order of values does not, nor an idle seed."""
        drawn = {"examples": self.examples, "seed": self.seed} if self.examples else {}
        return {name: sorted(values) for name, values in self.wanted.items()} | drawn


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """The places of the chosen rows in a split, in its order, and how many rows that has."""

    places: Places
    of: int


def choose_rows(choice: RowChoice, files: Sequence[str]) -> ChosenRows:
    """Return which rows of a split's Parquet files are learnt; where some are drawn, by their ids.

    Raises `TrainingRefused` where a value is asked for that no row has, where no row is left, and
    where fewer are left than `examples`.
    """
    if not choice.decides:
        count = sum(pq.read_metadata(file).num_rows for file in files)
        return ChosenRows(np.arange(count, dtype=np.int64), count)
    wanted = choice.wanted
    seen = {name: Counter[str]() for name in wanted}
    places: list[int] = []
    ids: list[str] = []
    count = 0
    for row in _rows(files, wanted):
        values = {name: READ[name](row) for name in wanted}
        for name, found in values.items():
            seen[name].update(found)
        if all(wanted[name].intersection(found) for name, found in values.items()):
            places.append(count)
            ids += [row["id"]] if choice.examples else []
        count += 1
    for name, values_wanted in wanted.items():
        if absent := sorted(values_wanted - seen[name].keys()):
            raise TrainingRefused(
                f"rows.{name}: no row of the training split has {', '.join(absent)}; there are: "
                f"{_listed(seen[name])}"
            )
    if not places:
        raise TrainingRefused(
            f"no row of the training split has all that `rows` asks for ({', '.join(wanted)}): "
            "ask for less at once"
        )
    return ChosenRows(_drawn(choice, np.array(places, dtype=np.int64), ids), count)


def _drawn(choice: RowChoice, places: Places, ids: Sequence[str]) -> Places:
    if not choice.examples:
        return places
    if choice.examples > len(places):
        raise TrainingRefused(
            f"rows.examples is {choice.examples}, and there are {len(places)} to draw from: lower "
            "it, or choose more rows"
        )
    order = np.argsort(keys(ids, "rows", choice.seed), kind="stable")
    return np.sort(places[order[: choice.examples]])


def _rows(files: Sequence[str], wanted: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    columns = {"id"} | {_COLUMNS.get(name, "lineage") for name in wanted}
    for path in files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=sorted(columns)):
                for row in batch.to_pylist():
                    if "lineage" in row:
                        row["lineage"] = orjson.loads(row["lineage"])
                    yield row


def _above(domain: str) -> set[str]:
    """Return a site and all that it is below: maths.school.example, school.example, example."""
    labels = domain.split(".")
    return {".".join(labels[start:]) for start in range(len(labels))}


def _writers(row: Mapping[str, Any]) -> set[str]:
    """Return who was asked in a row's last step; two refiners may have written the same."""
    calls = row["lineage"]["calls"]
    return {call["model"] for call in calls if call["step"] == calls[-1]["step"]}


def _listed(seen: Counter[str]) -> str:
    most = [f"{value or 'none'} ({rows})" for value, rows in seen.most_common(_NAMED)]
    rest = [f"and {len(seen) - _NAMED} more"] if len(seen) > _NAMED else []
    return ", ".join(most + rest) or "none"


_COLUMNS = {"sources": "source", "methods": "method", "subjects": "subject"}
READ: Mapping[str, Callable[[Mapping[str, Any]], set[str]]] = {
    "sources": lambda row: {row["source"]},
    "methods": lambda row: {row["method"]},
    "subjects": lambda row: {row["subject"]},
    "domains": lambda row: _above(row["lineage"]["domain"]),
    "site_kinds": lambda row: {row["lineage"].get("site_kind", "")},
    "strategies": lambda row: {row["lineage"]["strategy"]},
    "writers": _writers,
}
