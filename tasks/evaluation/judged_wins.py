"""What verdicts on pairs of answers come to: win rates, raw and controlled for length."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gleanery.tasks.evaluation.judged_records import (
    CategoryMean,
    JudgedDifference,
    PairVerdict,
    PointVerdict,
    VerdictCounts,
    WinRate,
)
from gleanery.tasks.evaluation.judged_suites import SUITES
from gleanery.tasks.evaluation.length_control import (
    controlled_rate,
    layout_difference,
    length_difference,
)
from gleanery.tasks.evaluation.statistics_accuracy import Interval, accuracy
from gleanery.tasks.evaluation.statistics_resampling import bootstrap_mean, permutation_test

PANEL = "all judges"
"""What stands in the place of a judge where several ones' verdicts are taken together."""
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


def win_rates(verdicts: Sequence[PairVerdict]) -> list[WinRate]:
    """Return the win rate of each suite, model and judge, in the order in which they come first.

    Several judges also come to one together, under `PANEL`. The model that comes first is the one
    that the others are compared with.
    """
    grouped: dict[tuple[str, str], dict[str, list[PairVerdict]]] = {}
    for row in verdicts:
        judges = grouped.setdefault((row.suite, row.label), {})
        judges.setdefault(row.judge, []).append(row)
    rates: list[WinRate] = []
    bases: dict[tuple[str, str], Mapping[str, float]] = {}
    for (suite, label), judges in grouped.items():
        if len(judges) > 1:
            judges = judges | {PANEL: [row for rows in judges.values() for row in rows]}
        for judge, rows in judges.items():
            items = _items(rows, len(judges) - 1 if judge == PANEL else 1)
            values = {name: item.value for name, item in items.items()}
            base = bases.setdefault((suite, judge), values)
            against = None if base is values else difference(base, values)
            if items:
                rates.append(_rate(suite, label, judge, rows, items, against))
    return rates


def difference(base: Mapping[str, float], other: Mapping[str, float]) -> JudgedDifference | None:
    """Return how a model does next to the first on the questions of both; None without any."""
    both = [name for name in base if name in other]
    if not both:
        return None
    steps = [other[name] - base[name] for name in both]
    return JudgedDifference(
        items=len(both),
        won=sum(step > 0 for step in steps),
        lost=sum(step < 0 for step in steps),
        difference=bootstrap_mean([steps]),
        p_value=permutation_test([base[name] for name in both], [other[name] for name in both]),
    )


def count_outcomes(rows: Iterable[PairVerdict | PointVerdict]) -> VerdictCounts:
    """Return how many requests to judges came to what."""
    outcomes = Counter(row.outcome for row in rows)
    return VerdictCounts(
        verdicts=outcomes["judged"],
        no_answer=outcomes["no_answer"],
        unparseable=outcomes["unparseable"],
        truncated=outcomes["truncated"],
        content_filter=outcomes["content_filter"],
        refused_request=outcomes["refused_request"],
    )


def _items(rows: Sequence[PairVerdict], judges: int) -> dict[str, _Item]:
    """Return the questions that every judge has a verdict on in both orders."""
    grouped: dict[str, list[PairVerdict]] = {}
    for row in rows:
        grouped.setdefault(row.id, []).append(row)
    return {
        name: _Item(each, *_sums(each))
        for name, each in grouped.items()
        if sum(row.preference is not None for row in each) == 2 * judges
    }


def _sums(rows: Sequence[PairVerdict]) -> tuple[float, float]:
    return sum((row.preference or 0) * row.weight for row in rows), sum(row.weight for row in rows)


def _share(rows: Sequence[PairVerdict]) -> float:
    wins, weight = _sums(rows)
    return wins / weight


def _rate(
    suite: str,
    label: str,
    judge: str,
    rows: Sequence[PairVerdict],
    items: Mapping[str, _Item],
    against: JudgedDifference | None,
) -> WinRate:
    values = [item.value for item in items.values()]
    wins = [item.wins for item in items.values()]
    weights = [item.weight for item in items.values()]
    one_each = {row.id: row for row in rows if row.id in items}.values()
    left_out = len({row.id for row in rows}) - len(items)
    lacking = left_out * sum(weights) / len(weights)
    rate = _weighted(wins, weights)
    return WinRate(
        suite=suite,
        label=label,
        reference=rows[0].reference,
        judge=judge,
        items=len(items),
        rate=rate,
        controlled=_controlled(suite, list(one_each), values, weights, rate),
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
