"""Three nights in a row: new archives, a poisoned one, an endpoint that dies and comes back."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chaos_corpus import write_archive
from pipeline_audit import check_complete, journalled, newest_receipts, row_digests
from responder import stage_of
from runs import Ended, Pipeline

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

RESPONDER = str(Path(__file__).with_name("responder.py"))
NEW_PROMPT = "Read with great care."
NEW_PAGES = 10
DIES_AFTER = NEW_PAGES * 4 // 10


def asked_for(stub: Any) -> Counter[str]:
    """Return how many different requests the stub has seen, by stage."""
    prompts = {entry["key"]: entry["body"]["messages"][-1]["content"] for entry in stub.log()}
    return Counter(map(stage_of, prompts.values()))


def answered(stub: Any) -> Counter[str]:
    prompts = (entry["body"]["messages"][-1]["content"] for entry in stub.log() if entry["text"])
    return Counter(map(stage_of, prompts))


@pytest.fixture(params=["disk", "s3"])
def nights(
    request: pytest.FixtureRequest,
    pipeline: Callable[..., Pipeline],
    llm_stub: Callable[..., Any],
    corpus: Path,
    tmp_path: Path,
) -> tuple[Pipeline, Any, Path]:
    """Return a pipeline whose archives may grow, its model server, and the archives' folder."""
    archives = tmp_path / "archives"
    archives.mkdir()
    shutil.copy2(corpus / "archives" / "a.warc.gz", archives)
    stub = llm_stub("--responder", RESPONDER, "--latency", "0.02")
    root = request.getfixturevalue("bucket") if request.param == "s3" else None
    source = {"format": "warc", "paths": [str(archives)]}
    return pipeline(stub.url, root, source=source), stub, archives


def test_each_night_asks_only_for_what_is_new_or_failed(nights: tuple[Pipeline, Any, Path]):
    pipeline, stub, archives = nights

    first = pipeline.run()
    assert not first.error, first.log[-3000:]
    assert not first.failed
    assert asked_for(stub) == {"judge-sites": 6, "extract": 14, "refine": 28}
    of_the_first = row_digests(pipeline.store)

    second = second_night(pipeline, stub, archives)
    open_rows = second.failed["extract"]
    assert set(second.failed) == {"extract", "recall"}
    assert second.failed["recall"] == {"worker_died": 1}
    assert sum(open_rows.values()) == NEW_PAGES - DIES_AFTER
    assert answered(stub) == {"extract": DIES_AFTER, "refine": 2 * DIES_AFTER}
    assert "batch 2 is incomplete" in second.log

    kept = journalled(pipeline.store)
    third = third_night(pipeline, stub)
    assert not third.failed
    # The poisoned archive has killed its workers in two nights: it is out, and says so.
    assert {out["stage"]: out["rejected"] for out in third.outputs}["recall"]["quarantined"] == 1
    left = NEW_PAGES - DIES_AFTER
    assert asked_for(stub) == {"extract": left, "refine": 2 * left}
    asked = [entry["body"]["messages"][-1]["content"] for entry in stub.log()]
    assert all(NEW_PROMPT in prompt for prompt in asked if stage_of(prompt) == "extract")

    now = journalled(pipeline.store)
    assert {place: now[place] for place in kept} == kept
    check_complete(pipeline.store)
    digests = row_digests(pipeline.store)
    assert {part: digests[part] for part in of_the_first} == of_the_first
    pairs = {
        part: receipt.rows_out
        for (stage, part), receipt in newest_receipts(pipeline.store).items()
        if stage == "refine" and part.startswith("000002")
    }
    assert sorted(pairs.values()) == [0, 2 * NEW_PAGES]

    stub.control(reset=True)
    fourth = pipeline.run()
    assert not fourth.error, fourth.log[-3000:]
    assert stub.counts()["asked"] == 0


def second_night(pipeline: Pipeline, stub: Any, archives: Path) -> Ended:
    """Run with a new archive, a poisoned one, and an endpoint that dies at 40 % of a part."""
    write_archive(archives, "b", 14, NEW_PAGES)
    write_archive(archives, "c-poisoned", 60, 4)
    dead = {"kind": "drop", "match": "You collect questions", "after": DIES_AFTER}
    stub.control(reset=True, faults=[dead])
    second = pipeline.run(poison="c-poisoned")
    assert not second.error, second.log[-3000:]
    return second


def third_night(pipeline: Pipeline, stub: Any) -> Ended:
    """Run with the endpoint back and another extraction prompt."""
    stub.control(reset=True, faults=[])
    third = pipeline.run(poison="c-poisoned", extraction_prompt=NEW_PROMPT)
    assert not third.error, third.log[-3000:]
    return third


@pytest.mark.parametrize("nights", ["disk"], indirect=True)
def test_an_archive_that_kills_its_workers_takes_none_of_its_part_with_it(
    nights: tuple[Pipeline, Any, Path],
):
    pipeline, _, archives = nights
    first = pipeline.run()
    assert not first.error, first.log[-3000:]
    write_archive(archives, "b", 14, 4)
    write_archive(archives, "c-poisoned", 60, 4)
    pipeline.config["recall"] = {}  # small archives share a part
    for outcome, reason in (("failed", "worker_died"), ("rejected", "quarantined")):
        night = pipeline.run(poison="c-poisoned")
        assert not night.error, night.log[-3000:]
        assert {out["stage"]: out[outcome] for out in night.outputs}["recall"][reason] == 1
        pairs = {
            (stage, part): receipt.rows_out
            for (stage, part), receipt in newest_receipts(pipeline.store).items()
            if part.startswith("000002")
        }
        assert {stage: rows for (stage, _), rows in pairs.items()}["refine"] == 8
    check_complete(pipeline.store)
