"""What curation leaves, written as parts of a store: candidates, verdicts and scores."""

from collections.abc import Sequence
from typing import Any

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.tasks.dataset_records import Candidate, Duplicate, ExampleScore, Leak
from gleanery.tasks.records import ChatMessage, Record
from gleanery.tasks.release.selection_part import Curated


def commit(
    parts: Parts, stage: str, part: str, rows: Sequence[Record], record: type[Record]
) -> Receipt:
    """Return the receipt of these rows, of the generation after the newest."""
    plan = Plan(stage=stage, version=1, part=part, inputs=(), decides={})
    outcome = Outcome(rows, [], [], len(rows))
    return parts.commit(plan, outcome, record, 0.0, parts.newest(stage, part))


def commit_all(
    parts: Parts,
    candidates: Sequence[Sequence[Candidate]],
    duplicates: Sequence[Duplicate] = (),
    leaks: Sequence[Leak] = (),
    scores: Sequence[ExampleScore] = (),
) -> Curated:
    """Return the receipts of candidates in some parts, and of what is said of them."""
    names = [f"part-{number}" for number in range(len(candidates))]
    ids = [{row.id for row in rows} for rows in candidates]
    return Curated(
        candidates=[
            commit(parts, "candidates", name, rows, Candidate)
            for name, rows in zip(names, candidates, strict=True)
        ],
        duplicates=[commit(parts, "duplicates", "all", duplicates, Duplicate)],
        leaks=[commit(parts, "leaks", "all", leaks, Leak)],
        scores=[
            commit(
                parts, "scores", name, [one for one in scores if one.id in known], ExampleScore
            )
            for name, known in zip(names, ids, strict=True)
        ],
    )  # fmt: skip


def plain_candidate(name: str, **fields: Any) -> Candidate:
    """Return a candidate of a page "doc"."""
    values = {
        "id": name,
        "pipeline": "web",
        "method": "harvest",
        "part": "p",
        "origin": "pair",
        "plan_id": "",
        "document_id": "doc",
        "url": "https://example.org/a",
        "domain": "example.org",
        "licence": "CC BY 4.0",
        "date": "",
        "subject": "physics",
        "strategy": "improved",
        "nodes": [],
        "labels": [],
        "split": "train",
        "messages": [
            ChatMessage(role="user", content="Why?"),
            ChatMessage(role="assistant", content="Because."),
        ],
        "original": [],
        "calls": [],
        "scores": [],
    }
    return Candidate.model_validate(values | fields)


def plain_leak(row_id: str, **fields: Any) -> Leak:
    """Return an item of the benchmark "b", found in a row."""
    values = {
        "id": row_id,
        "benchmark": "b",
        "item_id": "1",
        "kind": "ngram",
        "side": "question",
        "start": 0,
        "end": 3,
        "matched": "Why",
        "item_text": "Why",
    }
    return Leak.model_validate(values | fields)


def plain_duplicate(row_id: str, kept_id: str, **fields: Any) -> Duplicate:
    """Return a near duplicate of a row."""
    values = {"kind": "near", "level": "example", "similarity": 0.9}
    return Duplicate.model_validate({"id": row_id, "kept_id": kept_id} | values | fields)
