"""Does a text say anything: generic advice without a fact, or few facts in many words?

Both go by densities in prose, so that a long text is judged like a short one, and both need a
lack of numbers, names, terms, formulas and code: a derivation may repeat itself, a poem needs no
facts, and neither is generic.
"""

from gleanery.tasks.shirking_measures import measures, repeated_words

_FEWEST_VAGUE, _FEWEST_FILLED = 50, 80  # words; below, densities say little
_GENERIC = 9.0  # generic words per 100, more by _PER_FACT for each concrete thing per 100 words
_PER_FACT = 3.0
_NEW = 29.0  # new words per 100, fewer by _PER_FACT_REPEATED for each concrete thing
_PER_FACT_REPEATED = 0.8
_CONTENT = 40.0  # words of content per 100: what repeats its terms has many, what rambles has few
_SHOWN = 6


def vagueness(instruction: str, response: str) -> str | None:
    """Return the generic words that a response is made of, if it names next to nothing."""
    found = measures(instruction, response)
    few_facts = found.generic >= _GENERIC + _PER_FACT * found.concrete
    if found.words < _FEWEST_VAGUE or not few_facts:
        return None
    words = ", ".join(found.generic_words[:_SHOWN])
    return f"{found.generic:.0f} % generic words ({words}), {found.concrete:.1f} % concrete"


def filler(instruction: str, response: str) -> str | None:
    """Return the words that a response turns over, if hardly any word in it is a new one."""
    found = measures(instruction, response)
    rambles = found.new <= _NEW - _PER_FACT_REPEATED * found.concrete and found.content <= _CONTENT
    if found.words < _FEWEST_FILLED or not rambles:
        return None
    words = ", ".join(repeated_words(response))
    return f"{found.new:.0f} new words of 100 ({words} again and again)"
