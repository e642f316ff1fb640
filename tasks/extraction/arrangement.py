"""How a page arranges its questions: their labels, what lies between them, where its keys are.

Three things tie an answer to its question: it follows before the next question comes; it stands
under the question's label in a key; or, in a key without labels, it comes in the questions' order.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gleanery.tasks.extraction.labels import Label
from gleanery.tasks.extraction.located import Place

# What may stand between a label and the text it belongs to.
_FILLING = " \t\n.,;:()[]{}*_#>`|—–-✓✔$\"'“”‘’"
_TITLE = 120  # characters of a title between a label and its question ("Exercise 7: Search trees")
_REMARK = 12  # characters beside labels and brackets ("(3 points)") that are no answer yet
_BRACKETS = re.compile(r"\([^()]{0,60}\)|\[[^\[\]]{0,60}\]")
_ACCEPTED = re.compile(
    r"\b(?:accepted|best answer|(?:marked|chosen) as (?:the )?(?:solution|answer|best))\b|[✓✔]",
    re.IGNORECASE,
)
_REPLY_HEAD = 120  # characters before a reply in which it is marked as the accepted one

Region = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on the page: where its own words stand (without a shared introduction)."""

    start: int
    end: int
    label: Label | None


class Arrangement:
    """The questions of a page, in order, and the labels around them."""

    def __init__(self, text: str, labels: Sequence[Label], asked: Sequence[Region]) -> None:
        self.text = text
        self.labels = labels
        self._label_starts = [label.start for label in labels]
        self.asked = [
            Asked(start, end, self._label_of_question(start, end))
            for start, end in sorted(set(asked))
        ]
        self._starts = sorted({one.start for one in self.asked})
        self._ends = {start: max(o.end for o in self.asked if o.start == start)
                      for start in self._starts}  # fmt: skip

    def question(self, start: int, end: int) -> Asked:
        """Return the question that stands at these characters."""
        return next(one for one in self.asked if (one.start, one.end) == (start, end))

    def gap(self, position: int) -> int:
        """Return how many questions begin at or before a character."""
        return bisect_right(self._starts, position)

    def near(self, one: Asked) -> Region:
        """Return the stretch from a question's end to the next question, returned or labelled."""
        at = bisect_right(self._starts, max(one.start, one.end - 1))
        end = self._starts[at] if at < len(self._starts) else len(self.text)
        following = _successors(one.label.path) if one.label else frozenset()
        for label in self._labels_in(one.end + 1, end):
            if label.kind == "ask" and not label.path:
                return one.end, label.start
            if one.label and label.path in following and label.kind in (one.label.kind, "ask"):
                return one.end, label.start
        return one.end, end

    def keyed(self, one: Asked) -> Iterator[Region]:
        """Yield the stretches behind a question that stand under its label, outside questions."""
        if one.label is None:
            return
        own = {id(other.label) for other in self.asked}
        for at, label in enumerate(self.labels):
            if label.path != one.label.path or label.start < one.end or id(label) in own:
                continue
            if any(other.start <= label.end <= other.end for other in self.asked):
                continue
            series = (other.start for other in self.labels[at + 1 :] if _same_series(label, other))
            question = bisect_right(self._starts, label.end)
            end = self._starts[question] if question < len(self._starts) else len(self.text)
            yield label.end, min(next(series, end), end)

    def behind(self, one: Asked, answers: Sequence[int]) -> Iterator[Region]:
        """Yield the stretches behind later questions, up to the first gap that answers one.

        `answers` are the characters where any returned answer stands.
        """
        for at in range(bisect_right(self._starts, one.start), len(self._starts)):
            end, following = self._ends[self._starts[at - 1]], self._starts[at]
            claimed = bisect_left(answers, following) > bisect_left(answers, end)
            if claimed or self.says_something(end, following):
                return
            last = self._starts[at + 1] if at + 1 < len(self._starts) else len(self.text)
            yield self._ends[following], last

    def says_something(self, start: int, end: int) -> bool:
        """Return whether there is more in a stretch than labels and a short remark."""
        inside = self._labels_in(start, end)
        if any(label.kind == "answer" for label in inside):
            return True
        bare = _BRACKETS.sub("", self.text[start:end])
        labelled = sum(label.end - label.start for label in inside)
        return sum(map(str.isalnum, bare)) - labelled > _REMARK

    def another_label(self, one: Asked, position: int, end: int) -> bool:
        """Return whether the answer at `position` stands under a label that is not its question's.

        A bare number may count the steps of an answer; in a key, the question's number is there
        too (before `end`).
        """
        label = self._label_of_answer(position)
        if label is None or one.label is None or label is one.label:
            return False
        if one.label.path in (label.path, label.path[:-1]):
            return False
        return label.kind == "answer" or any(
            other.path == one.label.path and not other.kind
            for other in self._labels_in(one.end + 1, end)
        )

    def begins_line(self, region: Region, place: Place) -> bool:
        """Return whether nothing but filling stands between a region's start and a place."""
        return not self.text[region[0] : place.start].strip(_FILLING)

    def is_accepted(self, position: int) -> bool:
        """Return whether the reply that begins here is marked as the accepted one."""
        head = self.text[max(position - _REPLY_HEAD, 0) : position].rstrip()
        return bool(_ACCEPTED.search("\n".join(head.split("\n")[-2:])))

    def not_labels(self, places: Sequence[Place]) -> list[Place]:
        """Return the places that are more than a label: "A" is no answer in "A: True"."""
        kept = []
        for place in places:
            at = bisect_right(self._label_starts, place.start) - 1
            if at < 0 or place.end > self.labels[at].end:
                kept.append(place)
        return kept

    def _label_of_question(self, start: int, end: int) -> Label | None:
        for label in self._labels_before(start):
            between = self.text[label.end : start] if label.end < start else ""
            if len(between) > _TITLE or between.count("\n") > 3:
                return None
            if label.path[-1:].isalpha() and self._has_next_part(label, end):
                continue  # the first of the question's own parts
            if label.path and label.kind == "ask":
                return label
            return label if label.path and not label.kind and not between.strip(_FILLING) else None
        return None

    def _has_next_part(self, label: Label, end: int) -> bool:
        """Return whether the letter after this label's comes before `end`: "(a) … (b) …"."""
        letter = chr(ord(label.path[-1]) + 1)
        pattern = rf"(?<!\w){letter}[).]\s" if letter <= "z" else rf"(?<![^\s(]){letter}[).]?\s"
        return bool(re.search(pattern, self.text[label.end : end], re.IGNORECASE))

    def _label_of_answer(self, start: int) -> Label | None:
        """Return the numbered label right before an answer, with or without a "Solution:"."""
        for label in self._labels_before(start):
            if self.text[label.end : start].strip(_FILLING):
                return None
            if label.path:
                return label
            start = label.start
        return None

    def _labels_before(self, position: int) -> Iterator[Label]:
        for at in range(bisect_right(self._label_starts, position) - 1, -1, -1):
            yield self.labels[at]

    def _labels_in(self, start: int, end: int) -> Sequence[Label]:
        starts = self._label_starts
        return self.labels[bisect_left(starts, start) : bisect_left(starts, end)]


def _same_series(one: Label, other: Label) -> bool:
    """Return whether two labels number the same things: 7 and 8, 7.1 and 7.2, (a) and (b)."""
    same_form = one.path.count(".") == other.path.count(".")
    same_end = one.path[-1:].isdigit() == other.path[-1:].isdigit()
    return bool(other.path) and one.kind == other.kind and same_form and same_end


def _successors(path: str) -> frozenset[str]:
    """Return the labels that may come next: 8 after 7, 7.3 after 7.2, 4c and 5 after 4b."""
    head, last = path[:-1], path[-1:]
    if last.isalpha():
        later = {head + chr(ord(last) + 1)}
        return frozenset(later | (_successors(head) if head else frozenset()))
    front, point, number = path.rpartition(".")
    if not number.isdigit():
        return frozenset()
    return frozenset({f"{front}{point}{int(number) + 1}"})
