"""The voices on one question, and whether two of them arrive at the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.final_result import FinalResult, closes_with, final_result, mentions

_REWRITTEN = "refine"  # the step of a call

Same = Callable[[str, str], bool | None]


@dataclass(frozen=True, slots=True)
class Voice:
    """A result, and how many say so in the same words; `id` is empty for a page's own answer."""

    id: str
    answer: str
    result: FinalResult | None
    count: int


def voices_of(family: Sequence[Candidate]) -> list[Voice]:
    """Return the versions of an answer, without the page's own."""
    # Refiners that wrote the same are one candidate, with a call of each.
    return [
        Voice(row.id, row.answer, final_result(row.answer), max(1, rewrites(row))) for row in family
    ]


def page_voice(family: Sequence[Candidate]) -> Voice | None:
    """Return the page's own answer, or None for what was not rewritten from one."""
    original = next((row.original for row in family if row.original), [])
    answers = [turn.content for turn in original if turn.role == "assistant"]
    return Voice("", answers[-1], final_result(answers[-1]), 1) if answers else None


def rewrites(candidate: Candidate) -> int:
    """Return how many refiners wrote this version."""
    return sum(call.step == _REWRITTEN for call in candidate.calls)


def agree(one: Voice, other: Voice, same: Same) -> bool | None:
    """Return whether two voices arrive at the same, None where that cannot be told.

    A result that nobody announced may be a remark after the real one: it is enough that the last
    sentence holds the other's number, and where either answer holds the other's result at all,
    they are not said to differ.
    """
    if one is other:
        return True
    first, second = one.result, other.result
    equal = _same_results(first, second, same) if first and second else None
    if equal or (first and second and first.announced and second.announced):
        return equal
    if _closes_alike(one, other) or _closes_alike(other, one):
        return True
    if equal is False and first and second:
        held = mentions(one.answer, second.text) or mentions(other.answer, first.text)
        return None if held else False
    return None


def _same_results(one: FinalResult, other: FinalResult, same: Same) -> bool | None:
    """Return whether two results are the same, of several boxes each in its place.

    What stands in another order may answer other parts, and of an answer with more boxes than
    another's some may hold steps: where only that differs, it cannot be told.
    """
    if not one.parts and not other.parts:
        return same(one.text, other.text)
    if len(one.parts) == len(other.parts):
        each = [same(*pair) for pair in zip(one.parts, other.parts, strict=True)]
        if all(each):
            return True
        in_any_order = same(one.text, other.text)
        return False if False in each and in_any_order is False else None
    if same(one.text, other.text):  # two boxes, and one with both values
        return True
    fewer, more = sorted((one.parts or (one.text,), other.parts or (other.text,)), key=len)
    return False if any(_is_nowhere(part, more, same) for part in fewer) else None


def _is_nowhere(part: str, others: Sequence[str], same: Same) -> bool:
    return all(same(part, other) is False for other in others)


def _closes_alike(one: Voice, other: Voice) -> bool:
    """Return whether a voice that announces nothing has the other's number in its last sentence."""
    if other.result is None or (one.result and one.result.announced):
        return False
    return closes_with(one.answer, other.result.text)
