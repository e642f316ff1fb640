"""Agreement of the versions of an answer, and how hard a question is for the model that answered.

Self-consistency (arXiv 2203.11171) as a score: rewrites of one pair, and answers sampled to one
question, are siblings; where their results can be compared, each gets the share of the others that
arrive at the same.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.records import Loss, Score
from gleanery.tasks.scoring.final_result import FinalResult, closes_with, final_result, mentions

AGREEMENT_SCORER = "agreement"
_REWRITTEN = "refine"  # the step of a call
_SAMPLED = re.compile(r"of (\d+) answers")

Same = Callable[[str, str], bool | None]


@dataclass(frozen=True, slots=True)
class Voice:
    """A result, and how many say so in the same words; `id` is empty for a page's own answer."""

    id: str
    answer: str
    result: FinalResult | None
    count: int


def agreement_scores(
    candidates: Iterable[Candidate], same: Same, most_versions: int = 32
) -> tuple[list[ExampleScore], list[Loss]]:
    """Return the scores of candidates, and a loss for each whose result cannot be compared.

    "agreement" is the share of the other versions that arrive at this one's result, among those
    that can be compared with it; a page's own answer is one version. "difficulty" is 1 less the
    share of the answers sampled to a question that agree with most of them (all counted). What has
    no other version is not asked for its agreement. Reasons: "no_final_answer", "not_comparable",
    "too_many_versions".
    """
    families: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        families.setdefault(candidate.origin, []).append(candidate)
    scores: list[ExampleScore] = []
    losses: list[Loss] = []
    for family in families.values():
        for candidate in family[most_versions:]:
            detail = f"version {most_versions + 1} or later of {candidate.origin}"
            losses.append(Loss(row_id=candidate.id, reason="too_many_versions", detail=detail))
        for outcome in _family_scores(family[:most_versions], same):
            (losses if isinstance(outcome, Loss) else scores).append(outcome)  # type: ignore[arg-type]
    return scores, losses


def _family_scores(family: Sequence[Candidate], same: Same) -> Iterable[ExampleScore | Loss]:
    voices = _voices(family)
    hardness = _difficulty(family, voices, same)
    for candidate in family:
        if sampled := _sampled(candidate):
            yield from _scores_of_samples(candidate.id, *sampled)
            continue
        own = next(voice for voice in voices if voice.id == candidate.id)
        if len(voices) > 1 or own.count > 1:
            yield _agreement(own, voices, same)
        if hardness:
            yield _score(candidate.id, "difficulty", *hardness)


def _voices(family: Sequence[Candidate]) -> list[Voice]:
    voices = []
    for candidate in family:
        # Refiners that wrote the same are one candidate, with a call of each.
        rewrites = sum(call.step == _REWRITTEN for call in candidate.calls)
        answer = candidate.answer
        voices.append(Voice(candidate.id, answer, final_result(answer), max(1, rewrites)))
    original = next((row.original for row in family if row.original), [])
    answers = [turn.content for turn in original if turn.role == "assistant"]
    page = [Voice("", answers[-1], final_result(answers[-1]), 1)] if answers else []
    return [*voices, *page]


def _agreement(own: Voice, voices: Sequence[Voice], same: Same) -> ExampleScore | Loss:
    others = [voice for voice in voices if voice is not own]
    if own.result is None:
        detail = "the answer arrives at no result that can be made out"
        return Loss(row_id=own.id, reason="no_final_answer", detail=detail)
    agreeing = comparable = own.count - 1
    different = []
    for other in others:
        equal = _agree(own, other, same)
        agreeing += other.count if equal else 0
        comparable += other.count if equal is not None else 0
        if equal is False and other.result:
            different.append(f"{other.result.text} ({'a version' if other.id else 'the page'})")
    if not comparable:
        detail = f"{own.result.text[:100]!r} cannot be compared with any other version's result"
        return Loss(row_id=own.id, reason="not_comparable", detail=detail)
    detail = f"{agreeing} of {comparable} other versions arrive at {own.result.text[:100]}"
    detail += f"; not: {', '.join(different)[:200]}" if different else ""
    return _score(own.id, "agreement", agreeing / comparable, detail)


def _agree(one: Voice, other: Voice, same: Same) -> bool | None:
    """Return whether two voices arrive at the same, None where that cannot be told.

    A result that nobody announced may be a remark after the real one: it is enough that the last
    sentence holds the other's number, and where either answer holds the other's result at all,
    they are not said to differ.
    """
    if one is other:
        return True
    first, second = one.result, other.result
    equal = same(first.text, second.text) if first and second else None
    if equal or (first and second and first.announced and second.announced):
        return equal
    if _closes_alike(one, other) or _closes_alike(other, one):
        return True
    if equal is False and first and second:
        held = mentions(one.answer, second.text) or mentions(other.answer, first.text)
        return None if held else False
    return None


def _closes_alike(one: Voice, other: Voice) -> bool:
    """Return whether a voice that announces nothing has the other's number in its last sentence."""
    if other.result is None or (one.result and one.result.announced):
        return False
    return closes_with(one.answer, other.result.text)


def _difficulty(
    family: Sequence[Candidate], voices: Sequence[Voice], same: Same
) -> tuple[float, str] | None:
    """Return the difficulty of a question that stands with several sampled answers, or None.

    Rewrites of one answer say nothing of it: they were shown the result.
    """
    results = [voice for voice in voices if voice.result is not None]
    if any(candidate.original for candidate in family) or len(results) < 2:
        return None
    if any(call.step == _REWRITTEN for candidate in family for call in candidate.calls):
        return None
    votes = max(sum(bool(_agree(one, other, same)) for other in results) for one in results)
    return 1 - votes / len(results), f"{votes} of {len(results)} answers agree"


def _sampled(candidate: Candidate) -> tuple[Score, int] | None:
    """Return the agreement that an example was chosen by among sampled answers, and how many."""
    for score in candidate.scores:
        number = _SAMPLED.fullmatch(score.detail)
        if score.name == "agreement" and number and int(number[1]) > 1:
            return score, int(number[1])
    return None


def _scores_of_samples(row_id: str, score: Score, samples: int) -> list[ExampleScore]:
    votes = round(score.value * samples)
    detail = f"{votes} of {samples} sampled answers agree, this one among them"
    return [
        _score(row_id, "agreement", max(votes - 1, 0) / (samples - 1), detail),
        _score(row_id, "difficulty", 1 - votes / samples, detail),
    ]


def _score(row_id: str, name: str, value: float, detail: str) -> ExampleScore:
    return ExampleScore(id=row_id, scorer=AGREEMENT_SCORER, name=name, value=value, detail=detail)
