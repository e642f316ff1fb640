"""Some judged questions to read: a figure says how often, and only answers and reasons say why."""

from collections.abc import Mapping, Sequence
from typing import get_args

from gleanery.infra.digests import digest
from gleanery.tasks.evaluation.judged_groups import PANEL, Group, V, groups_of
from gleanery.tasks.evaluation.judged_records import (
    JudgedExample,
    JudgedQuestion,
    Order,
    PairVerdict,
    PointVerdict,
    SaidOf,
)

_LONGEST = 8000  # characters of a text that is kept; the store has the whole
_ORDERS = {"model_first": "shown first", "reference_first": "shown second"}
_OF_MODEL = {"model_first": "A", "reference_first": "B"}


def pair_examples(
    verdicts: Sequence[PairVerdict], questions: Mapping[tuple[str, str], JudgedQuestion], most: int
) -> list[JudgedExample]:
    """Return up to `most` questions of each kind, suite, model and judge.

    `questions` are by suite and id. Which of them are taken does not depend on their order.
    """
    return [
        _pair_example(kind, group, rows, questions[group.suite, rows[0].id])
        for group in groups_of(verdicts)
        if group.judge != PANEL
        for kind in ("lost", "won", "two_minds", "no_verdict")
        for rows in _drawn([rows for rows in group.questions.values() if _kind(rows) == kind], most)
    ]


def point_examples(
    verdicts: Sequence[PointVerdict],
    questions: Mapping[tuple[str, str], JudgedQuestion],
    most: int,
) -> list[JudgedExample]:
    """Return up to `most` turns with the fewest points, and as many without, of each group."""
    found: list[JudgedExample] = []
    for group in groups_of(verdicts):
        if group.judge == PANEL:
            continue
        graded = [row for row in group.rows if row.points is not None]
        worst = sorted(graded, key=lambda row: (row.points, digest([row.id, row.turn])))
        unread = [[row] for row in group.rows if row.points is None]
        shown = [("fewest_points", row) for row in worst[:most]]
        shown += [("no_verdict", row) for (row,) in _drawn(unread, most)]
        for kind, row in shown:
            found.append(_point_example(kind, row, questions[group.suite, row.id]))
    return found


def _kind(rows: Sequence[PairVerdict]) -> str:
    """Return which list a question belongs to; none of them where both orders are not of one."""
    preferences = [row.preference for row in rows if row.preference is not None]
    if len(preferences) < len(get_args(Order)):  # an order may also be open still
        return "no_verdict"
    if min(preferences) < 0.5 < max(preferences):
        return "two_minds"
    return "lost" if max(preferences) < 0.5 else "won" if min(preferences) > 0.5 else ""


def _drawn(found: Sequence[Sequence[V]], most: int) -> list[Sequence[V]]:
    """Return some of these questions, the same ones whatever their order."""
    return sorted(found, key=lambda rows: digest(rows[0].id))[:most]


def _pair_example(
    kind: str, group: Group[PairVerdict], rows: Sequence[PairVerdict], question: JudgedQuestion
) -> JudgedExample:
    return JudgedExample(
        kind=kind,
        suite=group.suite,
        label=group.label,
        judge=group.judge,
        id=question.id,
        category=question.category,
        request=_cut(question.turns[-1]),
        answer=_cut(rows[0].answer),
        is_pair=True,
        reference_answer=_cut(rows[0].reference_answer),
        said=[
            SaidOf(
                about=f"{group.label} {_ORDERS[row.order]}, as {_OF_MODEL[row.order]}",
                verdict=row.verdict or row.outcome.replace("_", " "),
                reason=row.reason,
            )
            for row in rows
        ],
    )


def _point_example(kind: str, row: PointVerdict, question: JudgedQuestion) -> JudgedExample:
    points = row.outcome.replace("_", " ") if row.points is None else f"{row.points} of 10"
    return JudgedExample(
        kind=kind,
        suite=row.suite,
        label=row.label,
        judge=row.judge,
        id=row.id,
        category=row.category,
        request=_cut(question.turns[row.turn - 1]),
        answer=_cut(row.answer),
        is_pair=False,
        reference_answer="",
        said=[SaidOf(about=f"turn {row.turn}", verdict=points, reason=row.reason)],
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
