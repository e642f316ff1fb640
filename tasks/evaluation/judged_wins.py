"""What verdicts on pairs of answers come to: win rates, raw and controlled for length."""

from collections.abc import Iterable, Sequence
from typing import get_args

import numpy as np

from gleanery.tasks.evaluation.judged_groups import Group, count_outcomes
from gleanery.tasks.evaluation.judged_items import Item, Items, category_means
from gleanery.tasks.evaluation.judged_records import (
    JudgedDifference,
    Order,
    PairVerdict,
    WinRate,
)
from gleanery.tasks.evaluation.judged_suites import SUITES
from gleanery.tasks.evaluation.length_control import (
    controlled_rate,
    layout_difference,
    length_difference,
)
from gleanery.tasks.evaluation.statistics_accuracy import Interval
from gleanery.tasks.evaluation.statistics_resampling import bootstrap_mean, permutation_test

SHARES = (0.0, 1.0)


def pair_item(rows: Sequence[PairVerdict], judges: int) -> Item[PairVerdict] | None:
    """Return a question with the model's wins; None where a judge lacks a verdict in an order."""
    if sum(row.preference is not None for row in rows) < len(get_args(Order)) * judges:
        return None
    return Item(rows, *_sums(rows), len(rows[0].answer))


def win_rate(
    group: Group[PairVerdict], items: Items[PairVerdict], against: JudgedDifference | None
) -> WinRate:
    """Return what a group's verdicts come to; `items` are its questions that have all of them."""
    wins = [item.total for item in items.values()]
    weights = [item.weight for item in items.values()]
    values = [item.value for item in items.values()]
    one_each = [item.rows[0] for item in items.values()]
    left_out = len(group.questions) - len(items)
    lacking = left_out * sum(weights) / len(weights)
    rate = bootstrap_mean(wins, weights, SHARES)
    p_value = permutation_test([weight / 2 for weight in weights], wins)
    return WinRate(
        suite=group.suite,
        label=group.label,
        reference=one_each[0].reference,
        judge=group.judge,
        items=len(items),
        rate=rate,
        controlled=_controlled(list(items.values()), rate),
        p_value=p_value,
        p_adjusted=p_value,
        won=sum(value > 0.5 for value in values),
        tied=sum(value == 0.5 for value in values),
        lost=sum(value < 0.5 for value in values),
        inconsistent=sum(_has_two_winners(item.rows) for item in items.values()),
        first_shown=_first_shown(group.rows),
        left_out=left_out,
        if_lost=sum(wins) / (sum(weights) + lacking),
        if_won=(sum(wins) + lacking) / (sum(weights) + lacking),
        cut_off=sum(row.cut_off for row in one_each),
        reference_cut_off=sum(row.reference_cut_off for row in one_each),
        characters=float(np.mean([len(row.answer) for row in one_each])),
        reference_characters=float(np.mean([len(row.reference_answer) for row in one_each])),
        counts=count_outcomes(group.rows),
        categories=category_means(items.values()),
        against=against,
    )


def _sums(rows: Sequence[PairVerdict]) -> tuple[float, float]:
    """Return the model's wins and of how many."""
    return sum((row.preference or 0) * row.weight for row in rows), sum(row.weight for row in rows)


def _has_two_winners(rows: Sequence[PairVerdict]) -> bool:
    """Return whether the one order has another winner than the other."""
    shares = []
    for order in get_args(Order):
        wins, weight = _sums([row for row in rows if row.order == order])
        shares.append(wins / weight)
    return min(shares) < 0.5 < max(shares)


def _controlled(items: Sequence[Item[PairVerdict]], rate: Interval) -> Interval | None:
    values, weights = [item.value for item in items], [item.weight for item in items]
    if min(values) == max(values):
        return rate  # length cannot explain what does not differ
    rows = [item.rows[0] for item in items]
    answers = [row.answer for row in rows]
    references = [row.reference_answer for row in rows]
    differences = length_difference(answers, references)
    if SUITES[rows[0].suite].layout:
        differences = np.column_stack([differences, layout_difference(answers, references)])
    return controlled_rate(values, differences, weights, [row.difficulty for row in rows])


def _first_shown(rows: Iterable[PairVerdict]) -> float:
    shares = [
        row.preference if row.order == "model_first" else 1 - row.preference
        for row in rows
        if row.outcome == "judged" and row.preference is not None
    ]
    return float(np.mean(shares)) if shares else 0.5
