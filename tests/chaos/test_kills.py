"""`kill -9` of the whole run, at named points and at random moments, until it is complete."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pipeline_audit import (
    LLM_STAGES,
    check_complete,
    journalled,
    row_digests,
)
from responder import stage_of
from runs import FLUSH_AFTER_ANSWERS, Pipeline

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

RESPONDER = str(Path(__file__).with_name("responder.py"))
IN_FLIGHT = 4  # of the pipeline's engine
PARTS = 2  # that ask at the same time

Kill = dict[str, Any]


def before(on: str, match: str, nth: int = 1) -> Kill:
    return {"on": on, "match": match, "nth": nth, "when": "before"}


def after(on: str, match: str, nth: int = 1) -> Kill:
    return {"on": on, "match": match, "nth": nth, "when": "after"}


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

    def within(on: str, match: str, seconds: float) -> Kill:
        return {**after(on, match), "delay_s": round(draw.uniform(0.001, seconds), 3)}

    def asking(prompt: str, most: int) -> Kill:
        return {**before("ask", prompt, draw.randint(1, most)), "delay_s": 0.25}

    return [
        within("list", "parts/calibration-pages/", 1.5),
        within("list", "parts/calibration-round/", 0.3),
        asking("You choose websites", 2),
        within("list", "parts/recall/", 0.3),
        within("list", "parts/dedup/", 0.1),
        asking("You collect questions", 10),
        asking("You collect questions", 10),
        asking("You edit question-answer pairs", 10),
        asking("You edit question-answer pairs", 20),
        within("write", "batches/finished-", 0.3),
    ]


@dataclass
class Chain:
    """Runs of one pipeline, killed one after the other, and what each kill left."""

    pipeline: Pipeline
    stub: Any
    killed_at: list[str] = field(default_factory=list)
    killed_in_flight: Counter[str] = field(default_factory=Counter)
    _kept: dict[tuple[str, str], Any] = field(default_factory=dict)
    _asked: dict[str, int] = field(default_factory=dict)
    _logged: int = 0

    def kill(self, kills: Sequence[Kill]) -> Kill:
        """Run until the first of the kills comes, look at what is left, and return that kill."""
        ended = self.pipeline.run(kills=kills)
        assert ended.killed_at, f"none of these came: {kills}\n{ended.log[-5000:]}"
        number, _, point = ended.killed_at.partition(" ")
        self.killed_at.append(point)
        time.sleep(0.1)  # the stub notices that its client is gone
        self.check_nothing_kept_was_asked_again()
        for entry in self.stub.log()[self._logged :]:
            if entry["text"] is None:
                self.killed_in_flight[stage_of(entry["body"]["messages"][-1]["content"])] += 1
        self.remember()
        return kills[int(number)]

    def remember(self) -> None:
        """Note every answer in storage, how often each was asked, and what the kill has cost."""
        kept = journalled(self.pipeline.store)
        for place, answer in self._kept.items():
            assert kept[place] == answer, f"the answer {place} is not what it was"
        self._kept = kept
        self._logged = len(self.stub.log())
        counts = self.stub.counts()["keys"]
        stub_keys = self.pipeline.stub_keys
        kept_keys = {stub_keys[key] for _, key in kept}
        self._asked = {key: counts[key]["asked"] for key in kept_keys}
        lost = counts.keys() - kept_keys
        most = PARTS * (IN_FLIGHT + FLUSH_AFTER_ANSWERS)
        assert len(lost) <= most, f"a kill at {self.killed_at[-1:]} lost {len(lost)} answers"

    def check_nothing_kept_was_asked_again(self) -> None:
        counts = self.stub.counts()["keys"]
        asked_again = {key for key, times in self._asked.items() if counts[key]["asked"] > times}
        assert not asked_again

    def finish(self) -> None:
        """Run to the end, and check all that must hold of a complete pipeline."""
        print(f"{len(self.killed_at)} kills:", *self.killed_at, sep="\n  ")
        print("in flight:", dict(self.killed_in_flight))
        ended = self.pipeline.run()
        assert not ended.error, ended.log[-3000:]
        assert not ended.failed
        self.check_nothing_kept_was_asked_again()
        self.remember()
        store = self.pipeline.store
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
        return Chain(pipeline(stub.url, root), stub)

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
    chained.finish()
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
    chained.finish()
    if answers == "equal":
        assert row_digests(chained.pipeline.store) == undisturbed
