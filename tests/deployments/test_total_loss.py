"""What is said of a run that lost everything, and of parts that lost all of theirs."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from gleanery.deployments.total_loss import loss_warnings
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.records import Score
from gleanery.tasks.stage_output import StageOutput, stage_output

CONFIG = Path("taxonomy.yaml")
RETRIED = ("subjects", "questions")


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(Store(str(tmp_path)))


def commit(
    parts: Parts, stage: str, part: str, made: int, failed: bool = False, **lost: int
) -> Receipt:
    losses = [
        Loss(row_id=f"{reason}-{number}", reason=reason, detail=f"row {number} has no list")
        for reason, count in lost.items()
        for number in range(count)
    ]
    rows = [Score(name=f"{number}", value=0, detail="") for number in range(made)]
    rejected, open_rows = ([], losses) if failed else (losses, [])
    outcome = Outcome(rows, rejected, open_rows, made + len(losses))
    plan = Plan(stage=stage, version=1, part=part, inputs=(), decides={})
    return parts.commit(plan, outcome, Score, time.monotonic(), None)


def warned(parts: Parts, stages: Mapping[str, list[Receipt]]) -> list[str]:
    outputs: list[StageOutput] = [stage_output(stage, made, "") for stage, made in stages.items()]
    return loss_warnings(outputs, parts, CONFIG, RETRIED)


def test_a_run_that_lost_all_names_stage_reason_and_next_step(parts: Parts) -> None:
    subjects = [
        commit(parts, "subjects", "weaving", 0, no_list=2, refusal=3),
        commit(parts, "subjects", "baking", 0, no_list=2),
    ]
    nothing = [commit(parts, "questions", "weaving-0000", 0)]
    [line] = warned(parts, {"subjects": subjects, "questions": nothing})
    assert "Nothing came of this run: subjects lost all of its 7 rows" in line
    assert "4 losses being no_list (the first: row 0 has no list)" in line
    assert "parts/subjects/*/losses-*.parquet" in line
    assert "`gleanery retry taxonomy.yaml --only no_list --ask-again`" in line


def test_rows_that_failed_are_taken_up_by_the_next_run(parts: Parts) -> None:
    [line] = warned(parts, {"subjects": [commit(parts, "subjects", "a", 0, True, timeout=2)]})
    assert "2 losses being timeout" in line
    assert "`gleanery run taxonomy.yaml` takes these rows up" in line
    assert "retry" not in line


def test_a_stage_that_asks_nothing_cannot_be_retried(parts: Parts) -> None:
    [line] = warned(parts, {"dedup": [commit(parts, "dedup", "a", 0, duplicate=2)]})
    assert "dedup lost all of its 2 rows" in line
    assert "retry" not in line


def test_a_run_into_which_nothing_went_says_so(parts: Parts) -> None:
    assert warned(parts, {"recall": [], "refine": []}) == [
        "Nothing came of this run: no row went into refine."
    ]


def test_parts_that_gave_nothing_while_others_did_are_named(parts: Parts) -> None:
    receipts = [commit(parts, "questions", f"d{n}", 0, unparseable=1) for n in range(7)]
    receipts += [commit(parts, "questions", "good", 3, unparseable=1)]
    receipts += [commit(parts, "questions", "without rows", 0)]
    [line] = warned(parts, {"questions": receipts})
    assert line.startswith("questions: 7 of 9 parts gave nothing: d0 (unparseable), d1 (unparse")
    assert "d4 (unparseable), …" in line
    assert "d5" not in line
    assert "`gleanery retry taxonomy.yaml --only unparseable --ask-again`" in line


def test_a_run_that_lost_some_rows_of_each_part_is_no_warning(parts: Parts) -> None:
    assert warned(parts, {"questions": [commit(parts, "questions", "a", 1, unparseable=9)]}) == []
