"""A logistic regression over a handful of named features: small enough to read, fitted in numpy."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_STEPS = 50
_TOLERANCE = 1e-8


def fit_logistic(
    features: Floats, positive: Floats, weights: Floats, signs: Floats, ridge: float
) -> tuple[Floats, float]:
    """Return one coefficient per column of `features`, and a bias.

    `positive` holds 0 or 1 for each row, `weights` how much the row counts. `signs` holds the only
    sign that a coefficient may take, 0 for either; one that wants the other sign becomes 0. The
    penalty is `ridge` times the squares of the coefficients of the standardised columns, against
    a mean log loss.
    """
    weights = weights / weights.sum()
    mean = weights @ features
    scale = np.sqrt(weights @ (features - mean) ** 2) + 1e-9
    rows = np.column_stack([(features - mean) / scale, np.ones(len(features))])
    penalty = np.full(rows.shape[1], ridge)
    penalty[-1] = 0.0
    active = np.ones(rows.shape[1], dtype=bool)
    while True:
        found = _newton(rows, positive, weights, penalty, active)
        wrong = active.copy()
        wrong[:-1] &= signs * found[:-1] < 0
        wrong[-1] = False
        if not wrong.any():
            break
        active &= ~wrong
    coefficients = found[:-1] / scale
    return coefficients, float(found[-1] - coefficients @ mean)


def _newton(
    rows: Floats, positive: Floats, weights: Floats, penalty: Floats, active: npt.NDArray[np.bool_]
) -> Floats:
    found = np.zeros(rows.shape[1])
    chosen = np.ix_(active, active)
    for _ in range(_STEPS):
        probability = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        gradient = rows.T @ (weights * (probability - positive)) + penalty * found
        curvature = (rows.T * (weights * probability * (1 - probability))) @ rows
        curvature += np.diag(penalty + 1e-9)
        step = np.linalg.solve(curvature[chosen], gradient[active])
        found[active] -= step
        if np.abs(step).max() < _TOLERANCE:
            break
    return found
