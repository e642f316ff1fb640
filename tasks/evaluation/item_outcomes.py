"""What became of each item: what a model has right or wrong beside the first model."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from gleanery.tasks.evaluation.records import ScoredItem

Outcome = Literal["won", "lost", "both_right", "both_wrong", "right", "wrong"]
Key = tuple[str, str]
"""A benchmark and the id of its item."""


class ReportedItem(ScoredItem):
    """A scored item with what its model is called, and what its score is beside the first model's.

    `outcome` is "won" or "lost" where only this or only the first model has it right, "both_right"
    or "both_wrong"; of the first model, and of items that it has not answered, "right" or "wrong".
    """

    label: str
    outcome: str


def by_key(items: Sequence[ScoredItem]) -> dict[Key, ScoredItem]:
    """Return the items by benchmark and id, in their order."""
    return {(item.benchmark, item.id): item for item in items}


def outcome(item: ScoredItem, beside: ScoredItem | None) -> Outcome:
    """Return what became of an item, beside the first model's answer to it if there is one."""
    if beside is None:
        return "right" if item.correct else "wrong"
    if item.correct:
        return "both_right" if beside.correct else "won"
    return "lost" if beside.correct else "both_wrong"


def reported_items(items: Mapping[str, Sequence[ScoredItem]]) -> Iterator[ReportedItem]:
    """Yield every item of every model, one after the other; the first label is the base."""
    first = by_key(next(iter(items.values()), ()))
    for place, (label, rows) in enumerate(items.items()):
        for row in rows:
            beside = first.get((row.benchmark, row.id)) if place else None
            # Checked when it was scored: no need to do it again for each of 40,000.
            yield ReportedItem.model_construct(
                **vars(row), label=label, outcome=outcome(row, beside)
            )
