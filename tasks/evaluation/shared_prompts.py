"""The beginning that the prompts of a benchmark share: its solved examples, told once."""

from collections.abc import Iterable

from gleanery.tasks.evaluation.records import ScoredItem

# What stands between the examples and the question of an item: see `prompts.question_text`.
_QUESTION = "\n\nQuestion: "


class SharedPrompts:
    """The shared beginnings of the prompts of a benchmark, or of each of its subjects."""

    def __init__(self, items: Iterable[ScoredItem]) -> None:
        lowest: dict[tuple[str, str | None], str] = {}
        highest: dict[tuple[str, str | None], str] = {}
        for item in items:  # what the first and the last in order share, all between them share
            for group in ((item.benchmark, None), (item.benchmark, item.subject)):
                lowest[group] = min(lowest.get(group, item.prompt), item.prompt)
                highest[group] = max(highest.get(group, item.prompt), item.prompt)
        self._beginnings = {
            group: "" if low == highest[group] else _beginning(low, highest[group])
            for group, low in lowest.items()
        }

    def beginning(self, item: ScoredItem) -> str:
        """Return what an item's prompt shares with those of its subject; "" without any."""
        of_subject = self._beginnings.get((item.benchmark, item.subject), "")
        return of_subject or self._beginnings.get((item.benchmark, None), "")

    def question(self, item: ScoredItem) -> str:
        """Return what stands behind the shared beginning: the question that an item asks."""
        return item.prompt.removeprefix(self.beginning(item))


def _beginning(one: str, other: str) -> str:
    """Return what two prompts share, up to where the last question begins or a paragraph ends."""
    lengths = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    shared = one[: next(lengths, min(len(one), len(other)))]
    for mark in (_QUESTION, "\n\n"):
        if (cut := shared.rfind(mark)) >= 0:
            return shared[: cut + 2]
    return ""
