"""Characters beyond ASCII as the plain letters and digits that they stand for in a search of leaks.

é is e, ﬁ is fi, ² is a 2 of its own, ½ is 1 and 2, β is the word beta; signs part words.
"""

import unicodedata
from functools import lru_cache

_GREEK = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma
tau upsilon phi chi psi omega
"""
_WORDS = {
    **{chr(0x3B1 + place): name for place, name in enumerate(_GREEK.split())},
    "ϵ": "epsilon",
    "∞": "infinity",
    "√": "sqrt",
    "∛": "3",
    "∜": "4",
}
# Within words, or at their ends: what they part stays one word.
_APOSTROPHES = frozenset("’‘ʼʹʻ′″＇`´")
# Where they part digits, they group those of one number as a comma does; elsewhere both part words.
_GROUPING_SPACES = frozenset("\u00a0\u2005\u2006\u2007\u2008\u2009\u200a\u202f")
# Their words are not parted by spaces: each character counts as one.
_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)


@lru_cache(maxsize=65_536)
def plain_run(run: str) -> bytes:
    """Return what a run of characters beyond ASCII stands for, in lower case, as UTF-8."""
    return "".join(map(plain_character, run)).encode()


@lru_cache(maxsize=65_536)
def plain_character(character: str) -> str:
    """Return letters and digits, a space or comma for what parts words, "" or an apostrophe else.

    Folding drops the apostrophe, and the comma where it groups digits.
    """
    if character in _APOSTROPHES:
        return "'"
    if character in _GROUPING_SPACES:
        return ","
    raised = unicodedata.decomposition(character).startswith(("<super>", "<sub>", "<fraction>"))
    parts = [_plain(c) for c in unicodedata.normalize("NFKD", character).casefold()]
    plain = "".join(parts)
    if plain.isspace():
        return " "
    return f" {plain}" if raised else plain


def _plain(character: str) -> str:
    if character in _WORDS:
        return f" {_WORDS[character]} "
    if character.isascii():
        return character if character.isalnum() else " "
    category = unicodedata.category(character)
    if category in ("Mn", "Cf"):
        return ""
    if category[0] == "N":
        value = unicodedata.digit(character, None)
        return " " if value is None else str(value)
    if category[0] not in "LM":
        return " "
    code = ord(character)
    if any(first <= code <= last for first, last in _WITHOUT_SPACES):
        return f" {character} "
    return character


class _PlainBytes(dict[str, bytes]):
    """What stands for each character, as UTF-8; ASCII stays as it is."""

    def __missing__(self, character: str) -> bytes:
        plain = (character if character.isascii() else plain_character(character)).encode()
        self[character] = plain
        return plain


PLAIN_BYTES = _PlainBytes()
