"""A quote that leaves out some of the page: its passages, if what lies between may be left out.

Numbering, "Answer:", a name, an advertisement or a whole remark may be missing from a quote; a
word of a sentence may not, and neither may a formula between two lines.
"""

import re
from collections.abc import Iterator
from functools import cached_property

from gleanery.tasks.extraction.labels import is_label, page_labels
from gleanery.tasks.extraction.page_tokens import Tokens, same_case

MOST_GAPS = 5
_MOST_LABELS = 60
_CHARACTERS_PER_TOKEN = 50  # a passage of n tokens may stand this much times n from the next one
_MOST_STEPS = 3_000
_MOST_RESUMES = 40
_SENTENCE_END = re.compile(r"[.!?…:][\"”’)\]$*]*\s")
_NEGATION = re.compile(
    r"\b(?:not?|never|none|neither|nor|without|false|\w+n't|nicht|kein\w*|pas|sin)\b", re.I
)
_PROSE = re.compile(r"[^\W\d_]{2,}")
_FENCE = re.compile(r"^[ \t]*```.*?(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE)

_BULLET = re.compile(r"\n[ \t]*[-*>·#]+[ \t]")
_BULLETS = frozenset("-*>·#")

_LONGEST_LABEL = 30  # characters

Passage = tuple[int, int]  # token numbers, half-open

SENTENCE, LINE, PARAGRAPH = 1, 2, 3


class Boundaries:
    """Where a page's sentences, lines and paragraphs begin."""

    def __init__(self, page: Tokens) -> None:
        self._page = page
        self._strengths: dict[int, int] = {}

    def at(self, number: int) -> int:
        """Return what begins at a token: PARAGRAPH, LINE, SENTENCE, or 0 for nothing."""
        strength = self._strengths.get(number)
        if strength is None:
            strength = self._strengths[number] = self._strength(number)
        return strength

    def _strength(self, number: int) -> int:
        if number == 0 or number >= len(self._page):
            return PARAGRAPH
        before = self._page.before(number)
        if "\n" in before:
            return PARAGRAPH if re.search(r"\n[ \t]*\n", before) else LINE
        left = self._page.text[self._page.ends[number - 1] - 1 : self._page.starts[number]]
        return SENTENCE if _SENTENCE_END.search(left) else 0

    @cached_property
    def code(self) -> list[tuple[int, int]]:
        """The fenced code blocks, from which no line may be missing."""
        return [match.span() for match in _FENCE.finditer(self._page.text)]


class Search:
    """One search for the passages of a quote in a page."""

    def __init__(self, page: Tokens, boundaries: Boundaries, quote: Tokens) -> None:
        self.page, self.boundaries, self.quote = page, boundaries, quote
        self._steps = 0

    def passages(self, start: int) -> list[Passage] | None:
        """Return the passages of the quote when it begins at this token, or `None`."""
        return self._from(0, start, MOST_GAPS, _MOST_LABELS)

    def _from(self, first: int, start: int, gaps: int, labels: int) -> list[Passage] | None:
        """Return the passages of the quote's tokens from `first` on, the first one at `start`."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            return None
        run = self._run(first, start)
        if first + run == len(self.quote):
            return [(start, start + run)]
        tries = 0
        for length in range(run, 0, -1):
            if not self.boundaries.at(start + length) or tries > 3:
                continue
            tries += 1
            bullets = self._bullets(first + length, start + length)
            if bullets and first + length + bullets < len(self.quote):
                rest = self._from(first + length + bullets, start + length, gaps, labels)
                if rest is not None:
                    return [(start, start + length), *rest]
            for resume, free in self._resumes(first + length, start + length, length):
                if (labels if free else gaps) == 0:
                    continue
                rest = self._from(first + length, resume, gaps - (not free), labels - free)
                if rest is not None and (free or self._near(start, length, rest)):
                    return [(start, start + length), *rest]
        return None

    def _run(self, first: int, start: int) -> int:
        """Return how many tokens of quote and page agree from here on."""
        here, there = self.quote.folded, self.page.folded
        most = min(len(here) - first, len(there) - start)
        run = 0
        while run < most and here[first + run] == there[start + run]:
            run += 1
        return same_case(self.page, start, self.quote, first, run)

    def _bullets(self, first: int, start: int) -> int:
        """Return how many signs of list items, headings or remarks the quote kept in its line."""
        if not _BULLET.search(self.page.before(start)):
            return 0
        count = 0
        while first + count < len(self.quote) and self.quote.exact[first + count] in _BULLETS:
            count += 1
        return count if self.quote.before(first)[-1:].isspace() else 0

    def _resumes(self, first: int, stop: int, length: int) -> Iterator[tuple[int, bool]]:
        """Yield where the quote may go on, and whether only a label is left out (which is free)."""
        count = 0
        for resume in self.page.numbers.get(self.quote.folded[first], ()):
            if resume <= stop:
                continue
            if count > _MOST_RESUMES or self.page.starts[resume] - self.page.starts[stop] > 4_000:
                return
            count += 1
            gap = self.page.text[self.page.starts[stop] : self.page.starts[resume]]
            if self.boundaries.at(stop) >= LINE and _only_labels(gap):
                yield resume, True
            elif self._may_be_left_out(stop, resume, gap):
                yield resume, False

    def _may_be_left_out(self, stop: int, resume: int, gap: str) -> bool:
        if not self.boundaries.at(resume):
            return False
        words = len(_PROSE.findall(gap))
        if words < 1 or (words < 6 and _NEGATION.search(gap)):
            return False
        start, end = self.page.starts[stop], self.page.starts[resume]
        if any(left < start < right or left < end < right for left, right in self.boundaries.code):
            return False
        whole = min(self.boundaries.at(stop), self.boundaries.at(resume))
        if whole == SENTENCE:
            return words >= 3
        if whole == PARAGRAPH or self._ends_sentence(stop):
            return True
        return not self.page.exact[resume][:1].islower()

    def _ends_sentence(self, number: int) -> bool:
        left = self.page.text[
            max(0, self.page.starts[number] - 40) : self.page.starts[number]
        ].rstrip()
        return left.rstrip('"”’)]$*•- ').endswith((".", "!", "?", "…", ":"))

    def _near(self, start: int, length: int, rest: list[Passage]) -> bool:
        """Return whether two passages are long enough for how far they stand apart."""
        distance = self.page.starts[rest[0][0]] - self.page.ends[start + length - 1]
        return distance <= _CHARACTERS_PER_TOKEN * min(length, sum(b - a for a, b in rest))


def _only_labels(gap: str) -> bool:
    """Return whether a gap is a label, or the parts of an exercise before the one that goes on."""
    if len(gap) < _LONGEST_LABEL and is_label(gap):
        return True
    lines = [line for line in gap.splitlines() if line.strip()]
    parts = [label for line in lines for label in page_labels(line)[:1]]
    return len(parts) == len(lines) and all(part.path and not part.kind for part in parts)
