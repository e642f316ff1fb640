"""How a question too short for n-grams is sought: whole, and by itself as far as it needs to be."""

import re
from enum import IntEnum

from gleanery.tasks.curation.leaks_index import ANCHOR
from gleanery.tasks.curation.leaks_telling import are_telling

_LEAST_DISTINCT = 4
# With nothing but these and function words, a question asks what any quiz asks.
_FRAME = frozenset(b"which what following statement statements question answer option".split())
_SENTENCE_ENDS = ".!?:;…。？！：；"
_OPENERS = _SENTENCE_ENDS + ")]>|•·–—#"  # what numbers, labels and bullets end with
_LAYOUT = re.compile(r"\\(?:left|right|displaystyle|[,;:! ()\[\]])|\\(?=[dt]frac)|[\s$*`{}]")


class Standing(IntEnum):
    """How clearly a text must stand by itself to be taken for the question.

    `WITHIN` other words, as a `SENTENCE`, or `ALONE`: on its own lines and with its own signs.
    """

    WITHIN = 0
    SENTENCE = 1
    ALONE = 2


def needed_standing(question: str, words: list[bytes], n: int) -> Standing | None:
    """Return what a question must stand like to be found whole; `None` if it never tells enough.

    The fewer words it has that tell of a subject, the clearer it must stand by itself. Not sought
    are one or two words, what is framing alone ("Which of the following is true?") and what reads
    like a heading ("The coronary arteries").
    """
    telling = int(are_telling(words).sum())
    if len(words) >= n and (telling >= 2 or len(set(words)) >= _LEAST_DISTINCT):
        return Standing.WITHIN
    if (telling >= 2 and len(words) >= 8) or (telling >= 3 and len(words) >= 6):
        return Standing.WITHIN
    if len(words) < ANCHOR or (not telling and _FRAME & set(words)):
        return None
    if len(words) == ANCHOR and "?" not in question and not any(c.isdigit() for c in question):
        return None
    return Standing.SENTENCE if telling else Standing.ALONE


def stands(text: str, start: int, end: int, question: str, needed: Standing) -> bool:
    """Return whether the span of a text that has a question's words stands as it must."""
    if needed == Standing.WITHIN:
        return True
    if needed == Standing.SENTENCE:
        return _begins(text, start, _OPENERS) and _ends(text, end, _SENTENCE_ENDS)
    return (
        _begins(text, start, _OPENERS)
        and _ends(text, end, _SENTENCE_ENDS)
        and _signs(question) in _signs(_widened(text, start, end))
    )


def _begins(text: str, start: int, openers: str) -> bool:
    """Return whether something ends between the word before a span and the span."""
    first, second = text[start : start + 1], text[start + 1 : start + 2]
    if first.isupper() and not second.isupper():
        return True
    for at in range(start - 1, -1, -1):
        character = text[at]
        if character == "\n" or (
            character in openers and (character not in ".:" or text[at + 1].isspace())
        ):
            return True
        if character.isalnum():
            return False
    return True


def _ends(text: str, end: int, enders: str) -> bool:
    """Return whether something ends between a span and the word after it."""
    for at in range(end, len(text)):
        character = text[at]
        if character == "\n":
            return True
        if character in enders and not text[at + 1 : at + 2].isalnum():
            return True
        if character.isalnum():
            return False
    return True


def _widened(text: str, start: int, end: int) -> str:
    """Return a span with the signs on both sides of it."""
    while start > 0 and not text[start - 1].isalnum() and text[start - 1] != "\n":
        start -= 1
    while end < len(text) and not text[end].isalnum() and text[end] != "\n":
        end += 1
    return text[start:end]


def _signs(text: str) -> str:
    """Return a text without case, spaces and layout, and without the punctuation that ends it."""
    return _LAYOUT.sub("", text).casefold().rstrip(_SENTENCE_ENDS)
