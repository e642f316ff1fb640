from pathlib import Path

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan
from gleanery.infra.storage import Store
from gleanery.tasks.distinct_part import keep_distinct
from gleanery.tasks.records import ChatMessage, Example

STAGE = "responses"
SHIP = "A ship of 300 tonnes floats in fresh water. How much water does it displace?"


def example(name: str, instruction: str, group: str = "g") -> Example:
    return Example(
        id=name,
        method="skills",
        strategy="skills_1",
        plan_id=name,
        group=group,
        nodes=[],
        labels=[],
        split="train",
        messages=[
            ChatMessage(role="user", content=instruction),
            ChatMessage(role="assistant", content="300 tonnes."),
        ],
        calls=[],
        scores=[],
    )


def make(parts: Parts, part: str, *examples: Example) -> None:
    plan = Plan(stage=STAGE, version=1, part=part, inputs=(), decides={})
    newest = parts.newest(STAGE, part)
    parts.commit(plan, Outcome(examples, [], [], len(examples)), Example, 0.0, newest)


def kept(parts: Parts, names: list[str], number: int) -> tuple[list[str], dict[str, int], bool]:
    made = keep_distinct(parts, STAGE, names, number)
    assert made
    receipt, stood = made
    return [row.id for row in parts.rows(receipt, Example)], receipt.rejected, stood


def test_later_of_two_alike_goes_also_when_they_are_in_different_parts(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    other = example("c", "Why does ice float on water, and why do pipes burst in winter?")
    make(parts, "one", example("a", SHIP))
    make(parts, "two", example("b", SHIP.replace("300", "40"), "of other skills"), other)
    names = ["one", "two"]
    assert kept(parts, names, 0) == (["a"], {}, False)
    assert kept(parts, names, 1) == (["c"], {"near_identical": 1}, False)
    assert kept(parts, names, 1) == (["c"], {"near_identical": 1}, True)


def test_part_is_looked_at_again_when_an_earlier_one_has_grown(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    names = ["one", "two"]
    make(parts, "one")
    make(parts, "two", example("b", SHIP))
    assert kept(parts, names, 1) == (["b"], {}, False)
    make(parts, "one", example("a", SHIP))
    assert kept(parts, names, 1) == ([], {"near_identical": 1}, False)


def test_part_that_is_not_made_yet_waits(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    make(parts, "one", example("a", SHIP))
    assert keep_distinct(parts, STAGE, ["one", "two"], 1) is None
