"""`kill -9` of both syntheses, at named points and at random moments, until they are complete."""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from kill_chain import Chain, Kill, after, asking, before, within
from pipeline_audit import row_digests
from runs import Pipeline
from synthesis_audit import check_synthesis
from synthesis_runs import KINDS, PROMPTS, kind_of

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

IN_FLIGHT = {"taxonomy": 4, "skills": 8}  # of one engine, and of writer and judge
PARTS = 2  # that ask at the same time

# In the order of the flow, so that one chain of runs meets them all.
NAMED_POINTS = {
    "taxonomy": [
        after("write", "journal/subjects/.*segment"),
        before("create", "parts/subjects/.*receipt"),
        after("write", "journal/syllabi/.*compact"),
        after("create", "parts/plans/.*receipt"),  # one discipline's plans are drawn
        before("write", "journal/questions/.*segment", 2),
        after("create", "parts/questions/.*receipt"),
        after("write", "journal/examples/.*segment", 2),
        before("delete", "journal/examples/.*segment"),
    ],
    "skills": [
        before("create", "epochs/epoch-"),
        after("create", "epochs/epoch-"),
        after("write", "journal/skill-examples/.*segment", 2),
        before("write", "journal/skill-examples/.*segment", 4),
        before("create", "parts/skill-examples/.*receipt"),
        after("write", "journal/skill-examples/.*compact"),
        before("create", "parts/examples/.*receipt"),
        after("create", "parts/examples/.*receipt"),
    ],
}


def random_moments(method: str, draw: random.Random) -> list[Kill]:
    """Return kills at random moments, one at least with each kind of request on its way."""
    asked = [asking(draw, PROMPTS[kind], 3) for kind in KINDS[method]]
    first, last = {
        "taxonomy": ("parts/subjects/", "parts/examples/"),
        "skills": ("epochs", "parts/examples/"),
    }[method]
    return [within(draw, "list", first, 0.3), *asked, within(draw, "create", last, 0.05)]


@pytest.fixture
def chain(
    synthesis: Callable[..., tuple[Pipeline, Any]],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str, str, str], Chain]:
    """Return a function that makes a chain on "disk" or "s3" with "equal" or "fresh" answers."""

    def make(method: str, storage: str, answers: str) -> Chain:
        if answers == "fresh":
            monkeypatch.setenv("STUB_FRESH", "1")
        root = request.getfixturevalue("bucket") if storage == "s3" else None
        made, stub = synthesis(method, root)
        return Chain(made, stub, kind_of, IN_FLIGHT[method], PARTS)

    return make


@pytest.mark.parametrize(
    ("method", "storage", "answers"),
    [("taxonomy", "s3", "equal"), ("skills", "disk", "fresh")],
)
def test_kills_at_named_points_lose_nothing(
    method: str,
    storage: str,
    answers: str,
    chain: Callable[[str, str, str], Chain],
    undisturbed_synthesis: Callable[[str], dict[str, str]],
):
    chained = chain(method, storage, answers)
    chained.stub.control(latency_s=0.05)
    for kill in NAMED_POINTS[method]:
        chained.kill([kill])
    finish(chained, answers == "equal" and undisturbed_synthesis(method))


@pytest.mark.parametrize(
    ("method", "storage", "answers"),
    [("taxonomy", "disk", "fresh"), ("skills", "s3", "equal")],
)
def test_kills_at_random_moments_lose_nothing(
    method: str,
    storage: str,
    answers: str,
    chain: Callable[[str, str, str], Chain],
    undisturbed_synthesis: Callable[[str], dict[str, str]],
):
    seed = int(os.environ.get("CHAOS_SEED", random.randrange(10**6)))
    print(f"CHAOS_SEED={seed}")
    chained = chain(method, storage, answers)
    # Slow answers, so that requests are on their way when the kill comes, also on a busy machine.
    chained.stub.control(latency_s=0.6)
    kills = random_moments(method, random.Random(seed))
    while kills:  # a moment may come later than meant, so all that are left may come
        kills.remove(chained.kill(kills))
    assert set(chained.killed_in_flight) == set(KINDS[method])
    chained.stub.control(latency_s=0.02)
    finish(chained, answers == "equal" and undisturbed_synthesis(method))


def finish(chain: Chain, undisturbed: dict[str, str] | bool) -> None:
    """Run to the end; the synthesis is whole, and its rows are those of an `undisturbed` run."""
    chain.finish()
    check_synthesis(chain.pipeline.store)
    if undisturbed:
        assert row_digests(chain.pipeline.store) == undisturbed
