"""Answers, by a call that sees the question only: both together are a training example."""

from pydantic import Field

from gleanery.infra.digests import digest
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import (
    Completion,
    Failure,
    Message,
    ModelIdentity,
    Request,
    Sampling,
)
from gleanery.tasks import answer_checks
from gleanery.tasks.answered import finished_text
from gleanery.tasks.attempts import AskingConfig
from gleanery.tasks.control_characters import without_control_characters
from gleanery.tasks.final_answers import majority
from gleanery.tasks.language import names_another_language, wrong_language
from gleanery.tasks.llm_part import OPEN_REASONS, RowOutcome
from gleanery.tasks.records import Call, ChatMessage, Example, Loss
from gleanery.tasks.sampled_agreement import sampled_agreement
from gleanery.tasks.shirking import shirks
from gleanery.tasks.taxonomy.records import Question

METHOD = "taxonomy"
# The question is the whole prompt: there is no template whose change would ask again.
PROMPT = digest("the question alone")

_CHECKS = (
    answer_checks.empty,
    answer_checks.refusal,
    answer_checks.meta_preamble,
    answer_checks.meta_comment,
    answer_checks.small_talk,
)


class AnswersConfig(AskingConfig):
    """How questions are answered."""

    sampling: Sampling = Field(
        Sampling(temperature=0.7, top_p=0.95),
        description="How the model draws an answer; GLAN's are 0.7 and 0.95.",
    )
    samples: int = Field(
        1,
        ge=1,
        le=64,
        description="Answers drawn per question. With several, the one that most agree with is "
        "kept where the answer can be checked, and its agreement is a score.",
    )
    min_agreement: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Least share of the samples that must agree where that can be checked; "
        "0 only records it.",
    )


def answer_question(
    question: Question,
    config: AnswersConfig,
    language: str,
    model: ModelIdentity,
    attempt: int = 0,
) -> Dialogue[RowOutcome[Example]]:
    """Ask for a question's answers, and return the example made of the chosen one.

    Reasons: those of `finished_text`, those of `shirks`, "empty", "refusal", "meta_preamble",
    "meta_comment", "echo", "wrong_language", "disagreement".
    """
    requests = requests_for(question, config, model, attempt)
    results = yield {0: requests}
    texts = [_usable_text(question, results[request.key], language) for request in requests]
    losses = [text for text in texts if isinstance(text, Loss)]
    sound = [
        (request, text)
        for request, text in zip(requests, texts, strict=True)
        if isinstance(text, str)
    ]
    open_losses = [loss for loss in losses if loss.reason in OPEN_REASONS]
    if open_losses:  # a later run has all samples, and may choose another
        return RowOutcome(losses=open_losses[:1])
    if not sound:
        return RowOutcome(losses=losses[:1])
    answers = [text for _, text in sound]
    agreed = majority(answers, question.text) if config.samples > 1 else None
    chosen, agreement = agreed or (0, None)
    if agreement is not None and agreement < config.min_agreement:
        detail = f"{agreement:.2f} of {len(sound)} answers agree"
        return RowOutcome(losses=[Loss(row_id=question.id, reason="disagreement", detail=detail)])
    return RowOutcome(rows=[_example(question, *sound[chosen], agreement, len(sound))])


def requests_for(
    question: Question, config: AnswersConfig, model: ModelIdentity, attempt: int = 0
) -> list[Request]:
    """Return the requests for a question's answers, one per sample."""
    return [
        Request(
            model=model,
            messages=(Message(role="user", content=question.text),),
            sampling=config.sampling_of(attempt),
            sample=sample,
            attempt=attempt,
        )
        for sample in range(config.samples)
    ]


def _usable_text(question: Question, result: Completion | Failure, language: str) -> str | Loss:
    """Return a model's answer if it may be trained on, else the reason why not."""
    text = finished_text(question.id, result)
    if isinstance(text, Loss):
        return text
    text = without_control_characters(text).strip()
    for check in _CHECKS:
        if telling := check(text):
            return Loss(row_id=question.id, reason=check.__name__, detail=telling)
    if repeated := answer_checks.echo(question.text, text):
        return Loss(row_id=question.id, reason="echo", detail=repeated)
    other = wrong_language(text, language)
    if other and not names_another_language(question.text, language):
        return Loss(row_id=question.id, reason="wrong_language", detail=other)
    if shirked := shirks(question.text, text):
        return Loss(row_id=question.id, reason=shirked[0], detail=shirked[1])
    return text


def _example(
    question: Question, request: Request, text: str, agreement: float | None, samples: int
) -> Example:
    plan = question.plan
    call = Call(step="answer", model=request.model.name, prompt=PROMPT, request_key=request.key)
    agreed = sampled_agreement(agreement or 0.0, samples)
    return Example(
        id=digest([question.id, request.key]),
        method=METHOD,
        strategy=plan.strategy,
        plan_id=plan.id,
        group=plan.subject_id,
        nodes=[plan.discipline_id, plan.subject_id],
        labels=[question.discipline, question.subject, plan.difficulty, plan.form],
        split="train",
        messages=[
            ChatMessage(role="user", content=question.text),
            ChatMessage(role="assistant", content=text),
        ],
        calls=[*question.calls, call],
        scores=[] if agreement is None else [agreed],
    )
