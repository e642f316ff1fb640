"""A storage or a model server that fails: the run says what is missing, the next completes it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pipeline_audit import (
    check_complete,
    check_no_row_is_lost_or_doubled,
    check_receipts,
    newest_receipts,
    row_digests,
)
from runs import Pipeline

from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.llm_part import OPEN_REASONS
from gleanery.tasks.stage_inputs import kept_documents

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

RESPONDER = str(Path(__file__).with_name("responder.py"))

# All at once, each a few times: what retries mend in one run.
PASSING_STORAGE_FAULTS = [
    {"action": "error", "status": 503, "method": "PUT", "path": "/parts/", "times": 2},
    {"action": "error", "status": 500, "method": "GET", "path": "list-type", "times": 2},
    {"action": "reset", "method": "PUT", "path": "/journal/", "times": 2},
    {"action": "lost_answer", "method": "PUT", "path": "/journal/extract", "times": 2},
    {"action": "lost_answer", "method": "PUT", "path": "receipt-", "times": 8},
    {"action": "lost_answer", "method": "PUT", "path": "/batch-", "times": 1},
    {"action": "delay", "seconds": 1, "method": "PUT", "path": "/parts/refine", "times": 2},
    {"action": "cut_body", "method": "GET", "path": "/parts/recall/.*data-", "times": 1},
    {"action": "reset", "method": "DELETE", "path": "/journal/", "times": 2},
]
# Until someone mends it: the run ends and says where.
LASTING_STORAGE_FAULTS = [
    {"action": "error", "status": 503, "path": "/parts/extract/.*receipt-", "method": "PUT"},
    {"action": "reset", "path": "/journal/refine/.*segment", "method": "PUT"},
]

PASSING_MODEL_FAULTS = [
    {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}, "times": 2},
    {"kind": "status", "status": 429, "times": 3},
    {"kind": "status", "status": 500, "times": 2, "after": 12},
    {"kind": "hang", "times": 1, "after": 20},
    {"kind": "cut", "times": 1, "after": 25},
    {"kind": "drop", "times": 1, "after": 30},
    {"kind": "invalid_json", "times": 1, "after": 35},
    {"kind": "empty_choices", "times": 1, "after": 40},
    {"kind": "no_content", "times": 1, "after": 45},
    {"kind": "html", "times": 1, "after": 50},
]
# Each strikes one page's request every time, so that it ends without an answer.
LASTING_MODEL_FAULTS = [
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
    {"kind": "hang"},
    {"kind": "cut"},
    {"kind": "invalid_json"},
    {"kind": "empty_choices"},
]
SHORT_WAITS = [0.05, 0.1, 0.2]  # between tries of the storage, where it stays down anyway


@pytest.fixture
def stub(llm_stub: Callable[..., Any]) -> Any:
    return llm_stub("--responder", RESPONDER)


@pytest.fixture
def faulty(faulty_s3: Any, pipeline: Callable[..., Pipeline], stub: Any) -> Pipeline:
    """Return a pipeline whose storage is behind the proxy that `faulty_s3` scripts."""
    root = faulty_s3.healthy.root.removesuffix("/prefix")
    made = pipeline(stub.url, root)
    made.environment["AWS_ENDPOINT_URL"] = faulty_s3.address
    return made


def test_storage_that_fails_now_and_then_changes_nothing(
    faulty: Pipeline, faulty_s3: Any, undisturbed: dict[str, str]
):
    faulty_s3.script(*PASSING_STORAGE_FAULTS)
    ended = faulty.run()
    assert not ended.error, ended.log[-3000:]
    assert not ended.failed
    check_complete(faulty.store)
    assert row_digests(faulty.store) == undisturbed


@pytest.mark.parametrize("fault", LASTING_STORAGE_FAULTS, ids=["receipt", "segment"])
def test_storage_that_stays_down_ends_the_run_and_the_next_one_completes_it(
    fault: dict[str, Any],
    faulty: Pipeline,
    faulty_s3: Any,
    stub: Any,
    undisturbed: dict[str, str],
):
    faulty_s3.script({**fault, "times": -1})
    ended = faulty.run(storage_waits=SHORT_WAITS)
    assert "StorageError" in ended.error
    assert "cannot" in ended.error
    check_receipts(faulty.store)
    faulty_s3.script()
    asked = stub.counts()["asked"]
    ended = faulty.run()
    assert not ended.error, ended.log[-3000:]
    check_complete(faulty.store)
    assert row_digests(faulty.store) == undisturbed
    if "receipt" in fault["path"]:  # every answer was safe already
        assert stub.counts()["asked"] - asked == ended.sent["refine"]


@pytest.fixture
def archives(faulty_s3: Any, corpus: Path) -> Callable[[str], None]:
    """Return a function that puts an archive of the corpus into the bucket, below `crawl/`."""

    def put(name: str) -> None:
        source = Store(faulty_s3.healthy.root.removesuffix("/prefix"))
        [file] = corpus.glob(f"*/{name}")
        source.write_file(f"crawl/{name}", file)

    return put


def test_archives_that_fail_now_and_then_are_read_whole(
    faulty: Pipeline, faulty_s3: Any, archives: Callable[[str], None]
):
    archives("a.warc.gz")
    faulty.config["source"] = {"format": "warc", "paths": [f"{faulty.config['root']}/crawl"]}
    faulty_s3.script(
        {"action": "reset", "method": "GET", "path": "/crawl/a.warc.gz", "times": 2},
        {"action": "cut_body", "method": "GET", "path": "/crawl/a.warc.gz", "times": 2},
        {"action": "error", "status": 503, "method": "GET", "path": "/crawl/a.warc.gz"},
    )
    ended = faulty.run()
    assert not ended.error, ended.log[-3000:]
    assert {out["stage"]: out["rows_out"] for out in ended.outputs}["refine"] == 28
    check_complete(faulty.store)


def test_an_archive_that_may_not_be_read_holds_up_no_other_and_comes_in_later(
    faulty: Pipeline, faulty_s3: Any, archives: Callable[[str], None], stub: Any
):
    archives("a.warc.gz")
    faulty.config["source"] = {"format": "warc", "paths": [f"{faulty.config['root']}/crawl"]}
    seen_whole = faulty.run()
    assert not seen_whole.error, seen_whole.log[-3000:]
    archives("b.warc.gz")
    archives("c.warc.gz")
    faulty_s3.script(
        {"action": "error", "status": 403, "method": "GET", "path": "b.warc.gz", "times": -1}
    )
    for _ in range(2):  # it stays open however often it fails
        ended = faulty.run()
        assert not ended.error, ended.log[-3000:]
        assert ended.failed["recall"] == {"source_unavailable": 1}
    assert sum(key["asked"] for key in stub.counts()["keys"].values()) == 6 + 2 * 14 + 2 * 28
    faulty_s3.script()
    ended = faulty.run()
    assert not ended.error, ended.log[-3000:]
    assert not ended.failed
    assert ended.sent["extract"] == 14
    check_complete(faulty.store)


def test_a_spent_budget_ends_the_run_and_a_larger_one_goes_on(
    pipeline: Callable[..., Pipeline], stub: Any, undisturbed: dict[str, str]
):
    made = pipeline(stub.url, budget={"tokens": 30_000})
    ended = made.run()
    assert not ended.error, ended.log[-3000:]
    assert ended.failed["extract"].keys() == {"budget_exhausted"}
    asked = stub.counts()["asked"]
    ended = made.run()
    assert not ended.error, ended.log[-3000:]
    assert stub.counts()["asked"] == asked
    made.config["budget"] = {}
    ended = made.run()
    assert not ended.error, ended.log[-3000:]
    assert stub.counts()["asked"] == 90
    check_complete(made.store)
    assert row_digests(made.store) == undisturbed


def test_a_model_server_that_fails_now_and_then_changes_nothing(
    pipeline: Callable[..., Pipeline], stub: Any, undisturbed: dict[str, str]
):
    stub.control(faults=PASSING_MODEL_FAULTS)
    made = pipeline(stub.url)
    made.config["engine"] |= {"max_tries": 8}  # several may strike one request
    ended = made.run()
    assert not ended.error, ended.log[-3000:]
    assert not ended.failed
    check_complete(made.store)
    assert row_digests(made.store) == undisturbed


def test_requests_without_an_answer_are_named_and_the_next_run_asks_them_alone(
    pipeline: Callable[..., Pipeline], stub: Any, undisturbed: dict[str, str]
):
    made = pipeline(stub.url)
    made.config["engine"] |= {"request_timeout_s": 3, "deadline_s": 12, "outage_after_s": 90}
    pages = {
        f"Sheet {3 * page + 1} collects": fault for page, fault in enumerate(LASTING_MODEL_FAULTS)
    }
    stub.control(faults=[{**fault, "match": page} for page, fault in pages.items()])
    ended = made.run()
    assert not ended.error, ended.log[-3000:]
    assert sum(ended.failed["extract"].values()) == len(pages)
    assert ended.failed["extract"].keys() <= OPEN_REASONS
    check_receipts(made.store)
    assert lost_rows(made, "extract") == {"sheet/" + page.split()[1] for page in pages}
    stub.control(reset=True, faults=[])
    ended = made.run()
    assert not ended.error, ended.log[-3000:]
    assert not ended.failed
    assert (ended.sent["extract"], ended.sent["refine"]) == (len(pages), 2 * len(pages))
    check_complete(made.store)
    assert row_digests(made.store) == undisturbed


def test_answers_cut_by_length_are_rejected_and_can_be_asked_again(
    pipeline: Callable[..., Pipeline], stub: Any
):
    made = pipeline(stub.url)
    stub.control(
        faults=[
            {"kind": "length", "match": "Sheet 5 collects", "times": 1},
            {"kind": "length", "match": "You edit question-answer pairs", "times": 1},
        ]
    )
    ended = made.run()
    assert not ended.error, ended.log[-3000:]
    rejected = {out["stage"]: out["rejected"] for out in ended.outputs}
    assert rejected["extract"] == rejected["refine"] == {"truncated": 1}
    ended = made.run(again={"only": "truncated", "ask_again": True})
    assert not ended.error, ended.log[-3000:]
    assert (ended.sent["extract"], ended.sent["refine"]) == (1, 3)
    assert {out["stage"]: out["rows_out"] for out in ended.outputs}["refine"] == 56
    check_receipts(made.store)
    check_no_row_is_lost_or_doubled(made.store)


def test_a_retry_that_is_killed_half_done_is_taken_up_by_the_next_run(
    pipeline: Callable[..., Pipeline], stub: Any
):
    made = pipeline(stub.url)
    stub.control(faults=[{"kind": "length", "match": "Sheet 5 collects", "times": 1}])
    ended = made.run()
    assert not ended.error, ended.log[-3000:]
    # The answers are asked for again, of a server that is down, and the run dies with that.
    stub.control(faults=[{"kind": "drop"}])
    kill = {"on": "create", "match": "parts/extract/.*receipt", "when": "after", "delay_s": 0.1}
    ended = made.run(again={"only": "truncated", "ask_again": True}, kills=[kill])
    assert ended.killed_at
    stub.control(faults=[])
    ended = made.run()
    assert not ended.error, ended.log[-3000:]
    assert not ended.failed
    assert (ended.sent["extract"], ended.sent["refine"]) == (1, 2)
    check_no_row_is_lost_or_doubled(made.store)


def test_sites_without_a_verdict_end_the_run_by_name_and_the_next_one_judges_them(
    pipeline: Callable[..., Pipeline], stub: Any, undisturbed: dict[str, str]
):
    made = pipeline(stub.url)
    stub.control(faults=[{"kind": "status", "status": 500, "match": "mole-house.example"}])
    ended = made.run()
    assert "1 sites have no verdict yet (server_error)" in ended.error
    assert "run calibrate_recall again" in ended.error
    stub.control(reset=True, faults=[])
    ended = made.run()
    assert not ended.error, ended.log[-3000:]
    assert sorted(key["asked"] for key in stub.counts()["keys"].values()) == [1] * (1 + 28 + 56)
    check_complete(made.store)
    assert row_digests(made.store) == undisturbed


def lost_rows(pipeline: Pipeline, stage: str) -> set[str]:
    """Return the addresses, without their sites, of the documents that are still open."""
    parts = Parts(pipeline.store)
    found = set()
    for (name, part), receipt in newest_receipts(pipeline.store).items():
        if name == stage:
            ids = {loss.row_id for loss in parts.losses(receipt) if loss.reason in receipt.failed}
            documents = [d for d in kept_documents(parts, part) if d.id in ids]
            found |= {document.url.split(".example/")[1] for document in documents}
    return found
