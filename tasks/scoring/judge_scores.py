"""What judges' grades come to: one score per criterion, and each judge's own beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from gleanery.infra.llm.protocol import Completion, ModelIdentity
from gleanery.tasks.dataset_records import ExampleScore
from gleanery.tasks.scoring.judge_answer import Grade
from gleanery.tasks.scoring.judge_prompt import CRITERIA, FINGERPRINT

JUDGE_SCORER = "judge"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judge's grades by criterion, and the answer that they were read from."""

    judge: ModelIdentity
    grades: Mapping[str, Grade]
    completion: Completion


def judge_scores(row_id: str, verdicts: Sequence[Verdict], configured: int) -> list[ExampleScore]:
    """Return the scores of an example: scorer "judge", a name for each criterion, 0 to 1.

    The only judge's are its own, with its reasons. Those of several are the means of the verdicts
    that came, and each judge's own stand beside them under the scorer "judge:<model>" (with
    "@<revision>" where it has one). `configured` is how many judges were asked: where one of two
    gave no grades, the other's still stand under its name.
    """
    if configured == 1:
        return [score for verdict in verdicts for score in _own(row_id, JUDGE_SCORER, verdict)]
    scores: list[ExampleScore] = []
    for verdict in verdicts:
        scores += _own(row_id, judge_scorer(verdict.judge), verdict)
    return [*scores, *(_mean(row_id, name, verdicts) for name in CRITERIA if verdicts)]


def judge_scorer(judge: ModelIdentity) -> str:
    """Return the scorer that a judge is beside others."""
    return f"{JUDGE_SCORER}:{_name(judge)}"


def _name(judge: ModelIdentity) -> str:
    return f"{judge.name}@{judge.revision}" if judge.revision else judge.name


def _own(row_id: str, scorer: str, verdict: Verdict) -> list[ExampleScore]:
    return [
        ExampleScore(
            id=row_id,
            scorer=scorer,
            name=name,
            value=verdict.grades[name].value,
            detail=verdict.grades[name].reason,
            model=verdict.completion.model,
            prompt=FINGERPRINT,
            request_key=verdict.completion.key,
        )
        for name in CRITERIA
    ]


def _mean(row_id: str, name: str, verdicts: Sequence[Verdict]) -> ExampleScore:
    each = [(_name(verdict.judge), verdict.grades[name].value) for verdict in verdicts]
    return ExampleScore(
        id=row_id,
        scorer=JUDGE_SCORER,
        name=name,
        value=fmean(value for _, value in each),
        detail="mean of " + ", ".join(f"{judge} {value:.2f}" for judge, value in each),
        prompt=FINGERPRINT,
    )
