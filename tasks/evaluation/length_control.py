"""What a model would come to if its answers were as long as those that it is set against.

A judge that likes long answers is talked round by length. Dubois et al. 2024 (arXiv 2404.04475)
regress the preference on who answered and on the difference in length, and predict it without the
difference. The same is done here for the layout of answers (Arena-Hard's "style control").
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from gleanery.tasks.evaluation.statistics_accuracy import Interval

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]", re.MULTILINE)
_LIST_ITEM = re.compile(r"^[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]", re.MULTILINE)
_BOLD = re.compile(r"\*\*[^*\n]+\*\*|__[^_\n]+__")
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
# Least items that are shorter (or as long) and longer (or as long): with fewer, what the win rate
# is at equal length would only be guessed from items of unequal length.
_ON_EACH_SIDE = 3
# Priors of the coefficients, as the precision of a normal around 0: none to speak of for who is
# better, a weak one for what length does, which a few items could otherwise overstate.
_PRIOR_MODEL, _PRIOR_OTHER = 0.01, 0.1
_STEPS = 25
_CHUNK = 2_000_000  # numbers held at a time


def length_difference(answers: Sequence[str], references: Sequence[str]) -> Array:
    """Return how much longer each answer is, in characters."""
    return np.array(
        [len(one) - len(other) for one, other in zip(answers, references, strict=True)],
        dtype=np.float64,
    )


def layout_difference(answers: Sequence[str], references: Sequence[str]) -> Array:
    """Return by item how many headings, list items and bold words each answer has more."""
    pairs = zip(answers, references, strict=True)
    return np.array(
        [np.subtract(_layout(one), _layout(other)) for one, other in pairs], dtype=np.float64
    ).reshape(-1, 3)


def controlled_rate(
    preferences: Sequence[float],
    differences: Array,
    weights: Sequence[float] | None = None,
    difficulty: Sequence[float] | None = None,
    confidence: float = 0.95,
    seed: int = 0,
    resamples: int = 1000,
) -> Interval | None:
    """Return the win rate at no difference, with a percentile interval over items drawn anew.

    `preferences` are 0 to 1, one per item; `differences` has a column per feature, the first being
    length. `difficulty` lets the model's strength differ from one instruction to the next. None
    where length is nearly always on the same side, or every item came out alike, so that nothing
    shows what length does.
    """
    if not _is_on_both_sides(differences if differences.ndim == 1 else differences[:, 0]):
        return None
    wins = np.asarray(preferences, dtype=np.float64)
    if np.ptp(wins) == 0:
        return None
    worth = np.ones(len(wins)) if weights is None else np.asarray(weights, dtype=np.float64)
    hard = _column(difficulty, len(wins))
    columns = _scaled(differences.reshape(len(wins), -1))
    fixed = np.column_stack([np.ones(len(wins)), hard])
    terms = np.column_stack([fixed, columns])
    priors = np.full(terms.shape[1], _PRIOR_OTHER)
    priors[0] = _PRIOR_MODEL
    drawn = _drawn(len(wins), terms.shape[1], resamples, seed)
    rates = np.concatenate([_predicted(terms, wins, worth, each, fixed, priors) for each in drawn])
    return _interval(rates, confidence)


def controlled_difference(
    steps: Sequence[float],
    differences: Array,
    confidence: float = 0.95,
    seed: int = 0,
    resamples: int = 2000,
) -> Interval | None:
    """Return the mean step from one model's score to another's where both are equally long.

    `steps` are one per item, in any unit; `differences` say how much longer the other's answer is.
    It is the constant of a linear regression, with a percentile interval over items drawn anew;
    None where length is nearly always on the same side.
    """
    if not _is_on_both_sides(differences):
        return None
    values = np.asarray(steps, dtype=np.float64)
    terms = np.column_stack([np.ones(len(values)), _scaled(differences[:, None])])
    constants = [
        _constants(terms, values, counts) for counts in _drawn(len(values), 2, resamples, seed)
    ]
    return _interval(np.concatenate(constants), confidence)


def _constants(terms: Array, values: Array, counts: Array) -> Array:
    """Return the constant of a linear regression for each way of counting the items."""
    bend = np.einsum("rn,ni,nj->rij", counts, terms, terms, optimize=True)
    bend += np.diag([0.0, _PRIOR_OTHER])
    return np.asarray(np.linalg.solve(bend, ((counts * values) @ terms)[:, :, None])[:, 0, 0])


def _is_on_both_sides(length: Array) -> bool:
    return int(min((length <= 0).sum(), (length >= 0).sum())) >= _ON_EACH_SIDE


def _drawn(items: int, columns: int, resamples: int, seed: int) -> Iterator[Array]:
    """Yield how often each item counts: once each, then as drawn anew, so many rows at a time."""
    random = np.random.default_rng(seed)
    yield np.ones((1, items))
    rows = max(1, _CHUNK // (items * columns))
    for start in range(0, resamples, rows):
        size = min(rows, resamples - start)
        yield random.multinomial(items, np.full(items, 1 / items), size=size).astype(np.float64)


def _interval(found: Array, confidence: float) -> Interval:
    """Return the first value with the range of the others."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(found[1:], [tail, 1 - tail])
    return Interval(estimate=float(found[0]), low=float(low), high=float(high))


def _predicted(
    terms: Array, wins: Array, worth: Array, counts: Array, fixed: Array, priors: Array
) -> Array:
    """Return the win rate at no difference for each way of counting the items."""
    fitted = _fit(terms, wins, counts * worth, priors)
    at_equal = _logistic(fitted[:, : fixed.shape[1]] @ fixed.T)
    return np.asarray((at_equal * counts).sum(axis=1) / counts.sum(axis=1))


def _fit(terms: Array, wins: Array, weights: Array, priors: Array) -> Array:
    """Return a logistic regression's coefficients for each row of weights (Newton's method)."""
    fitted = np.zeros((len(weights), terms.shape[1]))
    for _ in range(_STEPS):
        chance = _logistic(fitted @ terms.T)
        slope = (weights * (wins - chance)) @ terms - fitted * priors
        spread = weights * chance * (1 - chance)
        bend = np.einsum("rn,ni,nj->rij", spread, terms, terms, optimize=True) + np.diag(priors)
        step = np.linalg.solve(bend, slope[:, :, None])[:, :, 0]
        step *= np.minimum(1, 2 / np.maximum(1e-12, np.abs(step).max(axis=1, keepdims=True)))
        fitted += step
        if np.abs(step).max() < 1e-8:
            break
    return fitted


def _logistic(value: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(value / 2)))


def _scaled(differences: Array) -> Array:
    """Return each column in its standard deviations, the far ends pulled in; zero stays zero."""
    spread = differences.std(axis=0)
    return np.tanh(differences / np.where(spread > 0, spread, 1.0))


def _column(difficulty: Sequence[float] | None, items: int) -> Array:
    """Return the difficulty as a column around 0, or no column where all items have the same."""
    values = np.zeros(items) if difficulty is None else np.asarray(difficulty, dtype=np.float64)
    if not values.std():
        return np.empty((items, 0))
    return np.asarray(((values - values.mean()) / values.std())[:, None])


def _layout(text: str) -> tuple[int, int, int]:
    prose = _CODE.sub("", text)  # a comment or a minus sign of a program is no layout
    return tuple(len(found.findall(prose)) for found in (_HEADING, _LIST_ITEM, _BOLD))  # type: ignore[return-value]
