"""Answers: asked with the question alone, checked, and chosen among samples by agreement."""

from collections.abc import Sequence

import pytest

from gleanery.infra.llm.protocol import Completion, Failure, FailureReason, ModelIdentity, Request
from gleanery.tasks.llm_part import RowOutcome
from gleanery.tasks.records import Call, Example
from gleanery.tasks.taxonomy.answers import AnswersConfig, answer_question
from gleanery.tasks.taxonomy.questions import question_id
from gleanery.tasks.taxonomy.records import Concept, Question, TaxonomyPlan

ASKED = "A lamp stands 2 m before a plane mirror. How far behind the mirror does its image stand?"
QUESTION = Question(
    id=question_id("p", ASKED),
    plan=TaxonomyPlan(
        id="p",
        syllabus_id="s",
        subject_id="u",
        discipline_id="optics",
        index=0,
        strategy="single_session",
        sessions=[0],
        concepts=[Concept(session=0, name="plane mirror")],
        difficulty="hard",
        form="a proof",
    ),
    discipline="Optics",
    subject="Geometrical optics",
    text=ASKED,
    calls=[Call(step="question", model="m", prompt="f", request_key="k")],
)
ANSWER = (
    "A plane mirror sends every ray back at the angle at which it came. Prolonged backwards, the "
    "reflected rays meet at a point as far behind the mirror as the lamp is before it, so by "
    "symmetry the image distance equals the object distance, $d' = d = 2$ m. The answer is {} m."
)


def ask(
    answers: Sequence[str | Failure], config: AnswersConfig | None = None
) -> tuple[RowOutcome[Example], list[Request]]:
    config = config or AnswersConfig(samples=len(answers))
    dialogue = answer_question(QUESTION, config, "English", ModelIdentity("m"))
    requests = list(next(dialogue)[0])
    results = {
        request.key: Failure(request.key, answer.reason, answer.detail)
        if isinstance(answer, Failure)
        else Completion(request.key, answer, "stop", 1, 1, "m")
        for request, answer in zip(requests, answers, strict=True)
    }
    with pytest.raises(StopIteration) as ended:
        dialogue.send(results)
    outcome: RowOutcome[Example] = ended.value.value
    return outcome, requests


def test_what_the_model_thought_before_is_left_out() -> None:
    answer = ANSWER.format(2)
    for thought in ("<think>A mirror, so 2 m?</think>\n\n", "A mirror, so 2 m?</think>"):
        outcome, _ = ask([thought + answer])
        assert [row.messages[1].content for row in outcome.rows] == [answer]


def test_characters_that_no_text_has_are_left_out() -> None:
    answer = ANSWER.format(2)
    outcome, _ = ask([f"\ufeff{answer[:20]}\x00\x1b\ufffd\x9c{answer[20:]}\n\x07"])
    assert [row.messages[1].content for row in outcome.rows] == [answer]


def test_model_sees_the_question_and_nothing_else() -> None:
    _, [request] = ask([ANSWER.format(2)])
    assert request.messages == ({"role": "user", "content": ASKED},)
    assert (request.sampling.temperature, request.sampling.top_p) == (0.7, 0.95)


def test_example_can_be_traced_to_its_plan_and_every_call() -> None:
    outcome, [request] = ask([ANSWER.format(2)])
    [example] = outcome.rows
    assert [turn.role for turn in example.messages] == ["user", "assistant"]
    assert [turn.content for turn in example.messages] == [ASKED, ANSWER.format(2)]
    assert (example.plan_id, example.group) == ("p", "u")
    assert [call.step for call in example.calls] == ["question", "answer"]
    assert example.calls[-1].request_key == request.key
    assert question_id(example.plan_id, example.messages[0].content) == QUESTION.id
    assert example.scores == []


def test_answer_that_most_samples_agree_with_is_kept_with_its_share() -> None:
    outcome, requests = ask([ANSWER.format(n) for n in (3, 2, 2, 4)])
    [example] = outcome.rows
    assert example.messages[1].content == ANSWER.format(2)
    assert [(score.name, score.value) for score in example.scores] == [("agreement", 0.5)]
    assert len({request.key for request in requests}) == 4


def test_too_little_agreement_rejects_where_that_is_asked_for() -> None:
    config = AnswersConfig(samples=3, min_agreement=0.6)
    outcome, _ = ask([ANSWER.format(n) for n in (2, 3, 4)], config)
    assert [loss.reason for loss in outcome.losses] == ["disagreement"]


def test_unsound_sample_leaves_the_sound_ones() -> None:
    outcome, _ = ask(["I'm sorry, but I cannot help with that request.", ANSWER.format(2)])
    assert [row.messages[1].content for row in outcome.rows] == [ANSWER.format(2)]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("...", "empty"),
        ("I'm sorry, but I cannot help with that request.", "refusal"),
        (ASKED, "echo"),
    ],
)
def test_answer_that_is_none_is_rejected_with_its_reason(answer: str, reason: str) -> None:
    outcome, _ = ask([answer])
    assert [loss.reason for loss in outcome.losses] == [reason]
    assert outcome.losses[0].row_id == QUESTION.id


def test_row_waits_while_a_sample_has_failed() -> None:
    failure = Failure("", FailureReason.TIMEOUT, "slow")
    outcome, _ = ask([ANSWER.format(2), failure])
    assert (outcome.rows, [loss.reason for loss in outcome.losses]) == ((), ["timeout"])
