"""English words brought to one form, so that plurals, spellings and endings do not hide a name.

And the small words that stand between, before and behind the words of a name.
"""

import functools
import re

_PREPOSITIONS = "of for in on with and or"
_DETERMINERS = """
a an the my our your their his her its this that these those each every all any some
"""
_IN_NAMES = "to by from at into as through between"
_SKILL_WORDS = "skill ability technique expertise proficiency competence competency capability"
_WIELDING = """
use apply demonstrate show exercise practice employ display exhibit leverage harness utilize
"""
_PRAISE = """
good strong sound careful clear deep real proper effective great genuine basic advanced excellent
appropriate solid best more
"""
PREPOSITIONS = frozenset(_PREPOSITIONS.split())
LINKS = PREPOSITIONS | frozenset(_DETERMINERS.split())
IN_NAMES = LINKS | frozenset(_IN_NAMES.split())
SKILL_WORDS = frozenset(_SKILL_WORDS.split())
WIELDING = frozenset(_WIELDING.split())
PRAISE = frozenset(_PRAISE.split())

_POSSESSIVE = re.compile(r"['’]s?$")
_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=[a-z]{2})yses$", "ysis"),  # analyses
        (r"theses$", "thesis"),  # hypotheses
        (r"(?<=[a-z]{3})ies$", "y"),
        (r"(?<=ch|sh|ss|zz)es$|(?<=x)es$", ""),
        (r"(?<=[a-z]{2}[b-hj-rtv-z])s$|(?<=[a-z]{2}a)s$", ""),  # not focus, basis, press
        (r"(?<=[a-z]{3})ical(?:ly)?$", "ic"),  # critical, critically
        (r"(?<=[a-z]{3})ily$", "y"),
        (r"(?<=[a-z]{4})ly$", ""),
        (r"(?<=[a-z]{2}[iy])s(?=(?:e|ed|ing|ation|er)$)", "z"),  # summarise, analysing
        (r"(?<=[a-z]{3})our(?=$|al$|ed$|ing$)", "or"),  # behaviour
        (r"ll(?=(?:ing|ed|er)$)", "l"),  # modelling
    )
)
_VERB = re.compile(r"(?<=[a-z]{3})ed$|(?<=[aeiouy][a-z])ing$|(?<=[aeiouy][a-z]{2})ing$")
_DOUBLE = re.compile(r"([bdgmnprt])\1$")


@functools.lru_cache(maxsize=2**16)  # most words of a text are frequent ones
def noun_form(word: str) -> str:
    """Return a word without its plural, possessive or adverb ending, in American spelling.

    Equal forms mean the same word; a form need not be one itself. Endings that make a verb
    ("-ing") or another word ("-ment") stay.
    """
    form = _POSSESSIVE.sub("", word.casefold())
    for pattern, replacement in _RULES:
        form = pattern.sub(replacement, form)
    return form


@functools.lru_cache(maxsize=2**16)
def verb_stem(form: str) -> str:
    """Return what the forms of one verb have in common: "solv" of solve, solving and solved."""
    return _DOUBLE.sub(r"\1", _VERB.sub("", form)).removesuffix("e")
