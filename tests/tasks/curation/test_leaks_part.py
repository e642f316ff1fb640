"""Leaks as a stage: of candidates, and of pairs and pages before refinement."""

import json
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.curation.benchmark_config import BenchmarkConfig, DecontaminationConfig
from gleanery.tasks.curation.leaks_find import find_leaks
from gleanery.tasks.curation.leaks_part import (
    candidate_leaks,
    harvest_leaks,
    leaks_by_pair,
    standing_leaks,
)
from gleanery.tasks.curation.leaks_store import from_bytes, load_index, stored_index, to_bytes
from gleanery.tasks.dataset_records import Candidate, Leak
from gleanery.tasks.records import ChatMessage, Document, KeptDocument, QAPair, Record
from gleanery.tasks.stage_inputs import CANDIDATES, DEDUP, EXTRACT, RECALL

ASKED = "How many muffins does the baker take home when seven boxes of twelve are left over?"
OTHER = "Why do the leaves of most oaks in this valley turn red a week before the first frost?"


@pytest.fixture
def config(tmp_path: Path) -> DecontaminationConfig:
    file = tmp_path / "muffins.jsonl"
    rows = [
        {"id": "m1", "question": ASKED, "answer": 84},
        {"id": "m2", "question": "Who painted the ceiling?"},
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    return DecontaminationConfig(benchmarks=(BenchmarkConfig(name="muffins", path=str(file)),))


def committed(parts: Parts, stage: str, rows: list[Any], kind: type[Record]) -> Receipt:
    plan = Plan(stage=stage, version=1, part="p", inputs=(), decides={"rows": len(rows)})
    newest = parts.newest(stage, "p")
    return parts.commit(plan, Outcome(rows, [], [], len(rows)), kind, 0.0, newest)


def candidate(identity: str, question: str, original: str = "") -> Candidate:
    empty = {str: "", int: 0}
    blank = {name: empty.get(kind, []) for name, kind in Candidate.__annotations__.items()}
    turns = [
        ChatMessage(role="user", content=question),
        ChatMessage(role="assistant", content="It is hard to say."),
    ]
    before = [ChatMessage(role="user", content=original)] if original else []
    values = {**blank, "id": identity, "messages": turns, "original": before}
    return Candidate.model_validate(values)


def pair(identity: str, question: str, document: str) -> QAPair:
    texts = dict.fromkeys((f for f in QAPair.model_fields if not f.endswith("_spans")), "")
    values = {"id": identity, "question": question, "document_id": document}
    return QAPair.model_validate({**texts, **values, "question_spans": [], "answer_spans": []})


def document(identity: str, text: str) -> Document:
    texts = dict.fromkeys(Document.model_fields, "")
    values = {"id": identity, "text": text, "offset": 0, "score": 0.5, "markup_pairs": []}
    return Document.model_validate({**texts, **values})


def test_candidates_are_searched_with_the_text_before_their_rewriting(
    store: Store, config: DecontaminationConfig
) -> None:
    parts, index = Parts(store), stored_index(store, config)
    assert candidate_leaks(parts, "p", index) is None
    rows = [
        candidate("clean", OTHER),
        candidate("leaked", f"{ASKED} Explain."),
        candidate("rewritten", "Count the muffins.", original=ASKED),
    ]
    committed(parts, CANDIDATES, rows, Candidate)
    assert standing_leaks(parts, "p", index) is None
    receipt = candidate_leaks(parts, "p", index)
    assert receipt
    assert (receipt.rows_in, receipt.rows_out) == (3, 2)
    leaks = parts.rows(receipt, Leak)
    assert [leak.id for leak in leaks] == ["leaked", "rewritten"]
    for leak, row in zip(leaks, rows[1:], strict=True):
        assert row.whole_text[leak.start : leak.end] == leak.matched == ASKED.rstrip("?")
    assert standing_leaks(parts, "p", index) == receipt == candidate_leaks(parts, "p", index)


def test_other_settings_and_other_candidates_are_searched_again(
    store: Store, config: DecontaminationConfig
) -> None:
    parts, index = Parts(store), stored_index(store, config)
    committed(parts, CANDIDATES, [candidate("clean", OTHER)], Candidate)
    first = candidate_leaks(parts, "p", index)
    other = stored_index(store, config.model_copy(update={"n": 10}))
    assert other.digest != index.digest
    assert standing_leaks(parts, "p", other) is None
    second = candidate_leaks(parts, "p", other)
    committed(parts, CANDIDATES, [candidate("clean", OTHER), candidate("more", ASKED)], Candidate)
    third = candidate_leaks(parts, "p", other)
    assert [r and (r.generation, r.rows_out) for r in (first, second, third)] == [
        (1, 0),
        (2, 0),
        (3, 1),
    ]


def test_pairs_and_their_pages_are_searched_before_refinement(
    store: Store, config: DecontaminationConfig
) -> None:
    parts, index = Parts(store), stored_index(store, config)
    assert harvest_leaks(parts, "p", index) is None
    pages = [document("d1", f"{OTHER} It is cold.\n\n{ASKED}"), document("d2", ASKED)]
    pages += [document("d3", OTHER)]
    pairs = [pair("q1", OTHER, "d1"), pair("q2", ASKED, "d1"), pair("q3", OTHER, "d3")]
    kept = [KeptDocument(document_id=d.id, part="p", url_key="u", text_key="t") for d in pages]
    committed(parts, RECALL, pages, Document)
    committed(parts, DEDUP, kept, KeptDocument)
    committed(parts, EXTRACT, pairs, QAPair)
    receipt = harvest_leaks(parts, "p", index)
    assert receipt
    assert standing_leaks(parts, "p", index, before_refinement=True) == receipt
    leaks = parts.rows(receipt, Leak)
    assert [leak.id for leak in leaks] == ["q2", "d1"]  # d2 has no pairs: nothing comes of it
    assert set(leaks_by_pair(pairs, leaks, whole_pages=False)) == {"q2"}
    assert set(leaks_by_pair(pairs, leaks, whole_pages=True)) == {"q1", "q2"}


def test_index_is_built_once_and_read_back_whole(
    store: Store, config: DecontaminationConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = stored_index(store, config)
    read = load_index(store, stored)
    assert read.digest == stored.digest
    assert read.notes["questions_not_sought"] == 0
    texts = [("t", f"Someone asks. Who painted the ceiling? {ASKED}")]
    leaks = find_leaks(texts, read)
    assert {leak.item_id for leak in leaks} == {"m1", "m2"}
    assert find_leaks(texts, from_bytes(to_bytes(read))) == leaks

    def build(*_: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr("gleanery.tasks.curation.leaks_store.build_index", build)
    assert stored_index(store, config) == stored
