"""Which parts become tasks: those that stand already do not, and are told and counted instead."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prefect import flow, task
from prefect.futures import PrefectFuture
from prefect.tasks import Task

from gleanery.flows.fan_out import do_parts, look_at_all
from gleanery.flows.progress import StageProgress

STAGES = ("subjects", "syllabi", "plans", "questions", "examples")


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the tasks that are submitted from now on."""
    names: list[str] = []
    submit = Task.submit

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        names.append(self.name)
        return submit(self, *args, **kwargs)

    monkeypatch.setattr(Task, "submit", counted)
    return names


def write_tree(path: Path, *disciplines: str) -> None:
    path.write_text("- Crafts:\n" + "".join(f"    - {name}\n" for name in disciplines))


def test_only_what_is_new_in_a_taxonomy_makes_tasks(
    synthesis: Callable[..., Any],
    submitted: list[str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tree = tmp_path / "taxonomy.yaml"
    plans = {"plans_per_subject": 17}  # two slices
    made = synthesis("taxonomy", taxonomy=str(tree), subjects={"queries": 1}, plans=plans)
    write_tree(tree, "Weaving", "Carpentry")
    made.run()
    assert len(submitted) == 2 * (3 + 2 * 2)
    examples = [example.id for example in made.examples]
    submitted.clear()
    with caplog.at_level(logging.INFO):
        made.run()
    assert submitted == []
    assert [example.id for example in made.examples] == examples
    assert [output.reused for output in made.outputs] == [2, 2, 4, 4, 4]
    for stage, parts in zip(STAGES, (2, 2, 2, 4, 4), strict=True):
        assert f"{stage}: {parts} of {parts} parts stand already" in caplog.text
    write_tree(tree, "Weaving", "Baking", "Carpentry")
    made.run()
    assert len(submitted) == 3 + 2 * 2
    assert [output.reused for output in made.outputs] == [2, 2, 4, 4, 4]
    # In the order of the tree, the new one between those that stood.
    subjects = [part.part for part in made.outputs[0].parts]
    assert subjects == ["crafts--weaving", "crafts--baking", "crafts--carpentry"]


def test_only_what_is_new_in_a_skill_set_makes_tasks(
    synthesis: Callable[..., Any], submitted: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "skills.yaml"
    names = ("weighing trade-offs", "reasoning from an analogy", "checking for errors")
    path.write_text("skills:\n" + "".join(f"  - {name}\n" for name in names))
    made = synthesis("skills", skills=str(path), plans={"count": 4, "plans_per_slice": 2})
    made.run()
    assert len(submitted) == 2 + 2
    submitted.clear()
    made.run()
    assert submitted == []
    assert [output.reused for output in made.outputs] == [2, 2]
    made.config["plans"]["count"] = 6
    made.run()
    assert len(submitted) == 1 + 1
    assert [output.reused for output in made.outputs] == [2, 2]


def test_a_part_with_open_rows_is_a_task_again(
    synthesis: Callable[..., Any], submitted: list[str], tmp_path: Path
) -> None:
    tree = tmp_path / "taxonomy.yaml"
    write_tree(tree, "Weaving", "Carpentry")
    plans = {"plans_per_subject": 1}
    made = synthesis("taxonomy", taxonomy=str(tree), subjects={"queries": 1}, plans=plans)
    # The last step of one discipline alone: an answer shows its question, which names the course.
    made.stub.control(faults=[{"kind": "drop", "match": "homework", "times": 40}])
    made.run()
    failed = made.counts("failed")
    assert set(failed) == {"questions"}
    made.stub.control(faults=[])
    submitted.clear()
    made.run()
    assert made.counts("failed") == {}
    assert submitted == ["ask for part"] * 4  # questions, and the answers that follow from them


def test_a_look_that_fails_is_left_to_the_task_of_its_part_and_the_others_end(
    prefect_api: str,
) -> None:
    done: list[int] = []

    @task
    def make(number: int) -> int:
        if number == 2:
            raise OSError("the receipt of part 2 cannot be read")
        done.append(number)
        return number

    def stands(number: int) -> int | None:
        if number == 2:
            raise OSError("the receipt of part 2 cannot be read")
        return number if number == 1 else None

    def submit(number: int) -> PrefectFuture[int]:
        return make.submit(number)

    @flow
    def fan_out() -> list[int]:
        with StageProgress("stage", 4) as progress:
            return do_parts("stage", [1, 2, 3, 4], stands, submit, progress)

    with pytest.raises(OSError, match="part 2 cannot be read"):
        fan_out()
    assert sorted(done) == [3, 4]


def test_many_are_looked_at_at_once_and_come_back_in_order() -> None:
    together = threading.Barrier(8)

    def look(number: int) -> int:
        together.wait(10)  # passed by eight at a time only
        return number

    assert look_at_all(look, range(64)) == list(range(64))
