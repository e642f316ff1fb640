"""A skill's name as stems, so that "interpretation of data" and "interpreting data" meet."""

import functools
import re
import unicodedata

from gleanery.tasks.skills.skill_set_names import normal_name

_STOPS = """
a an and any are as at be between by each for from his how in into is it its of on one or other so
some that the their them they this through to when where which while who with your
"""
# What a name may have or lack without meaning another skill.
_EMPTY = """
ability appropriate basic capability competence effective effectively giving good proper properly
providing skill strong technique usage use using utilizing well
"""
_LEFT_OUT = frozenset((_STOPS + _EMPTY).split())
_ADVERBS = (
    (re.compile(r"(?<=[a-z]{3})ical(?:ly)?$"), "ic"),
    (re.compile(r"(?<=[a-z]{2})ply$"), "ple"),
    (re.compile(r"(?<=[a-z]{3})ily$"), "y"),
    (re.compile(r"(?<=[a-z]{4})ly$"), ""),
)
_ENDINGS = tuple(
    (re.compile(pattern + "$"), stem)
    for pattern, stem in (
        (r"(?<=[a-z]{3})our", "or"),
        (r"(?<=[a-z]{3})(?:ification|ifying|ified|ify|ifies)", "if"),
        (r"(?<=[a-z]{4})[iy][sz](?:ation|ing|ed|e|er)", "is"),
        (r"(?<=[a-z]{4})[yi]sis", "is"),
        (r"(?<=[a-z]{4})(?:ation|ating|ated|ate|ative|ator)", ""),
        (r"(?<=[a-z]{2})scription", "scrib"),
        (r"(?<=[a-z]{3})olution", "olv"),
        (r"(?<=[a-z]{3})version", "vert"),
        (r"(?<=[a-z]{3})ison", ""),
        (r"(?<=[a-z]{3}[cp]t)(?:ion|ive|ing|ed)", ""),
        (r"(?<=[a-z]{3}s)(?:ion|ive)", ""),
        (r"(?<=[a-z]{4})(?:ition|iting|ited|ite)", "it"),
        (r"(?<=[a-z]{4})ment", ""),
        (r"(?<=[a-z]{2})(?:ing|ed)", ""),
        (r"(?<=[a-z]{4})ness", ""),
    )
)
_DOUBLED = re.compile(r"([bdgmnprt])\1$")
_IRREGULAR = {
    "argumentation": "argu",
    "citation": "cit",
    "empathetic": "empath",
    "empathic": "empath",
    "empathy": "empath",
    "explanation": "explain",
    "explanatory": "explain",
    "proof": "prov",
    "recognition": "recognis",
    "synthesis": "synthes",
    "synthesizing": "synthes",
    "synthesising": "synthes",
}


@functools.lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return what the forms of an English word share; words of other scripts as they are.

    Verbs meet the nouns made of them (estimating, estimation), and British spellings American
    ones. A stem need not be a word.
    """
    if not word.isascii():
        return _without_accents(word)
    if word in _IRREGULAR or len(word) < 4:
        return _IRREGULAR.get(word, word)
    for pattern, replacement in _ADVERBS:
        word = pattern.sub(replacement, word)
    for pattern, replacement in _ENDINGS:
        shorter = pattern.sub(replacement, word)
        if shorter != word:
            word = shorter
            break
    word = _DOUBLED.sub(r"\1", word)
    return word.removesuffix("e") if len(word) > 4 else word


def content_stems(text: str) -> frozenset[str]:
    """Return the stems of a name's or a definition's words that tell it from others.

    A text of nothing but empty words ("effective use") keeps them all.
    """
    words = normal_name(text).split()
    telling = [word for word in words if word not in _LEFT_OUT]
    return frozenset(map(stem, telling or words))


def _without_accents(word: str) -> str:
    """Return a Latin word without its accents, which people leave out."""
    parts = unicodedata.normalize("NFD", word)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return stem(bare) if bare.isascii() else word
