"""Rows to look at: a few of a stage's, the same ones whenever the stage is the same."""

from collections.abc import Callable
from typing import TypeVar

from gleanery.infra.digests import digest
from gleanery.infra.parts import Parts
from gleanery.tasks.records import Example, RefinedPair
from gleanery.tasks.stage_output import StageOutput

_PARTS = 5

R = TypeVar("R", bound=RefinedPair | Example)


def draw_pairs(parts: Parts, refined: StageOutput, count: int = 10) -> list[RefinedPair]:
    """Return up to `count` refined pairs, at most one per page while there are pages enough."""
    return _draw(parts, refined, RefinedPair, lambda pair: pair.document_id, count)


def draw_examples(parts: Parts, made: StageOutput, count: int = 10) -> list[Example]:
    """Return up to `count` examples, at most one per plan group while there are groups enough."""
    return _draw(parts, made, Example, lambda example: example.group, count)


def _draw(
    parts: Parts, output: StageOutput, record: type[R], group: Callable[[R], str], count: int
) -> list[R]:
    rows: list[R] = []
    for reference in sorted(output.parts, key=lambda part: digest(part.part))[:_PARTS]:
        receipt = parts.newest(output.stage, reference.part)
        if receipt:
            rows += parts.rows(receipt, record)
    rows.sort(key=lambda row: digest(row.id))
    first: dict[str, R] = {}
    for row in rows:
        first.setdefault(group(row), row)
    others: list[R] = [row for row in rows if first[group(row)] is not row]
    return [*first.values(), *others][:count]
