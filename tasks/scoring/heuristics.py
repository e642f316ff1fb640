"""Cheap scores of an example, without a model: what tells a bad one, and how bad it is.

Each is within 0 to 1, 1 is good, and says in its detail what it found. They are made for ranking
and for thresholds in a release, not for verdicts: a good example may miss one of them.
"""

from collections.abc import Callable, Mapping
from math import prod
from types import MappingProxyType

from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.final_result import final_result
from gleanery.tasks.scoring.heuristic_layout import balanced, characters, markup
from gleanery.tasks.scoring.heuristic_question import (
    answer_length,
    asks,
    language,
    own_words,
    question_length,
    self_contained,
)
from gleanery.tasks.scoring.heuristic_repetition import repetition
from gleanery.tasks.scoring.heuristic_web import boilerplate
from gleanery.tasks.shirking import shirks
from gleanery.tasks.shirking_cut_off import cut_off, unfinished

HEURISTICS_SCORER = "heuristics"
QUALITY = "quality"
_FLOOR = 0.1  # of a factor: one false alarm does not make all others alike
_OF_LENGTH = 0.3  # of the quality: what a full answer has over a bare result
_LONGEST = 200  # characters of a detail

_END = 8000  # characters at either end of a text that all but the lengths look at
_LENGTHS = frozenset({"question_length", "answer_length"})

Check = Callable[[str, str], tuple[float, str]]


def finished(question: str, answer: str) -> tuple[float, str]:
    """Return 0 if the answer stops within something, or has fewer items than were asked for."""
    words = cut_off(answer) or unfinished(question, answer)
    return (0.0, words) if words else (1.0, "")


def on_task(question: str, answer: str) -> tuple[float, str]:
    """Return 0 if the answer shirks its task, for a reason of `tasks.shirking`.

    Mere brevity is 0.5: those detectors are made for what was written on demand, and a page's
    short answer may be a good one.
    """
    shirked = shirks(question, answer)
    if shirked is None:
        return 1.0, ""
    return (0.5 if shirked[0] == "brevity" else 0.0), f"{shirked[0]}: {shirked[1]}"


def final_answer(question: str, answer: str) -> tuple[float, str]:
    """Return 1 if a result can be made out that can be compared; an explanation has none."""
    result = final_result(answer)
    return (1.0, result.text) if result else (0.0, "")


FLAWS: Mapping[str, Check] = MappingProxyType(
    {
        "question_length": question_length,
        "asks": asks,
        "self_contained": self_contained,
        "own_words": own_words,
        "language": language,
        "on_task": on_task,
        "finished": finished,
        "repetition": repetition,
        "balanced": balanced,
        "characters": characters,
        "markup": markup,
        "boilerplate": boilerplate,
    }
)
CHECKS: Mapping[str, Check] = MappingProxyType(
    {**FLAWS, "answer_length": answer_length, "final_answer": final_answer}
)


def heuristic_scores(candidate: Candidate) -> list[ExampleScore]:
    """Return a candidate's scores by name, and the "quality" that they come to.

    Quality ranks rows that say the same. It is the product of all flaws, each 0.1 at least, times
    0.7 and up to 0.3 more for the answer's length. So a flaw weighs more than any length, two weigh
    more than one, and among flawless rows the one that explains more comes first. That a final
    answer can be made out is no merit here.
    """
    whole = candidate.question, candidate.answer
    looked_at = _ends(whole[0]), _ends(whole[1])
    found = {
        name: check(*(whole if name in _LENGTHS else looked_at)) for name, check in CHECKS.items()
    }
    scores = [_score(candidate.id, name, value, detail) for name, (value, detail) in found.items()]
    flaws = {name: found[name][0] for name in FLAWS}
    quality = prod(max(value, _FLOOR) for value in flaws.values())
    quality *= 1 - _OF_LENGTH + _OF_LENGTH * found["answer_length"][0]
    detail = ", ".join(f"{name} {value:.2f}" for name, value in flaws.items() if value < 1)
    return [*scores, _score(candidate.id, QUALITY, quality, detail)]


def _ends(text: str) -> str:
    """Return a text, of a very long one its beginning and end: hostile ones may be of any size."""
    if len(text) <= 2 * _END:
        return text
    head, tail = text[:_END].rpartition("\n"), text[-_END:].partition("\n")
    return f"{head[0] or head[2]}\n{tail[2] or tail[0]}"


def _score(row_id: str, name: str, value: float, detail: str) -> ExampleScore:
    # Of telling words, those of a good example only make the table long.
    kept = "" if value == 1 and name not in ("final_answer",) else detail[:_LONGEST]
    return ExampleScore(
        id=row_id, scorer=HEURISTICS_SCORER, name=name, value=round(value, 4), detail=kept
    )
