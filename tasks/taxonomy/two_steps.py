"""Free text first, records of it in a second call: a demand for JSON makes what is written poorer.

The way in which GLAN (section 2.2) asks for its subjects and syllabi.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Request
from gleanery.tasks.answered import finished_text
from gleanery.tasks.llm_part import OPEN_REASONS
from gleanery.tasks.records import Call, Loss

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TwoSteps(Generic[T]):
    """What is asked, and what is read. Problems are losses of the row `row_id`.

    `write` gives the request for the free text of one attempt, `problem` says what is wrong with
    that text; `record` gives the request for its records, `read` makes them of the answer and
    the text.
    """

    row_id: str
    write: Callable[[int], Request]
    problem: Callable[[str], Loss | None]
    record: Callable[[str, int], Request]
    read: Callable[[str, str], T | Loss]


@dataclass(frozen=True, slots=True)
class Recorded(Generic[T]):
    """The records of a text, and the requests for the text and for the records."""

    value: T
    write: Request
    record: Request

    def calls(self, name: str, prompt: str) -> list[Call]:
        """Return both calls; their steps are `name` and `name` with "records"."""
        steps = ((name, self.write), (f"{name} records", self.record))
        return [
            Call(step=step, model=request.model.name, prompt=prompt, request_key=request.key)
            for step, request in steps
        ]


def write_and_record(steps: TwoSteps[T], attempts: Sequence[int]) -> Dialogue[Recorded[T] | Loss]:
    """Ask for a text and its records, with the next attempt number while they are unusable.

    Returns the last attempt's loss when none is left, and at once one that only failed: its
    answer may yet come. Raises `ValueError` without an attempt.
    """
    loss = None
    for attempt in attempts:
        write = steps.write(attempt)
        results = yield {0: [write]}
        text = _written(steps, finished_text(steps.row_id, results[write.key]))
        if isinstance(text, str):
            record = steps.record(text, attempt)
            results = yield {0: [record]}
            answer = finished_text(steps.row_id, results[record.key])
            value = answer if isinstance(answer, Loss) else steps.read(answer, text)
            if not isinstance(value, Loss):
                return Recorded(value, write, record)
            loss = value.model_copy(update={"detail": f"records: {value.detail}"})
        else:
            loss = text
        if loss.reason in OPEN_REASONS:
            return loss
    if loss is None:
        raise ValueError(f"{steps.row_id} is to be asked, and in no attempt")
    return loss


def _written(steps: TwoSteps[T], answer: str | Loss) -> str | Loss:
    """Return a finished text, or what is wrong with it."""
    if isinstance(answer, Loss):
        return answer
    text = answer.strip()
    return steps.problem(text) or text


def attempts_of(attempt: int, tries: int) -> range:
    """Return the attempt numbers of a row's requests in the row's own attempt.

    They begin with those of its earlier attempts, whose answers the journal holds: what was usable
    is so again for nothing, and only the rest is asked anew.
    """
    return range((attempt + 1) * tries)
