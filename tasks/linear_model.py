"""Logistic regressions over words and phrases: fitted beforehand, and read from a file."""

import json
import math
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_SCALE = 10  # so that a text of a hundred features counts each as one


def unit(count: int) -> float:
    """Return what one of so many features counts: the length of all together is the same."""
    return _SCALE / math.sqrt(max(count, 1))


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A weight for each feature that a text may have; what a text lacks weighs nothing."""

    bias: float
    weights: Mapping[str, float]

    def score(self, features: Set[str]) -> float:
        """Return the log-odds that a text with these features is of the model's kind."""
        return self.bias + sum(self.weights[name] for name in features & self.weights.keys())

    def score_by_length(self, features: Set[str]) -> float:
        """Return the log-odds where a feature weighs less the more of them a text has."""
        total = sum(self.weights[name] for name in features & self.weights.keys())
        return self.bias + total * unit(len(features))

    def score_of(self, values: Mapping[str, float]) -> float:
        """Return the log-odds for features that are quantities."""
        return self.bias + sum(
            self.weights.get(name, 0.0) * value for name, value in values.items()
        )

    def telling(self, features: Set[str], most: int = 5) -> list[str]:
        """Return the features that speak for the kind, the heaviest first."""
        heavy = [name for name in features & self.weights.keys() if self.weights[name] > 0]
        return sorted(heavy, key=lambda name: (-self.weights[name], name))[:most]

    @classmethod
    def read_all(cls, path: Path) -> dict[str, Self]:
        """Return the models in a JSON file by name."""
        read = json.loads(path.read_text(encoding="utf-8"))
        return {name: cls(model["bias"], model["weights"]) for name, model in read.items()}
