"""What verdicts on pairs of answers come to: win rates, raw and controlled for length."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gleanery.tasks.evaluation.judged_groups import (
    Group,
    Worth,
    count_outcomes,
    difference,
    groups_of,
)
from gleanery.tasks.evaluation.judged_records import (
    CategoryMean,
    JudgedDifference,
    NoFigure,
    PairVerdict,
    WinRate,
)
from gleanery.tasks.evaluation.judged_suites import SUITES
from gleanery.tasks.evaluation.length_control import (
    controlled_rate,
    layout_difference,
    length_difference,
)
from gleanery.tasks.evaluation.statistics_accuracy import Interval, accuracy
from gleanery.tasks.evaluation.statistics_resampling import permutation_test

_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class _Item:
    """A question with all its verdicts: `wins` of `weight` are the model's."""

    rows: Sequence[PairVerdict]
    wins: float
    weight: float

    @property
    def value(self) -> float:
        """Return the model's share, from 0 to 1."""
        return self.wins / self.weight

    @property
    def is_inconsistent(self) -> bool:
        """Return whether the one order has another winner than the other."""
        by_order = [
            _share([row for row in self.rows if row.order == order]) - 0.5
            for order in ("model_first", "reference_first")
        ]
        return by_order[0] * by_order[1] < 0


def win_rates(verdicts: Sequence[PairVerdict]) -> tuple[list[WinRate], list[NoFigure]]:
    """Return the win rate of each suite, model and judge, and which of them have none.

    They are in the order in which they come first, several judges also together (`PANEL`). The
    model that comes first is the one that the others are compared with.
    """
    rates: list[WinRate] = []
    without: list[NoFigure] = []
    bases: dict[tuple[str, str], Mapping[str, Worth]] = {}
    for group in groups_of(verdicts):
        items = _items(group)
        if not items:
            without.append(group.without_figure())
            continue
        values = {name: Worth(item.value, len(item.rows[0].answer)) for name, item in items.items()}
        base = bases.setdefault((group.suite, group.judge), values)
        rates.append(_rate(group, items, None if base is values else difference(base, values)))
    return rates, without


def _items(group: Group[PairVerdict]) -> dict[str, _Item]:
    """Return the questions that every judge has a verdict on in both orders."""
    return {
        name: _Item(rows, *_sums(rows))
        for name, rows in group.questions.items()
        if sum(row.preference is not None for row in rows) == 2 * group.judges
    }


def _sums(rows: Sequence[PairVerdict]) -> tuple[float, float]:
    return sum((row.preference or 0) * row.weight for row in rows), sum(row.weight for row in rows)


def _share(rows: Sequence[PairVerdict]) -> float:
    wins, weight = _sums(rows)
    return wins / weight


def _rate(
    group: Group[PairVerdict], items: Mapping[str, _Item], against: JudgedDifference | None
) -> WinRate:
    rows = group.rows
    values = [item.value for item in items.values()]
    wins = [item.wins for item in items.values()]
    weights = [item.weight for item in items.values()]
    one_each = {row.id: row for row in rows if row.id in items}.values()
    left_out = len(group.questions) - len(items)
    lacking = left_out * sum(weights) / len(weights)
    rate = _weighted(wins, weights)
    return WinRate(
        suite=group.suite,
        label=group.label,
        reference=rows[0].reference,
        judge=group.judge,
        items=len(items),
        rate=rate,
        controlled=_controlled(group.suite, list(one_each), values, weights, rate),
        p_value=permutation_test([weight / 2 for weight in weights], wins),
        won=sum(value > 0.5 for value in values),
        tied=sum(value == 0.5 for value in values),
        lost=sum(value < 0.5 for value in values),
        inconsistent=sum(item.is_inconsistent for item in items.values()),
        first_shown=_first_shown(rows),
        left_out=left_out,
        if_lost=sum(wins) / (sum(weights) + lacking),
        if_won=(sum(wins) + lacking) / (sum(weights) + lacking),
        cut_off=sum(row.cut_off for row in one_each),
        reference_cut_off=sum(row.reference_cut_off for row in one_each),
        characters=float(np.mean([len(row.answer) for row in one_each])),
        reference_characters=float(np.mean([len(row.reference_answer) for row in one_each])),
        counts=count_outcomes(rows),
        categories=_categories(list(one_each), values),
        against=against,
    )


def _weighted(wins: Sequence[float], weights: Sequence[float]) -> Interval:
    """Return the share of wins, with an interval over items drawn anew.

    Where all items came out alike, nothing is to be drawn: Wilson's interval holds there.
    """
    values = np.divide(wins, weights)
    share = sum(wins) / sum(weights)
    if values.min() == values.max():
        wilson = accuracy(round(share * len(values)), len(values))
        return Interval(estimate=share, low=min(share, wilson.low), high=max(share, wilson.high))
    random = np.random.default_rng(0)
    drawn = random.multinomial(len(wins), np.full(len(wins), 1 / len(wins)), size=_RESAMPLES)
    low, high = np.quantile((drawn @ wins) / (drawn @ weights), [0.025, 0.975])
    return Interval(estimate=share, low=float(low), high=float(high))


def _controlled(
    suite: str,
    rows: Sequence[PairVerdict],
    values: Sequence[float],
    weights: Sequence[float],
    rate: Interval,
) -> Interval | None:
    if min(values) == max(values):
        return rate  # length cannot explain what does not differ
    answers = [row.answer for row in rows]
    references = [row.reference_answer for row in rows]
    differences = length_difference(answers, references)
    if SUITES[suite].layout:
        differences = np.column_stack([differences, layout_difference(answers, references)])
    return controlled_rate(values, differences, weights, [row.difficulty for row in rows])


def _first_shown(rows: Iterable[PairVerdict]) -> float:
    shares = [
        row.preference if row.order == "model_first" else 1 - row.preference
        for row in rows
        if row.outcome == "judged" and row.preference is not None
    ]
    return float(np.mean(shares)) if shares else 0.5


def _categories(rows: Sequence[PairVerdict], values: Sequence[float]) -> list[CategoryMean]:
    grouped: dict[str, list[float]] = {}
    for row, value in zip(rows, values, strict=True):
        grouped.setdefault(row.category, []).append(value)
    return [
        CategoryMean(category=name, items=len(each), mean=float(np.mean(each)))
        for name, each in sorted(grouped.items())
    ]
