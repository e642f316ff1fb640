import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan
from gleanery.infra.storage import Store
from gleanery.tasks.curation.candidates_part import SourcePart
from gleanery.tasks.curation.duplicates import DuplicatesConfig
from gleanery.tasks.curation.duplicates_part import (
    PAGES,
    ROWS,
    duplicates_part,
    standing_duplicates,
)
from gleanery.tasks.curation.row_ranks import Ranking
from gleanery.tasks.curation.signatures_part import (
    SIGNATURES,
    signature_part,
    standing_signatures,
)
from gleanery.tasks.curation.signatures_table import LEVELS, read_signed_rows
from gleanery.tasks.dataset_records import Candidate, Duplicate, Ineligible
from gleanery.tasks.records import ChatMessage, Document, Record
from gleanery.tasks.stage_inputs import CANDIDATES, EXAMPLES, RECALL, REFINE


def turns(question: str, answer: str) -> list[ChatMessage]:
    return [
        ChatMessage(role="user", content=question),
        ChatMessage(role="assistant", content=answer),
    ]


def candidate(name: str, question: str, answer: str, **changes: Any) -> Candidate:
    texts = dict.fromkeys(
        ("plan_id", "document_id", "url", "domain", "licence", "date", "subject", "strategy"), ""
    )
    values: dict[str, Any] = {
        **texts,
        "id": name,
        "pipeline": "maths",
        "method": "skills",
        "part": "p",
        "origin": "",
        "nodes": [],
        "labels": [],
        "split": "train",
        "messages": turns(question, answer),
        "original": [],
        "calls": [],
        "scores": [],
    }
    return Candidate(**{**values, **changes})


def document(name: str, text: str, score: float = 0.5) -> Document:
    empty = dict.fromkeys(
        ("domain", "title", "date", "source", "record_id", "licence", "subject", "site_kind"), ""
    )
    url = f"https://site.example/{name}"
    return Document(id=name, url=url, text=text, offset=0, score=score, markup_pairs=[], **empty)


def commit(parts: Parts, stage: str, part: str, rows: Sequence[Record]) -> None:
    plan = Plan(stage=stage, version=1, part=part, inputs=(), decides={"rows": len(rows)})
    newest = parts.newest(stage, part)
    parts.commit(plan, Outcome(rows, [], [], len(rows)), type(rows[0]), 0.0, newest)


PARTS = (PAGES, ROWS)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(Store(str(tmp_path / "dataset")))


def source(tmp_path: Path, part: str, stage: str = EXAMPLES) -> SourcePart:
    return SourcePart("maths", Store(str(tmp_path / "maths")), stage, part)


def found(parts: Parts, names: Sequence[str], **config: Any) -> list[tuple[str, str, str, str]]:
    receipts = [duplicates_part(parts, part, names, DuplicatesConfig(**config)) for part in PARTS]
    rows = [row for receipt in receipts for row in parts.rows(receipt, Duplicate)]
    return [(row.level, row.id, row.kept_id, row.kind) for row in rows]


@pytest.fixture(scope="module")
def questions(shared_data: Path) -> list[tuple[str, str]]:
    lines = (shared_data / "benchmarks" / "gsm8k_train.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines[:40]]
    return [(row["question"], row["answer"]) for row in rows]


def test_questions_and_examples_have_verdicts_of_their_own(
    tmp_path: Path, parts: Parts, questions: list[tuple[str, str]]
) -> None:
    question, answer, other = questions[0][0], questions[1][0], questions[2][0]
    rows = [
        candidate("a", question, answer),
        candidate("b", question.upper(), other),  # another answer to the same question
        candidate("c", f"{question} Explain.", answer),
    ]
    commit(parts, CANDIDATES, "maths.one", rows)
    signature_part(parts, source(tmp_path, "one"))
    assert found(parts, ["maths.one"], levels=["question", "example"]) == [
        ("question", "b", "a", "exact"),
        ("question", "c", "a", "near"),
    ]
    assert found(parts, ["maths.one"], levels=["example"]) == [("example", "c", "a", "near")]


def test_signs_tell_questions_apart_but_not_pages(tmp_path: Path, parts: Parts) -> None:
    asked = "What does the calculator show for {} when it is in exact mode?"
    sums = [asked.format(sum_) for sum_ in ("7 - 5", "7 + 5")]
    pages = [document(name, text) for name, text in zip("pq", sums, strict=True)]
    commit(Parts(Store(str(tmp_path / "maths"))), RECALL, "one", pages)
    rows = [
        candidate(name, text, "It shows this.", document_id=name, method="harvest")
        for name, text in zip("pq", sums, strict=True)
    ]
    commit(parts, CANDIDATES, "maths.one", rows)
    signature_part(parts, source(tmp_path, "one", REFINE))
    levels = ["question", "example", "released"]
    assert ("document", "q", "p", "exact") in found(parts, ["maths.one"])
    assert found(parts, ["maths.one"], levels=levels, threshold=1.0) == []


def test_row_that_another_went_for_stays_at_later_levels(
    tmp_path: Path, parts: Parts, questions: list[tuple[str, str]]
) -> None:
    (asked, _), (other, _) = questions[:2]
    long = " ".join(question for question, _ in questions[2:12])
    rows = [
        candidate("z", other, f"{asked} {long}"),
        candidate("y", asked, f"{other} {long}"),  # nearly the same as z, questions apart
        candidate("x", asked, questions[19][1]),  # the question of y
    ]
    commit(parts, CANDIDATES, "maths.one", rows)
    signature_part(parts, source(tmp_path, "one"))
    assert found(parts, ["maths.one"], levels=["example"]) == [("example", "y", "z", "near")]
    assert found(parts, ["maths.one"], levels=["question", "example"]) == [
        ("question", "x", "y", "exact"),
        ("example", "z", "y", "near"),
    ]


def test_what_cannot_be_released_is_compared_with_nothing(
    tmp_path: Path, parts: Parts, questions: list[tuple[str, str]]
) -> None:
    rows = [candidate(name, *questions[0]) for name in "abc"]
    commit(parts, CANDIDATES, "maths.one", rows)
    signature_part(parts, source(tmp_path, "one"))
    commit(parts, "eligibility", ROWS, [Ineligible(id="a", document_id="", reason="leak")])
    refused = parts.newest("eligibility", ROWS)
    receipt = duplicates_part(
        parts, ROWS, ["maths.one"], DuplicatesConfig(), Ranking(ineligible=refused)
    )
    assert [(row.id, row.kept_id) for row in parts.rows(receipt, Duplicate)] == [("c", "b")]


def test_rewrites_are_compared_by_their_originals_and_move_together(
    tmp_path: Path, parts: Parts, questions: list[tuple[str, str]]
) -> None:
    (asked, told), (other, _) = questions[:2]
    rewritten: dict[str, Any] = {"original": turns(asked, told)}
    rows = [
        candidate("a1", "A quite different wording.", "Yes.", origin="pair a", **rewritten),
        candidate("a2", "Worded in a third way.", "No.", origin="pair a", **rewritten),
        candidate("b1", other, "An answer of its own.", origin="pair b", **rewritten),
        candidate("b2", "And in a fourth way.", "Maybe.", origin="pair b", **rewritten),
    ]
    commit(parts, CANDIDATES, "maths.one", rows)
    signature_part(parts, source(tmp_path, "one"))
    assert found(parts, ["maths.one"], levels=["example"]) == [
        ("example", "b1", "a1", "exact"),
        ("example", "b2", "a1", "exact"),
    ]


def test_rewrites_of_different_originals_to_one_text_leave_one_of_it(
    tmp_path: Path, parts: Parts, questions: list[tuple[str, str]]
) -> None:
    final = ("What is two plus two?", "It is 4.")
    rows = [
        candidate("a1", *final, origin="a", original=turns(*questions[0])),
        candidate("a2", *final, origin="a", original=turns(*questions[0])),
        candidate("b1", "Another wording.", "Yes.", origin="b", original=turns(*questions[1])),
        candidate("b2", *final, origin="b", original=turns(*questions[1])),
        candidate("c", *final, origin="c", original=turns(*questions[2])),
        candidate("d", *final),  # a synthesis, never rewritten
    ]
    commit(parts, CANDIDATES, "maths.one", rows)
    signature_part(parts, source(tmp_path, "one"))
    assert found(parts, ["maths.one"]) == [
        ("released", row, "a1", "exact") for row in ("b2", "c", "d")
    ]


def test_one_released_text_is_left_though_other_rows_are_duplicates_of_both(
    tmp_path: Path, parts: Parts, questions: list[tuple[str, str]]
) -> None:
    final = ("What is two plus two?", "It is 4.")
    one, two = turns(*questions[0]), turns(*questions[1])
    rows = [
        candidate("a", *final, origin="a", original=one),
        candidate("b", *final, origin="b", original=two),
        candidate("c", "In a third wording.", "Yes.", origin="c", original=one),
        candidate("d", "And in a fourth.", "No.", origin="d", original=two),
    ]
    commit(parts, CANDIDATES, "maths.one", rows)
    signature_part(parts, source(tmp_path, "one"))
    assert found(parts, ["maths.one"]) == [
        ("released", "b", "a", "exact"),
        ("question", "c", "a", "exact"),
    ]


def test_sampled_answers_of_one_plan_are_each_compared_as_they_are_released(
    tmp_path: Path, parts: Parts, questions: list[tuple[str, str]]
) -> None:
    (asked, told), (other, answer) = questions[:2]
    rows = [
        candidate("a1", asked, told, origin="plan a"),
        candidate("a2", asked, f"{told} So there.", origin="plan a"),
        candidate("b1", other, answer, origin="plan b"),
        candidate("b2", asked, told, origin="plan b"),
    ]
    commit(parts, CANDIDATES, "maths.one", rows)
    signature_part(parts, source(tmp_path, "one"))
    assert found(parts, ["maths.one"]) == [("released", "b2", "a1", "exact")]


def test_pages_of_a_harvest_are_compared_and_only_those_with_candidates(
    tmp_path: Path, parts: Parts, questions: list[tuple[str, str]]
) -> None:
    harvest = source(tmp_path, "one", REFINE)
    page = " ".join(question for question, _ in questions)
    pages = [
        document("d1", page),
        document("d2", page + " All rights reserved.", score=0.9),
        document("d1", page),  # recalled twice
        document("unused", page),
    ]
    commit(Parts(harvest.store), RECALL, "one", pages)
    rows = [candidate(f"c{at}", *questions[at], document_id=f"d{at}") for at in (1, 2)]
    commit(parts, CANDIDATES, harvest.name, rows)
    signature_part(parts, harvest)
    assert found(parts, [harvest.name]) == [
        ("document", "d1", "d2", "near"),
        ("document", "d1", "d2", "near"),
    ]


def test_new_data_is_compared_with_signatures_and_no_old_text_is_read(
    tmp_path: Path, parts: Parts, questions: list[tuple[str, str]]
) -> None:
    first = [candidate(f"a{at}", *questions[at]) for at in range(10)]
    later = [candidate(f"b{at}", *questions[at]) for at in range(5, 15)]
    commit(parts, CANDIDATES, "maths.one", first)
    signature_part(parts, source(tmp_path, "one"))
    assert found(parts, ["maths.one"]) == []
    old = parts.newest(CANDIDATES, "maths.one")
    assert old
    parts.store.delete(old.data)
    commit(parts, CANDIDATES, "maths.two", later)
    signature_part(parts, source(tmp_path, "two"))
    assert found(parts, ["maths.one", "maths.two"], levels=["question"]) == [
        ("question", f"b{at}", f"a{at}", "exact") for at in range(5, 10)
    ]


def test_nights_come_to_the_same_as_one_day(
    tmp_path: Path, parts: Parts, questions: list[tuple[str, str]]
) -> None:
    rows = [
        candidate(f"r{at}", question + " Show your work." * (at % 3 == 0), answer)
        for at, (question, answer) in enumerate(questions[:20] + questions[10:30])
    ]
    names = []
    for night in range(4):
        part = source(tmp_path, str(night))
        commit(parts, CANDIDATES, part.name, rows[night * 10 : night * 10 + 10])
        signature_part(parts, part)
        names.append(part.name)
        night_by_night = found(parts, names)
    whole = source(tmp_path, "whole")
    commit(parts, CANDIDATES, whole.name, rows)
    signature_part(parts, whole)
    assert found(parts, [whole.name]) == night_by_night
    assert len(night_by_night) == 10


def test_what_stands_is_not_made_again(
    tmp_path: Path, parts: Parts, questions: list[tuple[str, str]]
) -> None:
    part, config = source(tmp_path, "one"), DuplicatesConfig()
    assert standing_signatures(parts, part) is None
    assert signature_part(parts, part) is None  # no candidates yet
    commit(parts, CANDIDATES, part.name, [candidate("a", *questions[0])])
    signed = signature_part(parts, part)
    compared = duplicates_part(parts, ROWS, [part.name], config)
    assert signed
    assert standing_signatures(parts, part) == signature_part(parts, part) == signed
    assert standing_duplicates(parts, ROWS, [part.name], config) == compared
    assert duplicates_part(parts, ROWS, [part.name], config) == compared
    stricter = DuplicatesConfig(threshold=0.9)
    assert standing_duplicates(parts, ROWS, [part.name], stricter) is None
    commit(parts, CANDIDATES, part.name, [candidate(name, *questions[0]) for name in "ab"])
    assert standing_signatures(parts, part) is None


def test_rows_come_back_from_a_part_as_they_were_signed(
    tmp_path: Path, parts: Parts, questions: list[tuple[str, str]]
) -> None:
    commit(parts, CANDIDATES, "maths.one", [candidate("é", *questions[0], origin="o")])
    first = signature_part(parts, source(tmp_path, "one"))
    commit(parts, CANDIDATES, "maths.two", [candidate("é", *questions[0], origin="o")])
    second = signature_part(parts, source(tmp_path, "two"))
    assert first
    assert second
    assert first.row_digest == second.row_digest
    data = parts.store.read(first.data)
    assert [len(list(read_signed_rows(data, level))) for level in LEVELS] == [0, 1, 1, 1]
    (block,) = read_signed_rows(data, "example")
    assert (block.ids.to_pylist(), block.level, block.qualities.tolist()) == (
        ["é"],
        "example",
        [0.0],
    )
    assert block.groups[0] != 0


def test_part_that_is_not_signed_is_named(parts: Parts) -> None:
    with pytest.raises(FileNotFoundError, match=r"part maths\.one is not signed"):
        duplicates_part(parts, ROWS, ["maths.one"], DuplicatesConfig())


def test_part_without_rows_is_signed_as_one(tmp_path: Path, parts: Parts) -> None:
    plan = Plan(stage=CANDIDATES, version=1, part="maths.one", inputs=(), decides={})
    parts.commit(plan, Outcome[Candidate]([], [], [], 0), Candidate, 0.0, None)
    receipt = signature_part(parts, source(tmp_path, "one"))
    assert receipt
    assert (receipt.stage, receipt.rows_out) == (SIGNATURES, 0)
    assert found(parts, ["maths.one"]) == []
