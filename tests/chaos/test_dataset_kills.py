"""`kill -9` of a dataset's build, in every stage and in its second release, until it is done."""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from dataset_answers import kind_of
from dataset_audit import check_dataset, check_releases, pointer, reasons, told
from dataset_runs import JUDGED_AT_ONCE, PROMPTS, write_another_batch
from kill_chain import Chain, Kill, after, asking, before, within
from pipeline_audit import newest_receipts, row_digests
from runs import Pipeline

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

PARTS = 2  # that ask at the same time, one of each batch
IN_FLIGHT = PARTS * JUDGED_AT_ONCE  # answers that wait until a part's journal takes them count too

# In the order of the flow, so that one chain of runs meets them all.
IN_EVERY_STAGE = [
    after("create", "parts/candidates/.*receipt"),
    after("create", "parts/heuristics/.*receipt"),
    before("create", "parts/agreement/.*receipt"),
    before("write", "leaks/index"),
    after("create", "parts/leaks/.*receipt"),
    before("create", "parts/signatures/.*receipt"),
    after("write", "vector_models/"),
    after("write", "journal/paraphrases/.*segment"),
    after("create", "parts/eligibility/pages/.*receipt"),
    before("create", "parts/duplicates/pages/.*receipt"),
    before("create", "parts/eligibility/rows/.*receipt"),
    after("create", "parts/duplicates/rows/.*receipt"),
    after("create", "parts/vectors/.*receipt"),
    before("create", "parts/semantic-duplicates/.*receipt"),
    after("write", "journal/judgements/.*segment", 2),
    after("create", "parts/judgements/.*receipt"),
    before("delete", "journal/judgements/.*segment"),
    before("create", "parts/selection/.*receipt"),
]
IN_THE_RELEASE = [
    before("write", "journal/judgements/.*segment", 2),
    after("write", "releases/v0001.*/data/"),
    after("create", "releases/v0001.*/manifest"),
    after("create", "releases/committed/0001"),
    after("write", "releases/latest"),
]
IN_THE_SECOND_RELEASE = [
    after("write", "releases/v0002.*/data/"),
    before("create", "releases/v0002.*/manifest"),
    before("create", "releases/committed/0002"),
    before("write", "releases/latest"),
]


def random_moments(draw: random.Random) -> list[Kill]:
    """Return kills at random moments: early, with each kind of request on its way, and late."""
    return [
        within(draw, "list", "parts/candidates/", 1.0),
        asking(draw, PROMPTS["paraphrase"], 1),
        asking(draw, PROMPTS["judgement"], 6),
        within(draw, "list", "parts/selection", 0.3),
        within(draw, "list", "releases/committed", 0.2),  # a release takes twice as long at least
    ]


@pytest.fixture
def chain(dataset: Callable[..., tuple[Pipeline, Any]]) -> Callable[..., Chain]:
    """Return a function that makes a dataset, and the chain of its runs and their kills."""

    def make(root: str | None = None) -> Chain:
        return Chain(*dataset(root), kind_of, IN_FLIGHT, PARTS)

    return make


@pytest.fixture(scope="module")
def found() -> dict[int, Any]:
    """Return what undisturbed runs came to, by their number: they are made once."""
    return {}


@pytest.fixture
def undisturbed(chain: Callable[..., Chain], found: dict[int, Any]) -> dict[int, Any]:
    """Return parts and release after one run that nothing disturbs, and after another batch."""
    if not found:
        quiet = chain()
        for number in (1, 2):
            ended = quiet.pipeline.run()
            assert not ended.error, ended.log[-3000:]
            store = quiet.pipeline.store
            check_dataset(store)
            found[number] = row_digests(store), told(store)
            assert len(check_releases(store)) == number
            if number == 1:
                exercises_every_stage(quiet)
                write_another_batch(quiet.pipeline.config["root"])
    return found


def exercises_every_stage(chain: Chain) -> None:
    """Fail unless each stage has rows to lose, and each of both judges is asked."""
    expected = {
        "duplicate_exact",
        "duplicate_semantic",
        "forgotten",
        "leak",
        "score_below:judge.correct",
        "superseded",
    }
    store = chain.pipeline.store
    assert reasons(store) == expected
    kept = Counter[str]()
    for (stage, _), receipt in newest_receipts(store).items():
        kept[stage] += receipt.rows_out
    assert min(kept.values()) > 0, kept
    assert {kind_of(entry["body"]) for entry in chain.stub.log()} == set(PROMPTS)


def test_kills_at_named_points_of_every_stage_lose_nothing(
    chain: Callable[..., Chain], undisturbed: dict[int, Any]
):
    killed = chain()
    for kill in IN_EVERY_STAGE:
        killed.kill([kill])
    finish(killed, undisturbed[1], releases=1)
    store, asked = killed.pipeline.store, killed.stub.counts()["asked"]
    [made] = check_releases(store)
    assert not killed.pipeline.run().error
    assert check_releases(store) == [made]  # it stands, and nobody is asked again
    assert killed.stub.counts()["asked"] == asked


def test_kills_at_named_points_of_a_release_on_s3_make_one_release(
    chain: Callable[..., Chain], undisturbed: dict[int, Any], bucket: str
):
    killed = chain(bucket)
    for kill in IN_THE_RELEASE:
        killed.kill([kill])
        check_releases(killed.pipeline.store)
    finish(killed, undisturbed[1], releases=1)


def test_kills_at_random_moments_lose_nothing(
    chain: Callable[..., Chain], undisturbed: dict[int, Any]
):
    seed = int(os.environ.get("CHAOS_SEED", random.randrange(10**6)))
    print(f"CHAOS_SEED={seed}")
    killed = chain()
    # Slow answers, so that requests are on their way when the kill comes, also on a busy machine.
    killed.stub.control(latency_s=0.4)
    kills = random_moments(random.Random(seed))
    while kills:  # a moment may come later than meant, so all that are left may come
        kills.remove(killed.kill(kills))
        check_releases(killed.pipeline.store)
    assert set(killed.killed_in_flight) == set(PROMPTS)
    killed.stub.control(latency_s=0.02)
    finish(killed, undisturbed[1], releases=1)


def test_first_release_stays_readable_while_the_second_is_killed(
    chain: Callable[..., Chain], undisturbed: dict[int, Any]
):
    killed = chain()
    store = killed.pipeline.store
    assert not killed.pipeline.run().error
    killed.remember()
    [first] = check_releases(store)
    write_another_batch(killed.pipeline.config["root"])
    with watched(lambda: check_releases(store)[0] == first) as looks:
        for kill in IN_THE_SECOND_RELEASE:
            killed.kill([kill])
            assert pointer(store) == first.version  # the last kill is just before it moves
            assert check_releases(store)[0] == first
        finish(killed, undisturbed[2], releases=2)
    assert len(looks) > len(IN_THE_SECOND_RELEASE)
    assert all(looks)
    assert pointer(store) != first.version


@contextmanager
def watched(look: Callable[[], bool]) -> Iterator[Sequence[bool]]:
    """Yield what `look` says, over and over while the block runs; it raises what a look raises."""
    seen: list[bool] = []
    errors: list[Exception] = []
    done = threading.Event()

    def keep_looking() -> None:
        while not done.wait(0.3):
            try:
                seen.append(look())
            except Exception as error:
                errors.append(error)
                return

    looking = threading.Thread(target=keep_looking)
    looking.start()
    try:
        yield seen
    finally:
        done.set()
        looking.join()
    if errors:
        raise errors[0]


def finish(chain: Chain, undisturbed: tuple[dict[str, str], dict[str, Any]], releases: int) -> None:
    """Run to the end: parts and releases are those of runs that nothing disturbed."""
    chain.finish()
    store = chain.pipeline.store
    check_dataset(store)
    assert len(check_releases(store)) == releases
    parts, release = undisturbed
    assert row_digests(store) == parts
    assert told(store) == release
