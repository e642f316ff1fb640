"""The part of a text that speaks for itself: without code and quotations, in one spelling."""

import re
from collections.abc import Sequence
from functools import lru_cache

_QUOTED = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|^ *>.*?$|\"[^\"\n]{0,400}\"|“[^”]{0,400}”|«[^»]{0,400}»",
    re.DOTALL | re.MULTILINE,
)
_OPENING_MARKUP = re.compile(r"^[\s*_#>~-]+")
_CONTRACTIONS = (
    (re.compile(r"\bcan(?:'t| not)\b"), "cannot"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\bi'm\b"), "i am"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"\b(i|you|we|they)'d\b"), r"\1 would"),
    (re.compile(r"\b(here|that|it|what|there)'s\b"), r"\1 is"),
)
# The subject or the salutation of a letter.
BEGINS = re.compile(
    r"^\W*(?:subject:|dear\b|hi\b|hello\b|to whom|good (?:morning|evening))", re.MULTILINE
)
_ENDS = re.compile(
    r"^\W*(?:(?:best|kind|warm|many|with)?\b.{0,20}\b(?:regards|wishes|sincerely|faithfully|cheers|love"
    r"|yours)|---+|\*\*\*+|___+)\W*$",
    re.MULTILINE,
)
_SENTENCE = re.compile(r"[.!?]+[)\"*_…]*\s+|\n+")
_MARKUP = re.compile(r"^[\s*_#>\-•\d.)(|\[]+")


def any_of(patterns: Sequence[str], flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that matches where any of them does.

    Those that begin at a word are tried at words only, which is several times faster.
    """
    worded = [pattern[2:] for pattern in patterns if _begins_at_word(pattern)]
    others = [pattern for pattern in patterns if not _begins_at_word(pattern)]
    return re.compile(
        "|".join([*others, *([rf"\b(?:{'|'.join(worded)})"] if worded else [])]), flags
    )


def _begins_at_word(pattern: str) -> bool:
    return pattern.startswith(r"\b") and "|^" not in pattern and r"|\W" not in pattern


@lru_cache(maxsize=16)  # several checks in a row look at the same text
def plain_prose(text: str) -> str:
    """Return the text in lower case, contractions written out, without code and quotations."""
    prose = _OPENING_MARKUP.sub("", _QUOTED.sub("…", text)).replace("’", "'").lower()
    if "'" not in prose:
        return prose
    for contraction, full in _CONTRACTIONS:
        prose = contraction.sub(full, prose)
    return prose


def around_piece(prose: str) -> tuple[str, str]:
    """Return what stands before and after a letter, a poem or a speech; if unknown, its ends.

    A letter lies between salutation and farewell or two rules, all else between its first and its
    last paragraph.
    """
    paragraphs = [paragraph for paragraph in prose.split("\n\n") if paragraph.strip()]
    if len(paragraphs) < 2:
        return "", ""
    begin = BEGINS.search(prose)
    ends = list(_ENDS.finditer(prose))
    head = prose[: begin.start()] if begin else paragraphs[0]
    tail = prose[ends[-1].end() :] if ends else paragraphs[-1]
    return head, tail


def sentences(prose: str) -> list[str]:
    """Return the sentences, list items and lines of more than one word, without their marks."""
    parts = (_MARKUP.sub("", part) for part in _SENTENCE.split(prose))
    return [part for part in parts if " " in part]
