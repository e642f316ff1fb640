"""Agreement of the versions of an answer, and how hard a question is for the model that answered.

Self-consistency (arXiv 2203.11171) as a score: rewrites of one pair, and answers sampled to one
question, are siblings; where their results can be compared, each gets the share of the others that
arrive at the same.
"""

from collections.abc import Iterable, Iterator, Sequence

from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.records import Loss
from gleanery.tasks.sampled_agreement import AGREEMENT, samples_of
from gleanery.tasks.scoring.agreement_voices import (
    Same,
    Voice,
    agree,
    page_voice,
    rewrites,
    voices_of,
)

AGREEMENT_SCORER = AGREEMENT
SHARE, KEPT, DIFFICULTY = AGREEMENT_SCORES = ("agreement", "kept_result", "difficulty")


def agreement_scores(
    candidates: Iterable[Candidate], same: Same, most_versions: int = 32
) -> tuple[list[ExampleScore], list[Loss]]:
    """Return the scores of candidates, and a loss for each whose result cannot be compared.

    "agreement" is the share of the other versions that arrive at this one's result, among those
    that can be compared with it: rewrites by other refiners, or sampled answers. A page's own
    answer is none of them. Refiners do not know of each other, but each was shown that answer, so
    that their agreement is weaker evidence than that of samples. "kept_result" is 1 if a rewrite
    arrives at the page's own result and 0 if at another: it tells what was done, not how good that
    is, and what was corrected has 0. "difficulty" is 1 less the share of the answers sampled to a
    question that agree with most of them (all counted). What has no other version is not asked for
    its agreement, and what has no page not for the page's result. Reasons: "no_final_answer",
    "not_comparable", "too_many_versions"; the detail says with what a result cannot be compared.
    """
    families: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        families.setdefault(candidate.origin, []).append(candidate)
    outcomes: list[ExampleScore | Loss] = []
    for family in families.values():
        for candidate in family[most_versions:]:
            detail = f"version {most_versions + 1} or later of {candidate.origin}"
            outcomes.append(Loss(row_id=candidate.id, reason="too_many_versions", detail=detail))
        outcomes += _family_scores(family[:most_versions], same)
    return (
        [outcome for outcome in outcomes if isinstance(outcome, ExampleScore)],
        [outcome for outcome in outcomes if isinstance(outcome, Loss)],
    )


def _family_scores(family: Sequence[Candidate], same: Same) -> Iterator[ExampleScore | Loss]:
    voices, page = voices_of(family), page_voice(family)
    hardness = _difficulty(family, voices, same)
    for candidate, own in zip(family, voices, strict=True):
        if scores_of_samples := _scores_of_samples(candidate):
            yield from scores_of_samples
            continue
        yield from _compared(own, voices, page, same)
        if hardness:
            yield _score(candidate.id, DIFFICULTY, *hardness)


def _compared(
    own: Voice, voices: Sequence[Voice], page: Voice | None, same: Same
) -> Iterator[ExampleScore | Loss]:
    """Yield a version's scores beside the others and the page, one loss for what cannot be told."""
    has_others = len(voices) > 1 or own.count > 1
    if not has_others and not page:
        return
    if own.result is None:
        detail = "the answer arrives at no result that can be made out"
        yield Loss(row_id=own.id, reason="no_final_answer", detail=detail)
        return
    unsure = []
    if has_others:
        share = _agreement(own, voices, same)
        yield from [share] if share else []
        unsure += [] if share else ["any other version"]
    if page:
        kept = _kept(own, page, same)
        yield from [kept] if kept else []
        unsure += [] if kept else ["the page"]
    if unsure:
        detail = f"{own.result.text[:100]!r} cannot be compared with {' nor with '.join(unsure)}"
        yield Loss(row_id=own.id, reason="not_comparable", detail=detail)


def _agreement(own: Voice, voices: Sequence[Voice], same: Same) -> ExampleScore | None:
    agreeing = comparable = own.count - 1
    different = []
    for other in voices:
        if other is own:
            continue
        equal = agree(own, other, same)
        agreeing += other.count if equal else 0
        comparable += other.count if equal is not None else 0
        if equal is False:
            different.append(_text(other))
    if not comparable:
        return None
    detail = f"{agreeing} of {comparable} other versions arrive at {_text(own)}"
    detail += f"; not: {', '.join(different)[:200]}" if different else ""
    return _score(own.id, SHARE, agreeing / comparable, detail)


def _kept(own: Voice, page: Voice, same: Same) -> ExampleScore | None:
    equal = agree(own, page, same)
    if equal is None:
        return None
    detail = f"{_text(own)}, as the page has it" if equal else f"{_text(own)}; page: {_text(page)}"
    return _score(own.id, KEPT, float(equal), detail)


def _text(voice: Voice) -> str:
    return voice.result.text[:100] if voice.result else "no result"


def _difficulty(
    family: Sequence[Candidate], voices: Sequence[Voice], same: Same
) -> tuple[float, str] | None:
    """Return the difficulty of a question that stands with several sampled answers, or None.

    Rewrites of one answer say nothing of it: they were shown the result.
    """
    results = [voice for voice in voices if voice.result is not None]
    if any(candidate.original for candidate in family) or len(results) < 2:
        return None
    if any(rewrites(candidate) for candidate in family):
        return None
    votes = max(sum(bool(agree(one, other, same)) for other in results) for one in results)
    return 1 - votes / len(results), f"{votes} of {len(results)} answers agree"


def _scores_of_samples(candidate: Candidate) -> list[ExampleScore]:
    """Return the scores of an answer that was chosen among sampled ones; none for any other."""
    for score in candidate.scores:
        samples = samples_of(score)
        if samples and samples > 1:
            votes = round(score.value * samples)
            detail = f"{votes} of {samples} sampled answers agree, this one among them"
            share = max(votes - 1, 0) / (samples - 1)
            return [
                _score(candidate.id, SHARE, share, detail),
                _score(candidate.id, DIFFICULTY, 1 - votes / samples, detail),
            ]
    return []


def _score(row_id: str, name: str, value: float, detail: str) -> ExampleScore:
    return ExampleScore(id=row_id, scorer=AGREEMENT_SCORER, name=name, value=value, detail=detail)
