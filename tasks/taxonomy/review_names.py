"""When two names say the same: case, accents, number, word order and small words set aside."""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_EQUAL_PARTS = re.compile(r"\s+(?:and|or)\s+|[/,;&]")
_OF = re.compile(r"\s+of\s+")
_SMALL_WORDS = frozenset(
    {"a", "an", "and", "as", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
)
# Singular already, or not counted: without its s it would be another word.
_KEEPS_ITS_S = ("ss", "us", "is", "ics", "news", "series", "species")
_LONG_ENOUGH = 4  # "gas" and "bus" are no plurals


@lru_cache(maxsize=100_000)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name that matter, each folded and in the singular, in their order."""
    found = tuple(_WORD.findall(_folded(name)))
    return tuple(_singular(word) for word in found if word not in _SMALL_WORDS) or found


@lru_cache(maxsize=100_000)
def node_key(name: str) -> str:
    """Return what names share that say the same.

    "Music history" is the history of music, but the philosophy of history is not that of
    philosophy; what is joined by "and", a comma or a slash has no order.
    """
    parts = [_OF.split(part) for part in _EQUAL_PARTS.split(_folded(name))]
    said = [" ".join(words_of(" ".join(reversed(part)))) for part in parts]
    return " + ".join(sorted(filter(None, said)))


def bag_of_words(name: str) -> str:
    """Return what names share that have the same words in any order."""
    return " ".join(sorted(words_of(name)))


def _folded(name: str) -> str:
    """Return a name in lower case and without accents; "women's" is "womens"."""
    folded = unicodedata.normalize("NFKD", name.casefold()).replace("’", "'")
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return plain.replace("'s", "s").replace("s' ", "s ").replace("&", " and ")


def _singular(word: str) -> str:
    """Return an English word without its plural ending, as far as the spelling tells."""
    if len(word) < _LONG_ENOUGH or not word.endswith("s") or word.endswith(_KEEPS_ITS_S):
        return word
    if word.endswith("ies") and len(word) > len("movies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]
