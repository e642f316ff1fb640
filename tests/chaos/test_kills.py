"""`kill -9` of the whole run, at named points and at random moments, until it is complete."""

import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from kill_chain import Chain, Kill, after, asking, before, within
from pipeline_audit import LLM_STAGES, check_complete, row_digests
from responder import stage_of
from runs import Pipeline

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

RESPONDER = str(Path(__file__).with_name("responder.py"))
IN_FLIGHT = 4  # of the pipeline's engine
PARTS = 2  # that ask at the same time

# In the order of the pipeline, so that one chain of runs meets them all. Each process counts its
# own events.
NAMED_POINTS = [
    before("create", "parts/calibration-pages/.*receipt"),  # data before receipt
    after("write", "classifiers/"),
    before("create", "parts/calibration-round/.*receipt"),
    after("write", "journal/judge-sites/.*segment"),
    before("create", "parts/judge-sites/.*receipt"),
    after("write", "journal/judge-sites/.*compact"),  # merged, and the old ones still there
    before("create", "parts/policy/.*receipt"),
    before("create", "batches/batch-"),  # while the batch is sealed
    after("create", "batches/batch-"),
    before("create", "parts/recall/.*receipt"),
    after("create", "parts/recall/.*receipt"),
    after("create", "parts/dedup/.*receipt"),
    after("write", "journal/extract/.*segment", 2),
    before("create", "parts/extract/.*receipt"),
    after("write", "journal/extract/.*compact"),
    after("delete", "journal/extract/.*segment"),
    before("write", "journal/refine/.*segment", 3),
    before("create", "parts/refine/.*receipt"),
    before("delete", "journal/refine/.*segment", 2),
    before("write", "batches/finished-"),
]


def random_moments(draw: random.Random) -> list[Kill]:
    """Return kills at random moments of every stage; of a stage that asks, with its requests."""

    return [
        within(draw, "list", "parts/calibration-pages/", 1.5),
        within(draw, "list", "parts/calibration-round/", 0.3),
        asking(draw, "You choose websites", 2),
        within(draw, "list", "parts/recall/", 0.3),
        within(draw, "list", "parts/dedup/", 0.1),
        asking(draw, "You collect questions", 10),
        asking(draw, "You collect questions", 10),
        asking(draw, "You edit question-answer pairs", 10),
        asking(draw, "You edit question-answer pairs", 20),
        within(draw, "write", "batches/finished-", 0.3),
    ]


def kind_of(body: dict[str, Any]) -> str:
    return stage_of(body["messages"][-1]["content"])


def finish(chain: Chain) -> None:
    """Run to the end, and check all that must hold of a complete harvest."""
    chain.finish()
    store = chain.pipeline.store
    assert [info.path for info in store.list("batches")] == [
        "batches/batch-000001.json",
        "batches/finished-000001.json",
    ]
    check_complete(store)


@pytest.fixture
def chain(
    pipeline: Callable[..., Pipeline],
    llm_stub: Callable[..., Any],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str, str], Chain]:
    """Return a function that makes a chain on "disk" or "s3" with "equal" or "fresh" answers."""

    def make(storage: str, answers: str) -> Chain:
        if answers == "fresh":
            monkeypatch.setenv("STUB_FRESH", "1")
        stub = llm_stub("--responder", RESPONDER, "--latency", "0.05")
        root = request.getfixturevalue("bucket") if storage == "s3" else None
        return Chain(pipeline(stub.url, root), stub, kind_of, IN_FLIGHT, PARTS)

    return make


@pytest.mark.parametrize(
    ("storage", "answers", "kills"),
    [("disk", "equal", NAMED_POINTS), ("s3", "fresh", NAMED_POINTS[1::2])],
    ids=["disk", "s3"],
)
def test_kills_at_named_points_lose_nothing(
    storage: str,
    answers: str,
    kills: Sequence[Kill],
    chain: Callable[[str, str], Chain],
    undisturbed: dict[str, str],
):
    chained = chain(storage, answers)
    for kill in kills:
        chained.kill([kill])
    finish(chained)
    if answers == "equal":
        assert row_digests(chained.pipeline.store) == undisturbed


@pytest.mark.parametrize(("storage", "answers"), [("disk", "fresh"), ("s3", "equal")])
def test_kills_at_random_moments_lose_nothing(
    storage: str,
    answers: str,
    chain: Callable[[str, str], Chain],
    undisturbed: dict[str, str],
):
    seed = int(os.environ.get("CHAOS_SEED", random.randrange(10**6)))
    print(f"CHAOS_SEED={seed}")
    chained = chain(storage, answers)
    # Slow answers, so that requests are on their way when the kill comes, also on a busy machine.
    chained.stub.control(latency_s=0.6)
    kills = random_moments(random.Random(seed))
    while kills:  # a moment may come later than meant, so all that are left may come
        kills.remove(chained.kill(kills))
    assert all(chained.killed_in_flight[stage] for stage in LLM_STAGES)
    chained.stub.control(latency_s=0.02)
    finish(chained)
    if answers == "equal":
        assert row_digests(chained.pipeline.store) == undisturbed
