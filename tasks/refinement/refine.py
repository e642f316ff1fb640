"""Reading a refiner's answer: a refined pair, or the reason why there is none."""

import re
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from gleanery.infra.digests import digest
from gleanery.infra.llm.protocol import Completion, Failure, FailureReason
from gleanery.tasks import answer_checks
from gleanery.tasks.answered import unfinished
from gleanery.tasks.json_answers import read_json_answer
from gleanery.tasks.quantities import plain
from gleanery.tasks.records import Loss, QAPair, RefinedPair
from gleanery.tasks.refinement.ask import RefinementConfig
from gleanery.tasks.refinement.prompts import FINGERPRINT
from gleanery.tasks.refinement.same_answer import changed_answer
from gleanery.tasks.refinement.same_question import changed_question
from gleanery.tasks.shirking_cut_off import cut_off
from gleanery.tasks.shirking_revision_leak import revision_leak
from gleanery.tasks.shirking_words import refusal as declined

_SPACE_AND_MARKUP = re.compile(r"[\s$*_`{}\\~]+")
# Something mathematical between dollars, for "$40 and $50" is none.
_FORMULA = re.compile(r"\$[^$\n]*[\\^_=+<>{}][^$\n]*\$|\\\(|\\\[|\\begin\{|\\[a-zA-Z]{2,}")


@dataclass(frozen=True, slots=True)
class Unrefined:
    """A pair that a refiner gave no good version of. `is_final` is False if asking may yet work."""

    loss: Loss
    is_final: bool


class RefinerAnswer(BaseModel):
    """A refiner's answer as the schema wants it; keys that models add are let go."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    assessment: str = ""
    outcome: Literal["improved", "unchanged", "corrected", "rejected"]
    question: str
    answer: str
    reason: str = ""


def refined_from(
    pair: QAPair,
    result: Completion | Failure,
    refiner: str,
    config: RefinementConfig,
    source: str = "",
) -> RefinedPair | Unrefined:
    """Return the refined pair in a model's answer, or the typed reason why there is none.

    Reasons: the failure's own, those of `unfinished`, "unparseable", "rejected_by_model"; of the
    texts "empty", "refusal", "meta_preamble", "meta_comment", "revision_leak", "cut_off",
    "small_talk", "echo"; against the original "changed_question", "lost_formula",
    "changed_answer", "corrected_nothing". `source` is the document's text: with it, numbers that
    come from nowhere count as a changed question.
    """
    if isinstance(result, Failure):
        loss = Loss(row_id=pair.id, reason=result.reason.value, detail=result.detail)
        return Unrefined(loss, is_final=result.reason is FailureReason.REFUSED_REQUEST)
    if cut := unfinished(result):
        return _rejected(pair, *cut)
    try:
        answer = RefinerAnswer.model_validate(read_json_answer(result.text))
    except ValueError as error:
        return _rejected(pair, "unparseable", str(error))
    if answer.outcome == "rejected":
        return _rejected(pair, "rejected_by_model", answer.reason or answer.assessment)
    answer = settle_outcome(pair, answer)
    problem = text_problem(pair, answer) or change_problem(pair, answer, config, source)
    if problem:
        return _rejected(pair, *problem)
    return _refined(pair, answer, refiner, result)


def settle_outcome(pair: QAPair, answer: RefinerAnswer) -> RefinerAnswer:
    """Return the answer with its texts filled in and its outcome true to what they are.

    An unchanged pair may come back without texts; what differs beyond layout is not unchanged,
    and what does not is not improved.
    """
    question, text = answer.question.strip(), answer.answer.strip()
    if answer.outcome == "unchanged":
        question, text = question or pair.question, text or pair.answer
    same = same_but_layout(question, pair.question) and same_but_layout(text, pair.answer)
    outcome = answer.outcome
    if outcome == "unchanged" and not same:
        outcome = "improved"
    elif outcome == "improved" and same:
        outcome = "unchanged"
    update = {"question": question, "answer": text, "outcome": outcome}
    return answer.model_copy(update=update)


def text_problem(pair: QAPair, answer: RefinerAnswer) -> tuple[str, str] | None:
    """Return reason and detail if question or answer is no such thing; the source's words pass."""
    for name, text, own in (
        ("question", answer.question, pair.question),
        ("answer", answer.answer, pair.answer),
    ):
        if words := answer_checks.empty(text):
            return "empty", f"{name}: {words}"
        for check in (
            answer_checks.refusal,
            answer_checks.meta_preamble,
            answer_checks.meta_comment,
        ):
            words = check(text)
            if words and check(own) != words:
                return check.__name__, f"{name}: {words}"
    if (words := declined(answer.answer)) and not declined(pair.answer):
        return "refusal", words
    words = revision_leak(answer.question, answer.answer)
    if words and not revision_leak(pair.question, pair.answer):
        return "revision_leak", words
    if (words := cut_off(answer.answer)) and not cut_off(pair.answer):
        return "cut_off", words
    if words := answer_checks.small_talk(answer.answer):
        return "small_talk", words
    if words := answer_checks.echo(answer.question, answer.answer):
        return "echo", words
    return None


def change_problem(
    pair: QAPair, answer: RefinerAnswer, config: RefinementConfig, source: str
) -> tuple[str, str] | None:
    """Return reason and detail if the rewrite is no longer the same pair."""
    change = changed_question(pair.question, answer.question, source, config.min_question_overlap)
    if change:
        return "changed_question", change
    for name, old, new in (
        ("question", pair.question, answer.question),
        ("answer", pair.answer, answer.answer),
    ):
        if len(_FORMULA.findall(old)) > 1 and not _FORMULA.search(new):
            return "lost_formula", f"{name}: none is left of {_FORMULA.findall(old)[:3]}"
    if answer.outcome == "corrected":
        if same_but_layout(answer.answer, pair.answer):
            return "corrected_nothing", answer.reason or answer.assessment
        return None
    change = changed_answer(pair.answer, answer.answer)
    return ("changed_answer", change) if change else None


def same_but_layout(one: str, other: str) -> bool:
    """Return whether two texts differ in white space, LaTeX dress and markup at most."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return _SPACE_AND_MARKUP.sub("", plain(text)).casefold()


def _refined(
    pair: QAPair, answer: RefinerAnswer, refiner: str, completion: Completion
) -> RefinedPair:
    correction = answer.reason.strip() or answer.assessment.strip()
    return RefinedPair(
        id=digest([pair.id, refiner]),
        pair_id=pair.id,
        document_id=pair.document_id,
        url=pair.url,
        domain=pair.domain,
        subject=pair.subject,
        site_kind=pair.site_kind,
        licence=pair.licence,
        question=answer.question,
        answer=answer.answer,
        original_question=pair.question,
        original_answer=pair.answer,
        outcome=answer.outcome,
        correction=correction if answer.outcome == "corrected" else "",
        refiner=refiner,
        request_key=completion.key,
        model=completion.model,
        prompt=FINGERPRINT,
    )


def _rejected(pair: QAPair, reason: str, detail: str) -> Unrefined:
    return Unrefined(Loss(row_id=pair.id, reason=reason, detail=detail), is_final=True)
