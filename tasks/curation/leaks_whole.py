"""How a question too short for n-grams is sought: whole, and by itself as far as it needs to be."""

import re
from collections.abc import Sequence

from gleanery.tasks.curation.leaks_folding import fold
from gleanery.tasks.curation.leaks_index import ANCHOR
from gleanery.tasks.curation.leaks_markup import as_read
from gleanery.tasks.curation.leaks_telling import are_telling

_LEAST_TELLING = 2
# Words in a row that no two texts share by chance, those that tell of a subject counted twice:
# five with four telling ones say as much as seven with two.
_ENOUGH_ALONE = 9
_LEAST_DISTINCT = 4
_LEAST_WITH_SIGNS = 8
# Without numbers and letters besides, they ask what any exercise asks.
_FRAME = frozenset(
    b"which what how why when who following statement statements question answer option options "
    b"each choose correct find compute evaluate simplify solve write give".split()
)
_NUMBER, _LETTER = 2, 1  # what they say of an exercise: one could have any x, but few have 17
_ENOUGH_SYMBOLS = 3
_SENTENCE_ENDS = ".!?:;…。？！：；"
_OPENERS = _SENTENCE_ENDS + ")]>|•·–—#"  # what numbers, labels and bullets end with
# Commands that stand between words: \right, \circ, \end{array}.
_LAYOUT = re.compile(r"\\(?:(?:begin|end)\s*\{[^{}\n]{0,40}\}|[A-Za-z]+)")
_WORD_OR_BRACKET = re.compile(r"[^\W_]+|[()\[\]]")
_LOOK = 200  # characters, for what ends a sentence before or after a question
_SIGN_WORDS = {
    "plus": re.compile(r"\+"),
    "minus": re.compile(r"[-\u2010-\u2015\u2212]+"),
    "equal": re.compile(r"="),
    "less": re.compile(r"<=?|[≤⩽]|\\(?:le|leq|leqslant|lt)(?![A-Za-z])"),
    "more": re.compile(r">=?|[≥⩾]|\\(?:ge|geq|geqslant|gt)(?![A-Za-z])"),
}


def must_stand_alone(question: str, words: list[bytes], n: int) -> bool | None:
    """Return whether a question counts as found only where it stands alone; `None` if it never is.

    The fewer words it has that tell of a subject, the clearer it must stand by itself. Not sought
    are one or two words, what is framing alone ("Which of the following is true?") and what reads
    like a heading ("The coronary arteries").
    """
    telling = int(are_telling(words).sum())
    if len(words) >= n and (telling >= _LEAST_TELLING or len(set(words)) >= _LEAST_DISTINCT):
        return False
    if telling >= _LEAST_TELLING and len(words) + telling >= _ENOUGH_ALONE:
        return False
    symbols = sum(map(_says, words))
    if len(words) < ANCHOR or (len(words) == ANCHOR and not symbols and "?" not in question):
        return None
    if telling or symbols >= _ENOUGH_SYMBOLS:
        return True
    return None if len(words) == ANCHOR or not _FRAME.isdisjoint(words) else True


def _says(word: bytes) -> int:
    """Return what a number (also that of 4x or 24i) or the letter of a formula says."""
    if word[:1].isdigit():
        return _NUMBER
    return _LETTER if len(word) == 1 and word not in (b"a", b"i") else 0


def stands_alone(text: str, start: int, end: int, question: str) -> bool:
    """Return whether the span of a text that has a question's words is the question itself.

    The signs between its words are the same, and it is a sentence, or words and signs are many:
    brackets count where they stand as they do in the question.
    """
    signs, brackets = _with_signs(question), _with_brackets(question)
    if _with_signs(text[start:end]) != signs:
        return False
    if _are_many(signs) or (_are_many(brackets) and _with_brackets(text[start:end]) == brackets):
        return True
    before = _LAYOUT.sub(" ", as_read(text[max(0, start - _LOOK) : start]))
    after = _LAYOUT.sub(" ", as_read(text[end : end + _LOOK]))
    if not _ends(after, end + _LOOK >= len(text)):
        return False
    capital = text[start : start + 1].isupper() and not text[start + 1 : start + 2].isupper()
    return capital or _begins(before, start <= _LOOK) or _asks(after, question)


def _are_many(signs: Sequence[object]) -> bool:
    return len(signs) >= _LEAST_WITH_SIGNS and len(set(signs)) >= _LEAST_DISTINCT


def _begins(before: str, is_all: bool) -> bool:
    """Return whether something ends between the word before a span and the span."""
    for at in range(len(before) - 1, -1, -1):
        character, after = before[at], before[at + 1 : at + 2]
        if character == "\n" or (
            character in _OPENERS and (character not in ".:" or after.isspace())
        ):
            return True
        if character.isalnum():
            return False
    return is_all


def _ends(after: str, is_all: bool) -> bool:
    """Return whether something ends between a span and the word after it."""
    for at, character in enumerate(after):
        if character == "\n":
            return True
        if character in _SENTENCE_ENDS and not after[at + 1 : at + 2].isalnum():
            return True
        if character.isalnum():
            return False
    return is_all


def _asks(after: str, question: str) -> bool:
    """Return whether the question mark of a question stands right behind a span."""
    return question.rstrip().endswith("?") and after[:3].lstrip('$) "”').startswith("?")


def _with_brackets(text: str) -> list[str]:
    """Return words, numbers and brackets from the first to the last word of a text."""
    found = _WORD_OR_BRACKET.findall(as_read(text).casefold())
    words = [at for at, sign in enumerate(found) if sign.isalnum()]
    return found[words[0] : words[-1] + 1] if words else []


def _with_signs(text: str) -> list[bytes]:
    """Return the words of a text with the signs between them that no rewriting changes."""
    text = as_read(text)
    for word, pattern in _SIGN_WORDS.items():
        text = pattern.sub(f" {word} ", text)
    words = fold(text).split()
    signs = {word.encode() for word in _SIGN_WORDS}
    while words and words[-1] in signs:
        words.pop()
    first = next((at for at, word in enumerate(words) if word not in signs), 0)
    return words[first:]
