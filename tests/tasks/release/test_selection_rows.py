import pytest

from gleanery.tasks.dataset_records import Candidate, Duplicate, ExampleScore, Leak
from gleanery.tasks.records import ChatMessage, Score
from gleanery.tasks.release.selection_rows import (
    SCHEMA,
    CandidateVerdicts,
    joined,
    selection_table,
)


def candidate(name: str, **fields: object) -> Candidate:
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
        **fields,
    }
    return Candidate.model_validate(values)


def score(name: str, scorer: str, what: str, value: float) -> ExampleScore:
    return ExampleScore(id=name, scorer=scorer, name=what, value=value)


def test_candidate_brings_its_verdicts_lengths_and_what_it_is_split_by() -> None:
    verdicts = CandidateVerdicts(
        duplicates=[
            Duplicate(id="a", kept_id="k", kind="near", level="example", similarity=0.9),
            Duplicate(id="a", kept_id="l", kind="semantic", level="question", similarity=0.9),
        ],
        leaks=[
            Leak(
                id="a",
                benchmark="b",
                item_id="1",
                kind="ngram",
                side="question",
                start=0,
                end=3,
                matched="Why",
                item_text="Why",
            )
        ],
        forgotten=["a"],
        superseded=["b"],
    )
    page = candidate("a", page="url key", page_text="text key")
    (row,) = selection_table([page], verdicts).to_pylist()
    assert row["split_by"] == "url key"
    assert row["same_as"] == ["k", "l", "text text key"]
    assert row["duplicates"] == ["near", "semantic"]
    assert row["leaks"] == ["ngram"]
    assert row["forgotten"]
    assert not row["superseded"]
    assert (row["question_characters"], row["answer_characters"]) == (4, 8)


def test_document_or_plan_stands_for_a_page_without_a_key() -> None:
    rows = [candidate("a"), candidate("b", document_id="", plan_id="plan", method="skills")]
    table = selection_table(rows, CandidateVerdicts())
    assert table["split_by"].to_pylist() == ["doc", "plan"]
    assert table.schema == SCHEMA


def test_scores_are_columns_with_nulls_where_nobody_scored() -> None:
    own = [Score(name="verified", value=1, detail="")]
    one = selection_table(
        [candidate("a"), candidate("b")],
        CandidateVerdicts(),
        [score("a", "judge", "correct", 0.5), score("elsewhere", "judge", "complete", 1)],
    )
    two = selection_table(
        [candidate("c", method="skills", scores=own)],
        CandidateVerdicts(),
        [score("c", "judge", "correct", 1)],
    )
    both = joined([one, two])
    assert both["score:judge.correct"].to_pylist() == [0.5, None, 1]
    assert both["score:skills.verified"].to_pylist() == [None, None, 1]
    assert "score:judge.complete" not in both.column_names


def test_two_scores_of_one_name_are_refused() -> None:
    twice = [score("a", "judge", "correct", 0.5), score("a", "judge", "correct", 1)]
    with pytest.raises(ValueError, match=r"candidate a has two scores judge\.correct"):
        selection_table([candidate("a")], CandidateVerdicts(), twice)


def test_no_parts_are_an_empty_table() -> None:
    assert joined([]).schema == SCHEMA
    assert len(joined([selection_table([], CandidateVerdicts())])) == 0
