"""How a question too short for n-grams is sought: whole, and by itself as far as it needs to be."""

import re

from gleanery.tasks.curation.leaks_folding import fold
from gleanery.tasks.curation.leaks_index import ANCHOR
from gleanery.tasks.curation.leaks_telling import are_telling

# Words in a row, and those among them that tell of a subject, that no two texts share by chance.
_TELLING_ALONE = ((7, 2), (6, 3), (5, 4))
_LEAST_DISTINCT = 4
_LEAST_WITH_SIGNS = 8
# Without numbers and letters besides, they ask what any exercise asks.
_FRAME = frozenset(
    b"which what how why when who following statement statements question answer option options "
    b"each choose correct find compute evaluate simplify solve write give".split()
)
_LEAST_SYMBOLS = 3  # two, where one of them is a number
_LEAST_BARE = 6
_SENTENCE_ENDS = ".!?:;…。？！：；"
_OPENERS = _SENTENCE_ENDS + ")]>|•·–—#"  # what numbers, labels and bullets end with
_LAYOUT = re.compile(r"\\[A-Za-z]+")  # of those commands that stand between words: \right, \circ
_LOOK = 60  # characters, for what ends a sentence before or after a question
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
    if len(words) >= n and (telling >= 2 or len(set(words)) >= _LEAST_DISTINCT):
        return False
    if any(len(words) >= least and telling >= tell for least, tell in _TELLING_ALONE):
        return False
    symbols = sum(map(_is_symbol, words))
    if len(words) < ANCHOR or (len(words) == ANCHOR and not symbols and "?" not in question):
        return None
    numbers = any(map(bytes.isdigit, words))
    if telling or symbols >= _LEAST_SYMBOLS - numbers:
        return True
    is_framing = not _FRAME.isdisjoint(words) or len(words) < _LEAST_BARE
    return None if is_framing else True


def _is_symbol(word: bytes) -> bool:
    return word.isdigit() or (len(word) == 1 and word not in (b"a", b"i"))


def stands_alone(text: str, start: int, end: int, question: str) -> bool:
    """Return whether the span of a text that has a question's words is the question itself.

    The signs between its words are the same, and it is a sentence, or words and signs are many.
    """
    signs = _with_signs(question)
    if _with_signs(text[start:end]) != signs:
        return False
    if len(signs) >= _LEAST_WITH_SIGNS and len(set(signs)) >= _LEAST_DISTINCT:
        return True
    return _ends(text, end) and (_begins(text, start) or _asks(text, end, question))


def _begins(text: str, start: int) -> bool:
    """Return whether something ends between the word before a span and the span."""
    first, second = text[start : start + 1], text[start + 1 : start + 2]
    if first.isupper() and not second.isupper():
        return True
    before = _LAYOUT.sub(" ", text[max(0, start - _LOOK) : start])
    for at in range(len(before) - 1, -1, -1):
        character, after = before[at], before[at + 1 : at + 2]
        if character == "\n" or (
            character in _OPENERS and (character not in ".:" or after.isspace())
        ):
            return True
        if character.isalnum():
            return False
    return start <= _LOOK


def _ends(text: str, end: int) -> bool:
    """Return whether something ends between a span and the word after it."""
    after = _LAYOUT.sub(" ", text[end : end + _LOOK])
    for at, character in enumerate(after):
        if character == "\n":
            return True
        if character in _SENTENCE_ENDS and not after[at + 1 : at + 2].isalnum():
            return True
        if character.isalnum():
            return False
    return end + _LOOK >= len(text)


def _asks(text: str, end: int, question: str) -> bool:
    """Return whether the question mark of a question stands right behind a span."""
    return question.rstrip().endswith("?") and text[end : end + 3].lstrip('$) "”').startswith("?")


def _with_signs(text: str) -> list[bytes]:
    """Return the words of a text with the signs between them that no rewriting changes."""
    for word, pattern in _SIGN_WORDS.items():
        text = pattern.sub(f" {word} ", text)
    words = fold(text).split()
    signs = {word.encode() for word in _SIGN_WORDS}
    while words and words[-1] in signs:
        words.pop()
    first = next((at for at, word in enumerate(words) if word not in signs), 0)
    return words[first:]
