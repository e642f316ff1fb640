"""A text as tokens that know where they stand, searchable as fast as a string."""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate

from gleanery.tasks.extraction.notation import PIECE, tokens_of

_BETWEEN = "\x1f"
_SMALL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789()=+-^.,/\\{}")
_ENDS = ".!?:;…"


class Tokens:
    """The tokens of a text; token `k` stands at `text[starts[k]:ends[k]]`.

    `exact` are the tokens, `folded` the same with a small first letter: whether a capital matters
    is for `same_case` to say.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.exact: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        exact, starts, ends = self.exact, self.starts, self.ends
        for match in PIECE.finditer(text):
            group = match.lastindex
            if group is None:
                continue
            piece = match[0]
            start, end = match.span()
            if group == 1 and piece.isascii():  # a plain word or number, as most are
                exact.append(piece)
                starts.append(start)
                ends.append(end)
            else:
                tokens = tokens_of(piece)
                exact += tokens
                starts += [start] * len(tokens)
                ends += [end] * len(tokens)
        self.folded = [
            token if token[0] in _SMALL else token[0].lower() + token[1:] for token in exact
        ]
        self.joined = _joined(self.folded)
        self._places = list(accumulate([len(token) + 1 for token in self.folded], initial=0))

    def __len__(self) -> int:
        return len(self.exact)

    def find(self, folded: list[str], first: int = 0) -> Iterator[int]:
        """Yield the numbers of the tokens, from `first` on, where these tokens begin."""
        needle = _joined(folded)
        position = self.joined.find(needle, self._places[min(first, len(self))])
        while position >= 0:
            yield bisect_left(self._places, position)
            position = self.joined.find(needle, position + 1)

    def before(self, number: int) -> str:
        """Return what stands between a token, or the end of the text, and the token before."""
        end = self.starts[number] if number < len(self) else len(self.text)
        return self.text[self.ends[number - 1] if number else 0 : end]

    def opens(self, number: int) -> bool:
        """Return whether a token begins a sentence, a line or a quotation."""
        if number == 0:
            return True
        before = self.before(number)
        return "\n" in before or any(
            character in _ENDS or character in "\"“'‘«(" for character in before
        )

    @cached_property
    def numbers(self) -> dict[str, list[int]]:
        """Where each token occurs."""
        found: dict[str, list[int]] = {}
        for number, token in enumerate(self.folded):
            found.setdefault(token, []).append(number)
        return found


def same_case(page: Tokens, start: int, quote: Tokens, first: int, count: int) -> int:
    """Return how many of `count` folded tokens that agree also have the capitals they must have.

    A capital may begin a sentence on one side only. A single letter is a variable and keeps its
    case, unless it is the "A" before a word.
    """
    there = page.exact[start : start + count]
    here = quote.exact[first : first + count]
    if there == here:
        return count
    for offset, (one, other) in enumerate(zip(there, here, strict=True)):
        if one == other:
            continue
        if not (page.opens(start + offset) or quote.opens(first + offset)):
            return offset
        if len(one) == 1 and not (one in "Aa" and _is_word(quote, first + offset + 1)):
            return offset
    return count


def _is_word(tokens: Tokens, number: int) -> bool:
    word = tokens.exact[number] if number < len(tokens) else ""
    return len(word) > 1 and word.isalpha()


def _joined(tokens: list[str]) -> str:
    return f"{_BETWEEN}{_BETWEEN.join(tokens)}{_BETWEEN}"
