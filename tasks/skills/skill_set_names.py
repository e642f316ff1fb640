"""Names of skills and query types: when two are the same name, and the id that follows from it."""

import re
import unicodedata

from gleanery.infra.digests import digest

_LONGEST_SLUG = 60
_DIGEST_CHARACTERS = 10
_APOSTROPHES = re.compile("['’ʼ]")
_SIGNS = re.compile(r"(?<=[^\W_])[+#]+")
_SIGN_NAMES = {"+": " plus", "#": " sharp"}  # C, C++ and C# are three names
# Singular words that end like a plural; those in "-ss", "-us", "-is" and "-ics" are known by that.
_SINGULAR = frozenset({"bias", "gas", "lens", "news", "perhaps", "series", "species"})
_IRREGULAR = {
    "biases": "bias",
    "children": "child",
    "crises": "crisis",
    "criteria": "criterion",
    "indices": "index",
    "phenomena": "phenomenon",
    "theses": "thesis",
}


def normal_name(name: str) -> str:
    """Return what two spellings of one name share: lower case, single spaces, singular words.

    Words are runs of letters, digits and combining marks of any script; underscores, hyphens and
    punctuation separate them. A name without a letter or digit gives an empty text.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    text = _APOSTROPHES.sub("", text).replace("&", " and ")
    text = _SIGNS.sub(lambda signs: "".join(_SIGN_NAMES[sign] for sign in signs[0]), text)
    spaced = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text)
    return " ".join(map(singular, spaced.split()))


def singular(word: str) -> str:
    """Return an English word in lower case without its plural ending; other words as they are."""
    if not word.isascii() or len(word) < 4 or word in _SINGULAR:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith(("ss", "us", "is", "ics")) or not word.endswith("s"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("eses", "yses", "oses")) and len(word) > 6:
        return word[:-2] + "is"  # hypotheses, analyses, diagnoses
    if word.endswith(("sses", "ches", "shes", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def name_id(name: str) -> str:
    """Return the id that follows the normal name: its words, with a digest if not plain ASCII.

    Raises `ValueError` for a name without a letter or digit.
    """
    normal = normal_name(name)
    if not normal:
        raise ValueError(f"{name!r} has no letter or digit, so it names nothing")
    slug = "-".join(normal.split())
    if slug.isascii() and len(slug) <= _LONGEST_SLUG:
        return slug
    words = [word for word in normal.split() if word.isascii()]
    readable = "-".join(words)[:_LONGEST_SLUG].strip("-")
    return f"{readable}-{digest(normal)[:_DIGEST_CHARACTERS]}".lstrip("-")
