"""Whether what a synthesis left is sound: no row lost or doubled, every answer where it belongs."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from pipeline_audit import ROWS, check_receipts, journalled, newest_receipts

from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.records import Example
from gleanery.tasks.taxonomy.questions import question_id


def check_synthesis(store: Store, all_used: bool = True) -> None:
    """Fail unless a synthesis is whole, and (`all_used`) every answer that was kept is used."""
    check_receipts(store)
    check_every_row_goes_on(store)
    check_rows_are_the_answers(store, all_used)


def check_every_row_goes_on(store: Store) -> None:
    """Fail unless each row of a stage comes out of the next one once, as a row or as a loss."""
    parts = Parts(store)
    newest = newest_receipts(store)
    for (stage, part), receipt in newest.items():
        rows, losses = parts.rows(receipt, ROWS[stage]), parts.losses(receipt)
        ids = [row.id for row in rows]
        assert len(ids) == len(set(ids)), f"{stage}/{part} holds a row twice"
        if stage not in _ORIGINS:
            continue
        earlier, origin = _ORIGINS[stage]
        made_from = newest.get((earlier, part)) or newest["skill-examples", part]
        origins = [origin(row) for row in rows] + [loss.row_id for loss in losses]
        wanted = [row.id for row in parts.rows(made_from, ROWS[made_from.stage])]
        assert sorted(origins) == sorted(wanted), f"{stage}/{part} is not what went in"


def _question_of(example: Example) -> str:
    if example.method == "skills":
        return example.id
    return question_id(example.plan_id, example.messages[0].content)


_ORIGINS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "syllabi": ("subjects", lambda row: str(row.subject_id)),
    "questions": ("plans", lambda row: str(row.plan.id)),
    "examples": ("questions", _question_of),
}


def check_rows_are_the_answers(store: Store, all_used: bool) -> None:
    """Fail unless every row says what the answers that it names say."""
    parts = Parts(store)
    answers = {key: answer.text for (_, key), answer in journalled(store).items()}
    used: set[str] = set()
    for (stage, _), receipt in newest_receipts(store).items():
        for row in parts.rows(receipt, ROWS[stage]):
            if stage == "plans":
                continue
            texts = {call.step: answers[call.request_key] for call in row.calls}
            used |= {call.request_key for call in row.calls}
            assert all(said in texts[step] for step, said in _said(stage, row)), (stage, row)
    assert used == answers.keys() or not all_used


def _said(stage: str, row: Any) -> Iterable[tuple[str, str]]:
    """Yield the step of an answer and a text of the row that it must hold."""
    if stage == "subjects":
        yield "list records", json.dumps(row.name)
    elif stage == "syllabi":
        for session in row.sessions:
            yield from (("syllabus records", json.dumps(text)) for text in session.concepts)
    elif stage == "questions":
        yield "question", json.dumps(row.text)
    elif row.method == "taxonomy":
        yield "question", json.dumps(row.messages[0].content)
        yield "answer", row.messages[1].content
    else:
        for message in row.messages:
            yield "revision", message.content
