"""The items worth reading, in lists: won, lost, wrong in both, and answers that nobody can read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gleanery.tasks import seeded
from gleanery.tasks.evaluation.item_outcomes import by_key, outcome
from gleanery.tasks.evaluation.records import ScoredItem

ListKind = Literal["won", "lost", "both_wrong", "wrong", "unparseable"]


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item with its answers: what each model is called, and what it answered."""

    answers: Sequence[tuple[str, ScoredItem]]


@dataclass(frozen=True, slots=True)
class ItemList:
    """Items of one benchmark and one kind, of `label` beside the first model.

    `total` is how many there are, `shown` a draw of them. `place` is the model's among all, from 0.
    """

    benchmark: str
    label: str
    place: int
    kind: ListKind
    total: int
    shown: Sequence[ShownItem]

    @property
    def anchor(self) -> str:
        """Return what links in the page lead to it."""
        return f"{self.kind}-{self.benchmark}-{self.place}".replace("_", "-")


def item_lists(items: Mapping[str, Sequence[ScoredItem]], per_list: int) -> list[ItemList]:
    """Return all lists that have an item, benchmark by benchmark; the first label is the base.

    Of longer lists so many items are drawn, the same ones in every run, and shown in their order.
    """
    found: dict[tuple[str, int, ListKind], list[ShownItem]] = {}
    labels = list(items)
    for place, kind, shown in _sorted_in(items):
        found.setdefault((shown.answers[-1][1].benchmark, place, kind), []).append(shown)
    benchmarks = list(dict.fromkeys(row.benchmark for rows in items.values() for row in rows))
    kinds: tuple[ListKind, ...] = ("won", "lost", "both_wrong", "wrong", "unparseable")
    return [
        ItemList(benchmark, label, place, kind, len(members), _drawn(members, per_list))
        for benchmark in benchmarks
        for kind in kinds
        for place, label in enumerate(labels)
        if (members := found.get((benchmark, place, kind)))
    ]


def _sorted_in(
    items: Mapping[str, Sequence[ScoredItem]],
) -> Iterator[tuple[int, ListKind, ShownItem]]:
    base, rows_of_base = next(iter(items.items()), ("", ()))
    first = by_key(rows_of_base)
    for place, (label, rows) in enumerate(items.items()):
        for row in rows:
            beside = first.get((row.benchmark, row.id)) if place else None
            answers = [(base, beside), (label, row)] if beside else [(label, row)]
            shown = ShownItem([(name, answer) for name, answer in answers if answer])
            kind = outcome(row, beside)
            # What the base alone has wrong is in the lists of those that are set against it.
            if kind in ("won", "lost", "both_wrong") or (
                kind == "wrong" and (place or len(items) == 1)
            ):
                yield place, kind, shown
            if row.unparseable:
                yield place, "unparseable", shown


def _drawn(members: Sequence[ShownItem], count: int) -> list[ShownItem]:
    """Return so many of the items, each by a lot of its own, in the order in which they stood."""
    ids = [member.answers[-1][1].id for member in members]
    lots = seeded.draw(seeded.keys(ids, "report"), 0).tolist()
    chosen = sorted(sorted(range(len(members)), key=lots.__getitem__)[:count])
    return [members[at] for at in chosen]
