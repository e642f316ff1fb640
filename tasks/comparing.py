"""Comparisons in a process of their own: one that hangs or explodes is not comparable, no more."""

from types import TracebackType
from typing import Self

from gleanery.infra.compute import ComputeConfig, LocalWorkers, WorkerDied
from gleanery.tasks.expressions import same_expression, value_in
from gleanery.tasks.result_numbers import same_number
from gleanery.tasks.same_result import SameExpression, SameNumber, same_result


class Comparer:
    """Compares results; what needs algebra goes to a child process, started when first needed.

    `algebra` stands in an importable module. `given_up` counts the comparisons that the process
    did not survive.
    """

    def __init__(
        self,
        compute: ComputeConfig,
        algebra: SameExpression = same_expression,
        numbers: SameNumber = same_number,
    ) -> None:
        self.given_up = 0
        self._algebra, self._numbers = algebra, numbers
        self._workers = LocalWorkers(compute)
        self._known: dict[tuple[str, str], bool | None] = {}

    def __enter__(self) -> Self:
        """Return this comparer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the child process."""
        self._workers.close()

    def same(self, one: str, other: str) -> bool | None:
        """Return whether two results are the same, None where that cannot be told."""
        pair = (min(one, other), max(one, other))
        if pair not in self._known:
            self._known[pair] = same_result(*pair, self._by_algebra, self._numbers)
        return self._known[pair]

    def value(self, expression: str) -> float | None:
        """Return the value of an expression in LaTeX that is a real number, else None."""
        try:
            return self._workers.run(value_in, expression)
        except WorkerDied:
            self.given_up += 1
            return None

    def _by_algebra(self, one: str, other: str) -> bool | None:
        try:
            return self._workers.run(self._algebra, one, other)
        except WorkerDied:
            self.given_up += 1
            return None
