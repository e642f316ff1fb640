"""A part of plans against a model server: examples, losses, resume, and what a change costs."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.budget import BudgetConfig, open_budget
from gleanery.infra.digests import digest
from gleanery.infra.incremental import Retry
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.room import engine_room
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Input, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.llm_part import OPEN_REASONS, LLMRun, run_llm_part
from gleanery.tasks.records import Example
from gleanery.tasks.skills.generate_config import GenerationConfig
from gleanery.tasks.skills.generation_part import generation_part
from gleanery.tasks.skills.records import QueryType, Skill, SkillPlan
from gleanery.tasks.skills.stages import SKILL_EXAMPLES

RESPONDER = Path(__file__).with_name("skill_example_answers.py")
COUNT = 10
LEAKING = 2  # of the ten plans, those that the stub answers with a leak


def skills() -> list[Skill]:
    return [
        Skill(
            id=f"s{n}",
            name=f"skill {n}",
            definition=f"Being good at skill {n}.",
            topic="",
            aliases=[],
            origin="written",
        )
        for n in range(COUNT + 1)
    ]


KINDS = [QueryType(id="q", name="advice", definition="Asks what to do.", example="")]
PLANS = [
    SkillPlan(id=f"plan-{n}", epoch=0, index=n, skills=[f"s{n}"], query_type="q", split="train")
    for n in range(COUNT)
]


def run_part(
    store: Store,
    url: str,
    rows: Sequence[Skill] = (),
    retry: Retry | None = None,
    **config: Any,
) -> Receipt:
    engine = EngineConfig(model="stub-model", base_urls=(url,), max_tries=1)
    combined = rows or skills()
    inputs = (
        Input(
            stage="skills", part="all", row_digest=digest([one.model_dump() for one in combined])
        ),
    )
    with engine_room() as room:
        run = LLMRun(Parts(store), room, open_budget(BudgetConfig(), store), retry=retry)
        part = generation_part(
            "e0000-00000",
            inputs,
            lambda: (PLANS, combined, KINDS),
            GenerationConfig(**config),
            [engine, engine],
        )
        return run_llm_part(run, part)[0]


@pytest.mark.parametrize("structured", [False, True])
def test_a_part_of_plans_becomes_examples_and_typed_losses(
    tmp_path: Path, llm_stub: Callable[..., Any], structured: bool
) -> None:
    stub = llm_stub("--responder", str(RESPONDER))
    store = Store(str(tmp_path))
    receipt = run_part(store, stub.url, structured=structured, verify=True)

    assert (receipt.stage, receipt.rows_in) == (SKILL_EXAMPLES, COUNT)
    assert receipt.rejected == {"meta_preamble": LEAKING}
    assert receipt.closed
    # Three turns and a verdict for each that is kept; three turns in two tries for the others.
    assert stub.counts()["asked"] == 4 * (COUNT - LEAKING) + 6 * LEAKING
    examples = Parts(store).rows(receipt, Example)
    assert [example.plan_id for example in examples] == [
        plan.id for plan in PLANS if plan.index not in (4, 9)
    ]
    kept = examples[0]
    assert "dance floor" in kept.messages[1].content
    assert [call.step for call in kept.calls] == ["draft", "critique", "revision", "verification"]
    assert {score.name: score.value for score in kept.scores}["exercises:s0"] == 1


def test_a_run_that_breaks_off_is_taken_up_and_pays_for_no_answer_twice(
    tmp_path: Path, llm_stub: Callable[..., Any]
) -> None:
    stub = llm_stub("--responder", str(RESPONDER))
    store, undisturbed = Store(str(tmp_path / "a")), Store(str(tmp_path / "b"))
    stub.control(faults=[{"kind": "status", "status": 500, "after": 9, "times": 4}])
    broken = run_part(store, stub.url)
    assert not broken.closed
    assert broken.failed.keys() <= OPEN_REASONS
    answered = stub.counts()["answered"]
    stub.control(faults=[])
    mended = run_part(store, stub.url)
    assert mended.closed
    assert stub.counts()["answered"] == 3 * (COUNT - LEAKING) + 6 * LEAKING
    assert mended.usage.sent == stub.counts()["answered"] - answered
    whole = run_part(undisturbed, stub.url)
    assert mended.row_digest == whole.row_digest
    assert mended.rejected == whole.rejected


def test_a_changed_skill_asks_again_for_its_own_plan_alone(
    tmp_path: Path, llm_stub: Callable[..., Any]
) -> None:
    stub = llm_stub("--responder", str(RESPONDER))
    store = Store(str(tmp_path))
    first = run_part(store, stub.url)
    asked = stub.counts()["asked"]
    changed = skills()
    changed[2] = changed[2].model_copy(update={"definition": "Being good at skill 20."})
    second = run_part(store, stub.url, changed)
    assert stub.counts()["asked"] == asked + 3
    before, after = (Parts(store).rows(receipt, Example) for receipt in (first, second))
    assert [b.id == a.id for b, a in zip(before, after, strict=True)].count(False) == 1
    assert "30 tables" in after[2].messages[1].content


def test_what_was_rejected_can_be_asked_again_alone(
    tmp_path: Path, llm_stub: Callable[..., Any]
) -> None:
    stub = llm_stub("--responder", str(RESPONDER))
    store = Store(str(tmp_path))
    run_part(store, stub.url)
    asked = stub.counts()["asked"]
    again = run_part(store, stub.url, retry=Retry("meta_preamble", ask_again=True))
    assert again.rejected == {"meta_preamble": LEAKING}
    assert stub.counts()["asked"] == asked + 6 * LEAKING


def test_verification_without_a_second_model_is_an_error_at_once() -> None:
    with pytest.raises(ValueError, match="name the engine that verifies"):
        generation_part("p", (), lambda: ([], [], []), GenerationConfig(verify=True), [])


def test_only_what_decides_the_examples_is_in_the_key() -> None:
    def key(url: str = "http://a/v1", model: str = "judge", **config: Any) -> str:
        writer = EngineConfig(model="writer", base_urls=(url,))
        judge = EngineConfig(model=model)
        values = GenerationConfig(**config)
        return generation_part("p", (), lambda: ([], [], []), values, [writer, judge]).plan.key

    assert key() == key(url="http://b/v1") == key(model="other")
    assert key(verify=True) != key(verify=True, model="other")
    assert len({key(), key(verify=True), key(tries=3), key(structured=True)}) == 4
