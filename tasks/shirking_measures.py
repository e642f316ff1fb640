"""How much does a text tell? Counts of what is concrete, generic and new in it."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from gleanery.tasks.shirking_words import FUNCTION_WORDS, GENERIC_STEMS, GENERIC_WORDS

_WINDOW = 100  # words; a longer text repeats more of them, and would look worse than it is
_STEP = 50
_STEM = 6  # letters that tell two words apart
_STATED = 2  # a formula or a piece of code states as much as so many numbers or names
_HINT = 0.5  # and a number in letters, a colon or a bracket half as much as one of them
_CODE_WORDS = 3  # of a block that state as much as one number

_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_SPAN = re.compile(r"`[^`\n]+`")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_QUOTATION = re.compile(r"[\"“][^\"”\n]{2,}[\"”]")
_CAPITAL = re.compile(r"[A-ZÀ-ÞΑ-ΩА-Я][\w’']*")
_BEFORE_NAME = re.compile(r"(?:[\w,;)] [\"“(*_]*|[a-z])$")  # within a sentence, or a camelCaseName
_NUMBER_WORDS = frozenset(
    """
    two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty
    sixty half quarter dozen hundred thousand million
    """.split()
)
_HINTS = re.compile(r"[(:]")


@dataclass(frozen=True, slots=True)
class Measures:
    """What a text's prose is made of; all but `words` and `generic_words` per 100 words."""

    words: int
    concrete: (
        float  # numbers, names, terms in quotes, formulas and code that the asker did not give
    )
    generic: float  # words that fit any answer
    content: float  # words that name something
    new: float  # different words of content within a window of 100 words
    generic_words: tuple[str, ...]


@lru_cache(maxsize=8)
def measures(instruction: str, response: str) -> Measures:
    """Return what the response's prose is made of, outside of code and formulas."""
    unblocked = _BLOCK.sub(" ", response)
    prose = _SPAN.sub(" ", _FORMULA.sub(" ", unblocked))
    words = [word.lower().replace("’", "'") for word in _WORD.findall(prose)]
    count = max(len(words), 1)
    generic = [word for word in words if is_generic(word)]
    content = [word[:_STEM] if is_content(word) else "" for word in words]
    stated: float = _STATED * (len(_FORMULA.findall(unblocked)) + len(_SPAN.findall(unblocked)))
    stated += (len(_WORD.findall(response)) - len(_WORD.findall(unblocked))) / _CODE_WORDS
    return Measures(
        words=len(words),
        concrete=100 * (_concrete(instruction, unblocked, prose, words) + stated) / count,
        generic=100 * len(generic) / count,
        content=100 * sum(map(bool, content)) / count,
        new=100 * _new_share(content),
        generic_words=tuple(dict.fromkeys(generic)),
    )


def repeated_words(text: str) -> list[str]:
    """Return the words of content that come most often, at least three times."""
    words = Counter(word.lower() for word in _WORD.findall(text) if is_content(word.lower()))
    return [word for word, times in words.most_common(5) if times > 2]


@lru_cache(maxsize=1 << 14)
def is_generic(word: str) -> bool:
    """Return whether a word in lower case fits advice on any subject."""
    return word in GENERIC_WORDS or word.startswith(GENERIC_STEMS)


def is_content(word: str) -> bool:
    """Return whether a word in lower case names something."""
    return len(word) > 1 and "'" not in word and word not in FUNCTION_WORDS


def _concrete(instruction: str, unblocked: str, prose: str, words: list[str]) -> float:
    given = {word.lower() for word in _WORD.findall(instruction)} | {"i", "i'm", "i've", "i'll"}
    hints = sum(word in _NUMBER_WORDS for word in words) + len(_HINTS.findall(prose))
    return (
        len(_NUMBER.findall(unblocked))
        + sum(name not in given for name in _names(prose))
        + len(_QUOTATION.findall(prose))
        + _HINT * hints
    )


def _names(prose: str) -> list[str]:
    """Return the names and abbreviations in lower case; what only begins a sentence is none."""
    return [
        match[0].lower().replace("’", "'")
        for match in _CAPITAL.finditer(prose)
        if (match[0][:2].isupper() and len(match[0]) > 1)
        or _BEFORE_NAME.search(prose, max(0, match.start() - 5), match.start())
    ]


def _new_share(content: list[str]) -> float:
    """Return the mean share of different words of content in the windows of a text."""
    shares = []
    for start in range(0, max(1, len(content) - _WINDOW + 1), _STEP):
        window = content[start : start + _WINDOW]
        shares.append(len(set(window) - {""}) / max(len(window), 1))
    return sum(shares) / len(shares)
