"""Reading what the model returned for a chunk, and joining what stands apart in the page."""

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from gleanery.infra.llm.protocol import Completion
from gleanery.tasks.answered import unfinished
from gleanery.tasks.json_answers import read_json_answer

_LABEL = re.compile(r"(?:\d+(?:[.\-]\d+)*\s*\(?[a-z]?\)?|\b[a-z])$")


class FoundItem(BaseModel):
    """One item of the model's answer: a pair, or one half of it under its label."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    label: str = ""
    question: str = ""
    answer: list[str] = []


class _Answer(BaseModel):
    pairs: list[FoundItem]


@dataclass(frozen=True, slots=True)
class ChunkProblem:
    """Why a chunk's answer cannot be used: "truncated", "content_filter" or "unparseable"."""

    reason: str
    detail: str


def read_answer(completion: Completion) -> list[FoundItem] | ChunkProblem:
    """Return the items of an answer, or why there are none.

    An answer that did not end by itself is not used at all: its last item may look whole and
    lack the end of its answer.
    """
    if problem := unfinished(completion):
        return ChunkProblem(*problem)
    try:
        answer = _Answer.model_validate(read_json_answer(completion.text))
    except ValueError as error:
        return ChunkProblem("unparseable", str(error)[:300])
    items = (
        item.model_copy(update={"answer": [text for text in item.answer if text.strip()]})
        for item in answer.pairs
    )
    return [item for item in items if item.question.strip() or item.answer]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair as the model returned it, with the request that it came from."""

    label: str
    question: str
    answers: tuple[str, ...]
    request_key: str
    model: str


def join_halves(chunks: Iterable[tuple[Completion, Sequence[FoundItem]]]) -> list[Candidate]:
    """Return the candidates of a page, questions joined with answers of the same label.

    A label joins only if one question lacks an answer under it and one answer a question: a page
    that begins its numbering anew is ambiguous, and stays apart. A question that one of two
    overlapping chunks has with its answer is not returned without it. An answer whose question
    is nowhere comes last, once, with an empty question.
    """
    found = [_candidate(completion, item) for completion, items in chunks for item in items]
    answered = {_words(candidate.question) for candidate in found if candidate.answers}
    questions = [
        candidate
        for candidate in found
        if candidate.question and (candidate.answers or _words(candidate.question) not in answered)
    ]
    asked = _by_label(candidate for candidate in questions if not candidate.answers)
    loose = _by_label(candidate for candidate in found if not candidate.question)
    joined = [
        candidate if candidate.answers else _joined(candidate, asked, loose)
        for candidate in questions
    ]
    told = {candidate.answers for candidate in joined}
    loose_ends = (half for half in found if not half.question and half.answers not in told)
    return [*joined, *{half.answers: half for half in loose_ends}.values()]


def _candidate(completion: Completion, item: FoundItem) -> Candidate:
    return Candidate(
        label=item.label,
        question=item.question.strip(),
        answers=tuple(item.answer),
        request_key=completion.key,
        model=completion.model,
    )


def _joined(
    question: Candidate, asked: dict[str, list[Candidate]], loose: dict[str, list[Candidate]]
) -> Candidate:
    """Return a question with the answer of its label, or as it is if that is ambiguous."""
    key = label_key(question.label)
    rivals = {_words(other.question) for other in asked.get(key, [])}
    answers = {other.answers for other in loose.get(key, [])}
    if len(rivals) == len(answers) == 1:
        return dataclasses.replace(question, answers=answers.pop())
    return question


def label_key(label: str) -> str:
    """Return the part of a label that both halves carry: "3.4" of "Exercise 3.4" or "3.4."."""
    match = _LABEL.search(label.lower().strip().rstrip(".:)"))
    return re.sub(r"[\s()]", "", match[0]) if match else label.lower().strip()


def _by_label(candidates: Iterable[Candidate]) -> dict[str, list[Candidate]]:
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if key := label_key(candidate.label):
            groups.setdefault(key, []).append(candidate)
    return groups


def _words(text: str) -> str:
    return " ".join(text.lower().split())
