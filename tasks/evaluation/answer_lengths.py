"""How long an answer is: its words, sentences and paragraphs.

The released checker of IFEval splits sentences and words by a tokenizer whose data have to be
downloaded; these rules count what it counts, the number in front of an item of a list as well. It
knows more abbreviations from the words behind them.
"""

import re

_WORD = re.compile(r"\w+")
_BETWEEN_TOKENS = re.compile(
    r"[\s;@#$%&?!*()\[\]{}<>\"“”‘’«»`]|--|\.{2,}|[,:](?!\d)|'(?=(?:s|m|d|ll|re|ve)\b)|(?=n't\b)",
    re.IGNORECASE,
)
_CLOSING = r"[\"'”’)\]*_]*+"
_ENDS = re.compile(rf"(?<![.!?…])(?P<mark>[.!?…]++){_CLOSING}(?=\s|$)|(?P<wide>[。！？।؟]+)")
_ABBREVIATIONS = {
    *("mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "e.g", "i.e", "cf", "al"),
    *("fig", "no", "vol", "pp", "approx", "dept", "est", "inc", "ltd", "co", "corp", "a.m", "p.m"),
    *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "ph.d"),
}
_BEFORE_MORE = {"etc", "a.m", "p.m", "inc", "ltd", "co", "corp", "al"}  # may end a sentence, too
_GOES_ON = re.compile(r"\s++[\"'“‘(\[*_]*+[a-z0-9]")
_LOOK_BACK = 60  # characters: longer than any abbreviation


def count_words(text: str) -> int:
    """Return how many words a text has; "don't" is two, as in the released checker."""
    return len(_WORD.findall(text))


def count_shouted(text: str) -> int:
    """Return how many words are all in capital letters.

    One with hyphens, slashes or underscores is one; IT'S is two, as in the released checker.
    """
    return sum(word.isupper() for word in _BETWEEN_TOKENS.split(text))


def count_sentences(text: str) -> int:
    """Return how many sentences a text has; what has no end at its end is one more."""
    text = text.rstrip()
    ends = [match.end() for match in _ENDS.finditer(text) if _ends_one(text, match)]
    pieces = zip([0, *ends], [*ends, len(text)], strict=True)
    return sum(any(map(str.isalnum, text[start:end])) for start, end in pieces)


def _ends_one(text: str, match: re.Match[str]) -> bool:
    goes_on = bool(_GOES_ON.match(text, match.end()))
    if match["wide"]:
        return True
    if match["mark"] != ".":
        return not (set(match["mark"]) <= set(".…") and goes_on)  # three dots may be a pause
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    word = re.split(r"[\s\"'“‘(\[*_]", before)[-1]
    if match.end() == len(text):
        return True
    if word.isdigit():
        return not goes_on  # "1. First …" has two, as in the released checker
    if len(word) == 1 and word.isupper() and word != "I":
        return False  # an initial
    if word.lower() in _BEFORE_MORE:
        return not goes_on
    return word.lower() not in _ABBREVIATIONS
