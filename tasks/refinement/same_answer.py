"""Does the rewritten answer still arrive where the original one did?"""

from gleanery.tasks.final_answers import (
    announced_number,
    closing_verdict,
    final_number,
    opening_verdict,
    option_letter,
    same_quantity,
    values_in,
)
from gleanery.tasks.quantities import Quantity, plain

_OPPOSITE = {"yes": "no", "no": "yes", "true": "false", "false": "true"}


def changed_answer(original: str, rewritten: str) -> str | None:
    """Return how the result changed, or None if nothing says for certain that it did.

    Compares option letters, verdicts (yes, no, true, false) and the final number. Other notation,
    rounding within one per cent, percentages and fractions for decimals are no change; what
    cannot be compared (texts, expressions) passes.
    """
    return (
        _other_letter(original, rewritten)
        or _other_verdict(original, rewritten)
        or _other_number(original, rewritten)
    )


def _other_letter(original: str, rewritten: str) -> str | None:
    before, after = option_letter(original), option_letter(rewritten)
    changed = before and after and before != after
    return f"option {before} became {after}" if changed else None


def _other_verdict(original: str, rewritten: str) -> str | None:
    before = opening_verdict(original)
    said = opening_verdict(rewritten) or closing_verdict(rewritten)
    return f"{before} became {said}" if before and said == _OPPOSITE[before] else None


def _other_number(original: str, rewritten: str) -> str | None:
    before = final_number(original)
    if before is None:
        return None
    values = values_in(plain(rewritten))
    if values and not any(same_quantity(before, value) for value in values):
        return f"the result {_show(before)} is gone"
    after = announced_number(rewritten)
    if after and not same_quantity(before, after):
        return f"the result {_show(before)} became {_show(after)}"
    return None


def _show(quantity: Quantity) -> str:
    return f"{format(quantity.value, 'f')} {quantity.unit}".strip()
