"""The regression finds known coefficients and keeps to the signs it is given."""

import numpy as np
import pytest

from gleanery.tasks.recall.logistic import fit_logistic


def _sample(coefficients: list[float], count: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(0)
    features = draw.normal(size=(count, len(coefficients))) * [1.0, 5.0][: len(coefficients)] + 2
    chance = 1 / (1 + np.exp(-(features @ np.array(coefficients) - 1.0)))
    return features, (draw.random(count) < chance).astype(float)


def test_the_coefficients_of_a_large_sample_are_recovered() -> None:
    features, positive = _sample([1.5, -0.3])
    found, bias = fit_logistic(features, positive, np.ones(len(positive)), np.zeros(2), 1e-9)
    assert found == pytest.approx([1.5, -0.3], abs=0.08)
    assert bias == pytest.approx(-1.0, abs=0.15)


def test_a_coefficient_of_the_wrong_sign_becomes_zero() -> None:
    features, positive = _sample([1.5, -0.3])
    found, _ = fit_logistic(features, positive, np.ones(len(positive)), np.array([1.0, 1.0]), 1e-9)
    assert found[0] > 1
    assert found[1] == 0


def test_weights_count_as_copies() -> None:
    features, positive = _sample([1.0, 0.2], 500)
    twice = np.concatenate([features, features[:100]]), np.concatenate([positive, positive[:100]])
    weights = np.ones(500)
    weights[:100] = 2
    weighted = fit_logistic(features, positive, weights, np.zeros(2), 1e-9)
    copied = fit_logistic(*twice, np.ones(600), np.zeros(2), 1e-9)
    assert weighted[0] == pytest.approx(copied[0], rel=1e-4)
    assert weighted[1] == pytest.approx(copied[1], rel=1e-4)


def test_a_column_that_never_changes_gets_no_weight() -> None:
    features, positive = _sample([1.0], 500)
    padded = np.column_stack([features, np.zeros(500)])
    found, _ = fit_logistic(padded, positive, np.ones(500), np.zeros(2), 0.01)
    assert found[1] == 0
