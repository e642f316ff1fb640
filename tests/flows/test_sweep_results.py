"""Points of a sweep: seeds taken together, everything held against the first variant."""

import math
from typing import Any

import pytest

from gleanery.flows.sweep_config import SweepConfig, Trial
from gleanery.flows.sweep_curve import draw_scaling_curve, examples_of
from gleanery.flows.sweep_results import LOSS, MeasuredOn, SweptModel, points_of, shared_rows
from gleanery.infra.folders import FolderReceipt
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.records import ScoredItem
from gleanery.tasks.training.response_loss import ResponseLoss

BYTES, TOKENS = 100, 25
IDS = [f"row-{number}" for number in range(20)]


def trials(**values: Any) -> list[Trial]:
    shared = {"training": {"release": {"dataset": "lessons"}, "model": {"path": "base"}}}
    return SweepConfig.model_validate(shared | values).trials()


def item(number: int, correct: bool) -> ScoredItem:
    empty = {name: "" for name, field in ScoredItem.model_fields.items() if field.annotation is str}
    flags = {"as_chat": False, "unparseable": False, "truncated": False, "completion_tokens": 1}
    values = {**empty, **flags, "id": str(number), "benchmark": "sums", "correct": int(correct)}
    return ScoredItem.model_validate(values)


def measured(
    trial: Trial, bits: float, right: int = 0, after: int = 0, too_long: str = ""
) -> MeasuredOn:
    """Return a model that needs so many bits per byte of each row, and has so many items right."""
    notes = {"learnt": {"rows": trial.training.rows.examples or 500}, "seen": after or 1000}
    receipt = FolderReceipt(name=trial.name, at="", files=(), notes=notes, writer="")
    nats = bits * BYTES * math.log(2)
    losses = {
        name: ResponseLoss(
            id=name, nats=None if name == too_long else nats, tokens=TOKENS, bytes=BYTES
        )
        for name in IDS
    }
    items = {"sums": {str(n): item(n, n < right) for n in range(40)}} if right else {}
    return MeasuredOn(SweptModel(trial, after, Store("memory://models"), receipt), losses, items)


def test_seeds_are_one_point_with_students_interval() -> None:
    made = trials(grid={"recipe.seed": [0, 1, 2]})
    [point] = points_of(
        [measured(one, bits) for one, bits in zip(made, (2.0, 2.1, 2.2), strict=True)], IDS
    )
    assert point.bits.seeds == len(point.models) == 3
    assert point.bits.value == pytest.approx(2.1)
    assert point.bits.high == pytest.approx(2.1 + 4.302653 * 0.1 / math.sqrt(3))
    assert point.loss.value == pytest.approx(2.1 * math.log(2) * BYTES / TOKENS)
    assert point.against == {}


def test_each_variant_is_held_against_the_first_at_its_own_point_of_the_grid() -> None:
    made = trials(
        variants=[{"name": "sft"}, {"name": "lm", "changes": {"recipe.loss": "all"}}],
        grid={"rows.examples": [10, 30]},
    )
    figures = [(2.0, 10), (1.5, 20), (2.2, 10), (1.4, 35)]
    points = points_of([measured(t, *f) for t, f in zip(made, figures, strict=True)], IDS)
    assert [(point.series, point.rows) for point in points] == [
        ("sft", 10), ("sft", 30), ("lm", 10), ("lm", 30),
    ]  # fmt: skip
    assert [point.against[LOSS].difference for point in points[2:]] == [
        pytest.approx(0.2),
        pytest.approx(-0.1),
    ]
    assert [not point.against for point in points[:2]] == [True, True]
    same, better = (point.against["sums"] for point in points[2:])
    assert (same.difference, same.p_value) == (0, 1)
    assert better.difference == pytest.approx(15 / 40)
    assert better.p_value == pytest.approx(2**-14)
    assert points[3].mean == points[3].accuracies["sums"]


def test_a_single_variant_is_held_against_its_first_point_and_curves_part_by_what_else_varies() -> (
    None
):
    made = trials(grid={"recipe.loss": ["responses", "all"], "rows.examples": [10, 30]})
    points = points_of([measured(t, 2.0 + n) for n, t in enumerate(made)], IDS)
    assert [point.series for point in points] == ["only loss=responses"] * 2 + ["only loss=all"] * 2
    differences = [point.against[LOSS].difference for point in points[1:]]
    assert differences == [pytest.approx(n) for n in (1, 2, 3)]


def test_a_model_part_of_the_way_is_drawn_over_what_it_has_seen() -> None:
    first, second = trials(variants=[{"name": "a"}, {"name": "b", "changes": {"snapshots": [100]}}])
    points = points_of(
        [measured(first, 2.0), measured(second, 3.0, after=100), measured(second, 1.0)], IDS
    )
    assert [examples_of(points)(point) for point in points] == [1000, 100, 1000]
    assert [point.against[LOSS].difference for point in points[1:]] == [
        pytest.approx(1.0),
        pytest.approx(-1.0),
    ]
    assert draw_scaling_curve(points).startswith(b"\x89PNG")


def test_a_row_that_one_model_cannot_take_counts_for_none() -> None:
    one, other = trials(variants=[{"name": "a"}, {"name": "b"}])
    models = [measured(one, 2.0, too_long="row-3"), measured(other, 1.0, too_long="row-7")]
    rows = shared_rows(models)
    assert sorted({*IDS} - {*rows}) == ["row-3", "row-7"]
    assert [point.bits.value for point in points_of(models, rows)] == [
        pytest.approx(2.0),
        pytest.approx(1.0),
    ]
