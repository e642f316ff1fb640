"""Candidates: one form for what three methods make."""

from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.curation.candidates import from_examples, from_extracted, from_refined
from gleanery.tasks.curation.candidates_part import (
    SourcePart,
    gather_candidates,
    standing_candidates,
)
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import (
    ChatMessage,
    Document,
    Example,
    KeptDocument,
    QAPair,
    RefinedPair,
    Span,
)
from gleanery.tasks.stage_inputs import DEDUP, EXAMPLES, EXTRACT, RECALL, REFINE

PAGE = Document(
    id="d1",
    url="https://site.example/rates",
    domain="site.example",
    title="Rates",
    text="Find the rate. It is 3.",
    date="2026-01-02",
    source="s3://crawl/a.warc.gz",
    offset=512,
    record_id="<urn:1>",
    licence="CC BY 4.0",
    score=0.9,
    subject="maths",
    site_kind="education",
    markup_pairs=[],
)
KEPT = KeptDocument(document_id="d1", part="p", url_key="page-key", text_key="t")


def pair(**changes: Any) -> QAPair:
    values: dict[str, Any] = {
        "id": "q1",
        "document_id": "d1",
        "url": PAGE.url,
        "domain": PAGE.domain,
        "subject": "maths",
        "site_kind": "education",
        "licence": PAGE.licence,
        "question": "Find the rate.",
        "answer": "It is 3.",
        "question_spans": [Span(start=0, end=14)],
        "answer_spans": [Span(start=15, end=23)],
        "origin": "llm",
        "request_key": "asked",
        "model": "m",
        "prompt": "p",
    }
    return QAPair(**{**values, **changes})


def refined(number: int, answer: str, **changes: Any) -> RefinedPair:
    found = pair()
    values: dict[str, Any] = {
        "id": f"r{number}",
        "pair_id": found.id,
        "document_id": found.document_id,
        "question": found.question,
        "answer": answer,
        "original_question": found.question,
        "original_answer": found.answer,
        "outcome": "improved",
        "correction": "",
        "refiner": f"refiner {number}",
        "request_key": f"refine {number}",
        "model": f"refiner {number}",
        "prompt": "rp",
    }
    same = {
        name: getattr(found, name) for name in ("url", "domain", "subject", "site_kind", "licence")
    }
    return RefinedPair(**{**values, **same, **changes})


EXAMPLE = Example(
    id="e1",
    method="taxonomy",
    strategy="single_session",
    plan_id="plan",
    group="g",
    nodes=["physics", "motion"],
    labels=["Physics", "Motion"],
    split="held_out",
    messages=[
        ChatMessage(role="user", content="Why?"),
        ChatMessage(role="assistant", content="So."),
    ],
    calls=[],
    scores=[],
)


def test_refined_pair_keeps_its_original_its_page_and_both_calls() -> None:
    rows, losses = from_refined(
        [refined(1, "The rate is 3.")], {"q1": pair()}, {"d1": PAGE}, {"d1": KEPT}, "web", "p"
    )
    (row,) = rows
    assert losses == []
    assert (row.question, row.answer) == ("Find the rate.", "The rate is 3.")
    assert [turn.content for turn in row.original] == ["Find the rate.", "It is 3."]
    assert (row.origin, row.document_id, row.page) == ("q1", "d1", "page-key")
    assert row.page_text == "t"
    assert (row.archive, row.offset, row.licence) == (PAGE.source, 512, "CC BY 4.0")
    assert row.answer_spans == [Span(start=15, end=23)]
    assert [(call.step, call.request_key) for call in row.calls] == [
        ("extract", "asked"),
        ("refine", "refine 1"),
    ]


def test_two_refiners_that_write_the_same_make_one_candidate_with_the_calls_of_both() -> None:
    versions = [refined(1, "It is 3."), refined(2, "It is 3."), refined(3, "It is three.")]
    rows, losses = from_refined(versions, {"q1": pair()}, {"d1": PAGE}, {"d1": KEPT}, "web", "p")
    assert [row.id for row in rows] == ["r1", "r3"]
    assert [call.request_key for call in rows[0].calls] == ["asked", "refine 1", "refine 2"]
    assert [(loss.row_id, loss.reason) for loss in losses] == [("r2", "same_version")]


def test_version_of_a_pair_that_is_no_longer_found_is_told() -> None:
    rows, losses = from_refined([refined(1, "3")], {}, {"d1": PAGE}, {"d1": KEPT}, "web", "p")
    assert rows == []
    assert [loss.reason for loss in losses] == ["outdated"]


def test_extracted_pair_is_another_candidate_than_its_refined_version() -> None:
    (row,), losses = from_extracted([pair()], {"d1": PAGE}, {"d1": KEPT}, "web", "p")
    assert losses == []
    assert row.id != pair().id
    assert row.original == []
    assert from_extracted([pair()], {}, {"d1": KEPT}, "web", "p")[1][0].reason == "outdated"


def test_declared_pair_was_asked_of_no_model() -> None:
    (row,), _ = from_extracted(
        [pair(origin="markup", request_key="")], {"d1": PAGE}, {"d1": KEPT}, "w", "p"
    )
    assert row.calls == []


def test_example_keeps_its_split_and_the_plan_that_it_came_from() -> None:
    (row,) = from_examples([EXAMPLE], "glan", "physics-0000")
    assert (row.method, row.origin, row.split) == ("taxonomy", "plan", "held_out")
    assert (row.subject, row.nodes) == ("Physics", ["physics", "motion"])


def commit(parts: Parts, stage: str, rows: list[Any], row_type: type[Any]) -> Receipt:
    plan = Plan(stage=stage, version=1, part="p", inputs=(), decides={"rows": len(rows)})
    newest = parts.newest(stage, "p")
    return parts.commit(plan, Outcome(rows, [], [], len(rows)), row_type, 0.0, newest)


@pytest.fixture
def source(tmp_path: Path) -> Store:
    parts = Parts(Store(str(tmp_path / "web")))
    commit(parts, RECALL, [PAGE], Document)
    commit(parts, DEDUP, [KEPT], KeptDocument)
    commit(parts, EXTRACT, [pair()], QAPair)
    commit(parts, REFINE, [refined(1, "It is 3."), refined(2, "It is 3.")], RefinedPair)
    commit(parts, EXAMPLES, [EXAMPLE], Example)
    return parts.store


@pytest.mark.parametrize(("stage", "ids"), [(REFINE, ["r1"]), (EXAMPLES, ["e1"])])
def test_part_of_candidates_counts_every_row_of_its_source(
    source: Store, tmp_path: Path, stage: str, ids: list[str]
) -> None:
    parts = Parts(Store(str(tmp_path / "dataset")))
    receipt = gather_candidates(parts, SourcePart("web", source, stage, "p"))
    assert receipt is not None
    assert [row.id for row in parts.rows(receipt, Candidate)] == ids
    assert receipt.rows_in == receipt.rows_out + sum(receipt.rejected.values())


def test_part_stands_until_its_source_changes(source: Store, tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path / "dataset")))
    place = SourcePart("web", source, REFINE, "p")
    assert standing_candidates(parts, place) is None
    made = gather_candidates(parts, place)
    assert standing_candidates(parts, place) == gather_candidates(parts, place) == made
    commit(Parts(source), REFINE, [refined(1, "It is 3.")], RefinedPair)
    assert standing_candidates(parts, place) is None
    again = gather_candidates(parts, place)
    assert again is not None
    assert again.generation == 2


def test_part_that_its_source_has_not_made_yet_is_none(source: Store, tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path / "dataset")))
    assert gather_candidates(parts, SourcePart("web", source, REFINE, "later")) is None
