"""An LLM judge: four grades of an example by a rubric, each with the reason it was given for."""

from collections.abc import Mapping, Sequence

from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Completion, Failure, Message, ModelIdentity, Request
from gleanery.tasks.answered import finished_text
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.llm_part import OPEN_REASONS, RowOutcome
from gleanery.tasks.quoting import quoted
from gleanery.tasks.records import Loss
from gleanery.tasks.scoring.judge_answer import Grade, read_grades
from gleanery.tasks.scoring.judge_config import JudgeConfig
from gleanery.tasks.scoring.judge_prompt import GRADES_SCHEMA, JUDGE
from gleanery.tasks.scoring.judge_scores import Verdict, judge_scores

Judged = dict[str, Grade] | Loss


def judge_example(
    candidate: Candidate,
    source: str,
    config: JudgeConfig,
    judges: Sequence[ModelIdentity],
    attempt: int = 0,
) -> Dialogue[RowOutcome[ExampleScore]]:
    """Return the scores of a candidate: those of `judge_scores`.

    Each judge is asked until its answer can be read, `tries` times at most. One whose answer
    never can is a loss, and the others' grades count. Reasons: "too_long", "empty", "truncated",
    "content_filter", "unparseable"; a request without an answer leaves the row open and unscored.
    """
    if loss := _loss_before_asking(candidate, config):
        return RowOutcome(losses=[loss])
    first = attempt * config.tries
    settled: dict[int, tuple[Judged, Completion | Failure]] = {}
    for number in range(first, first + config.tries):
        asked = {
            index: judge_request(candidate, source, config, judge, number)
            for index, judge in enumerate(judges)
            if index not in settled or _may_be_asked_again(settled[index][0])
        }
        if not asked:
            break
        results = yield {index: [request] for index, request in asked.items()}
        for index, request in asked.items():
            result = results[request.key]
            settled[index] = (_grades(candidate.id, result), result)
    outcomes = [settled[index] for index in range(len(judges))]
    losses = [grades for grades, _ in outcomes if isinstance(grades, Loss)]
    if any(loss.reason in OPEN_REASONS for loss in losses):
        return RowOutcome(losses=losses)  # a later run has all grades, and another mean
    verdicts = [
        Verdict(judge, grades, result)
        for judge, (grades, result) in zip(judges, outcomes, strict=True)
        if isinstance(grades, dict) and isinstance(result, Completion)
    ]
    return RowOutcome(rows=judge_scores(candidate.id, verdicts, len(judges)), losses=losses)


def judge_request(
    candidate: Candidate, source: str, config: JudgeConfig, judge: ModelIdentity, attempt: int
) -> Request:
    """Return what a judge is asked in this attempt, 0 being the first."""
    return Request(
        model=judge,
        messages=(Message(role="user", content=JUDGE.render(example=shown(candidate, source))),),
        sampling=config.sampling_of(attempt),
        response_schema=GRADES_SCHEMA,
        attempt=attempt,
    )


def shown(candidate: Candidate, source: str = "") -> str:
    """Return an example as a judge is shown it: what it is asked is the last thing to be said.

    No text can end its quotation or pass for another one, the source's included where none is.
    """
    texts: Mapping[str, str] = quoted(
        {"source": source, "question": _asked(candidate), "answer": candidate.answer}
    )
    return "\n".join(text for name, text in texts.items() if name != "source" or source)


def _asked(candidate: Candidate) -> str:
    """Return the question; of a longer talk, all that was said before the last answer."""
    before = candidate.messages[:-1]
    if len(before) < 2:
        return candidate.question
    return "\n\n".join(f"({turn.role}) {turn.content}" for turn in before)


def _loss_before_asking(candidate: Candidate, config: JudgeConfig) -> Loss | None:
    length = sum(len(turn.content) for turn in candidate.messages)
    if length > config.most_characters:
        detail = f"{length} characters, {config.most_characters} at most"
        return Loss(row_id=candidate.id, reason="too_long", detail=detail)
    if not candidate.question.strip() or not candidate.answer.strip():
        return Loss(row_id=candidate.id, reason="empty", detail="no question or no answer")
    return None


def _grades(row_id: str, result: Completion | Failure) -> Judged:
    answer = finished_text(row_id, result)
    if isinstance(answer, Loss):
        return answer
    try:
        return read_grades(answer)
    except ValueError as error:
        return Loss(row_id=row_id, reason="unparseable", detail=str(error))


def _may_be_asked_again(judged: Judged) -> bool:
    return isinstance(judged, Loss) and judged.reason in ("unparseable", "truncated")
