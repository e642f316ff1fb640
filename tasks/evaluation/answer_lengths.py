"""How long an answer is: its words, sentences and paragraphs.

The released checker of IFEval splits sentences by a model that has to be downloaded; these rules
agree with a reader on what ends a sentence in English prose.
"""

import re

_WORD = re.compile(r"\w+")
_SHOUTED = re.compile(r"[^\W_]+(?:[-.&/][^\W_]+)*")
_CLOSING = r"[\"'”’)\]*_]*+"
_ENDS = re.compile(rf"(?<![.!?…])(?P<mark>[.!?…]++){_CLOSING}(?=\s|$)|(?P<wide>[。！？।؟]+)")
_ABBREVIATIONS = {
    *("mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "e.g", "i.e", "cf", "al"),
    *("fig", "no", "vol", "pp", "approx", "dept", "est", "inc", "ltd", "co", "corp", "a.m", "p.m"),
    *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "ph.d"),
}
_BEFORE_MORE = {"etc", "a.m", "p.m", "inc", "ltd", "co", "corp", "al"}  # may end a sentence, too
_LISTED = re.compile(r"[\s>#([*_-]*(?:\d{1,3}|[a-zA-Z])")
_GOES_ON = re.compile(r"\s++[\"'“‘(\[*_]*+[a-z0-9]")
_LOOK_BACK = 60  # characters: longer than any abbreviation


def count_words(text: str) -> int:
    """Return how many words a text has; "don't" is two, as in the released checker."""
    return len(_WORD.findall(text))


def count_shouted(text: str) -> int:
    """Return how many words are all in capital letters; one with hyphens is one."""
    return sum(word.isupper() for word in _SHOUTED.findall(text))


def count_sentences(text: str) -> int:
    """Return how many sentences a text has; what has no end at its end is one more."""
    text = text.rstrip()
    ends = [match.end() for match in _ENDS.finditer(text) if _ends_one(text, match)]
    pieces = zip([0, *ends], [*ends, len(text)], strict=True)
    return sum(any(map(str.isalnum, text[start:end])) for start, end in pieces)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, between which a line is left empty."""
    return [part for part in re.split(r"\n\s*\n", text) if part.strip()]


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
    if _LISTED.fullmatch(before.rpartition("\n")[2]):
        return False  # "1. First …"
    if len(word) == 1 and word.isupper() and word != "I":
        return False  # an initial
    if word.lower() in _BEFORE_MORE:
        return not goes_on
    return word.lower() not in _ABBREVIATIONS
