"""Vectors and semantic duplicates as parts: what stands, what is made anew, what new data do."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.curation.row_ranks import BY_ARRIVAL, Ranking
from gleanery.tasks.curation.semantic_duplicates import SemanticConfig
from gleanery.tasks.curation.semantic_part import semantic_part
from gleanery.tasks.curation.vectors_model import VectorModel, VectorsConfig, vector_model
from gleanery.tasks.curation.vectors_part import (
    TextVector,
    decoded,
    standing_vectors,
    vectors_part,
)
from gleanery.tasks.dataset_records import Candidate, Duplicate, ExampleScore, Ineligible
from gleanery.tasks.records import ChatMessage
from gleanery.tasks.stage_inputs import CANDIDATES

CONFIG = VectorsConfig(dimensions=256)
TRAIN = "A train covers 60 km in 2 hours. What is its average speed?"
SAME_TRAIN = "What average speed has a train that covers 60 km in 2 hours?"
OTHER_TRAIN = "A train covers 60 km in 3 hours. What is its average speed?"
ATOMS = "Why are atoms of helium so unlikely to react?"
STRANGERS = [
    ATOMS,
    "Which river flows through Cairo on its way to the sea?",
    "Describe how a suspension bridge carries its load.",
    "Write a haiku about the first snow of the year.",
]


def candidate(name: str, question: str, **changes: Any) -> Candidate:
    texts = {key: "" for key, field in Candidate.model_fields.items() if field.annotation is str}
    lists: dict[str, Any] = {key: [] for key in ("nodes", "labels", "original", "calls", "scores")}
    turns = [
        ChatMessage(role="user", content=question),
        ChatMessage(role="assistant", content="…"),
    ]
    values = {**texts, **lists, "id": name, "origin": name, "messages": turns, **changes}
    return Candidate(**values)


def commit(parts: Parts, stage: str, part: str, rows: Sequence[Any], kind: type[Any]) -> Receipt:
    plan = Plan(stage=stage, version=1, part=part, inputs=(), decides={})
    newest = parts.newest(stage, part)
    return parts.commit(plan, Outcome(rows, [], [], len(rows)), kind, time.monotonic(), newest)


def gather(parts: Parts, part: str, *rows: Candidate) -> Receipt:
    return commit(parts, CANDIDATES, part, rows, Candidate)


def strangers() -> list[Candidate]:
    return [candidate(f"stranger-{n}", text) for n, text in enumerate(STRANGERS)]


def embed(parts: Parts, *gathered: Receipt) -> tuple[list[Receipt], VectorModel]:
    model = vector_model(parts, CONFIG, gathered)
    return [vectors_part(parts, receipt, model, CONFIG)[0] for receipt in gathered], model


def compare(
    parts: Parts,
    *gathered: Receipt,
    earlier: Sequence[Receipt] = (),
    ranking: Ranking = BY_ARRIVAL,
) -> dict[str, str]:
    vectors, model = embed(parts, *gathered)
    receipt, _ = semantic_part(parts, vectors, model, SemanticConfig(), earlier, ranking)
    return {row.id: row.kept_id for row in parts.rows(receipt, Duplicate)}


def test_reworded_question_goes_and_the_one_with_another_number_stays(store: Store) -> None:
    parts = Parts(store)
    first = gather(parts, "one", candidate("a", TRAIN), candidate("b", OTHER_TRAIN), *strangers())
    second = gather(parts, "two", candidate("c", SAME_TRAIN))
    assert compare(parts, first, second) == {"c": "a"}
    newest = parts.newest("semantic-duplicates", "question")
    assert newest
    assert newest.notes["told_apart"] == {}  # other numbers are not even compared
    assert newest.rows_in == 7


def test_better_one_stays_though_it_came_later_and_siblings_move_together(tmp_path: Any) -> None:
    parts = Parts(Store(str(tmp_path)))
    rows = [candidate("a1", TRAIN, origin="page"), candidate("a2", TRAIN, origin="page")]
    gathered = gather(parts, "one", *rows, candidate("b", SAME_TRAIN), *strangers())
    assert compare(parts, gathered) == {"b": "a1"}
    told = [
        ExampleScore(id=row_id, scorer="heuristics", name="quality", value=value)
        for row_id, value in {"a1": 0.2, "a2": 0.6, "b": 0.7}.items()
    ]
    scores = [commit(parts, "heuristics", "one", told, ExampleScore)]
    by_quality = Ranking(scores, "heuristics", "quality")
    assert compare(parts, gathered, ranking=by_quality) == {"a1": "b", "a2": "b"}


def test_what_fails_a_threshold_goes_for_what_passes_and_what_is_out_for_nothing(
    tmp_path: Any,
) -> None:
    parts = Parts(Store(str(tmp_path)))
    rows = [candidate("a", TRAIN), candidate("b", SAME_TRAIN), *strangers()]
    gathered = gather(parts, "one", *rows)
    verdicts: dict[str, dict[str, str]] = {"low": {"a": "b"}, "leak": {}}
    for reason, pointing in verdicts.items():
        row = Ineligible(id="a", document_id="", reason=reason)
        refused = commit(parts, "eligibility", "rows", [row], Ineligible)
        ranking = Ranking(ineligible=refused, is_threshold="low".__eq__)
        assert compare(parts, gathered, ranking=ranking) == pointing


def test_original_is_compared_and_not_what_it_was_rewritten_to(tmp_path: Any) -> None:
    parts = Parts(Store(str(tmp_path)))
    original = [ChatMessage(role="user", content=SAME_TRAIN)]
    rows = [candidate("a", TRAIN), candidate("b", "Something else.", original=original)]
    assert compare(parts, gather(parts, "one", *rows, *strangers())) == {"b": "a"}


def test_near_duplicate_found_before_is_left_out_and_comes_along(tmp_path: Any) -> None:
    parts = Parts(Store(str(tmp_path)))
    rows = [candidate("a", TRAIN), candidate("b", SAME_TRAIN), candidate("b2", f"{SAME_TRAIN} !")]
    gathered = gather(parts, "one", *rows, *strangers())
    found = [Duplicate(id="b2", kept_id="b", kind="near", level="question", similarity=0.9)]
    earlier = commit(parts, "duplicates", "rows", found, Duplicate)
    assert compare(parts, gathered, earlier=[earlier]) == {"b": "a", "b2": "a"}


def test_row_that_went_at_another_level_is_not_compared_and_what_it_points_to_stays(
    tmp_path: Any,
) -> None:
    parts = Parts(Store(str(tmp_path)))
    rows = [candidate("a", TRAIN), candidate("b", SAME_TRAIN), candidate("c", "Why is it so?")]
    gathered = gather(parts, "one", *rows, *strangers())
    gone = Duplicate(id="a", kept_id="c", kind="near", level="example", similarity=0.9)
    earlier = commit(parts, "duplicates", "rows", [gone], Duplicate)
    assert compare(parts, gathered, earlier=[earlier]) == {}  # b has no one left to go for
    relied_on = Duplicate(id="c", kept_id="b", kind="near", level="example", similarity=0.9)
    earlier = commit(parts, "duplicates", "more", [relied_on], Duplicate)
    assert compare(parts, gathered, earlier=[earlier]) == {"a": "b"}  # and not the other way


def test_new_data_leave_old_vectors_and_their_model_as_they_are(tmp_path: Any) -> None:
    parts = Parts(Store(str(tmp_path)))
    first = gather(parts, "one", candidate("a", TRAIN), *strangers())
    before, model = embed(parts, first)
    second = gather(parts, "two", candidate("c", SAME_TRAIN))
    after, same = embed(parts, first, second)
    assert same == model
    assert after[0] == before[0]
    assert standing_vectors(parts, first, model, CONFIG) == before[0]
    parts.store.delete(first.data)  # old texts are not read again
    vectors, _ = [*before, after[1]], model
    receipt, stood = semantic_part(parts, vectors, model, SemanticConfig())
    assert not stood
    assert [row.id for row in parts.rows(receipt, Duplicate)] == ["c"]
    again, stood = semantic_part(parts, vectors, model, SemanticConfig())
    assert stood
    assert again == receipt


def test_model_is_made_anew_on_demand_and_when_the_dataset_has_outgrown_it(tmp_path: Any) -> None:
    parts = Parts(Store(str(tmp_path)))
    first = gather(parts, "one", *strangers())
    model = vector_model(parts, CONFIG, [first])
    more = gather(parts, "two", *(candidate(str(n), f"Word {n} of {n * 7}?") for n in range(36)))
    grown = CONFIG.model_copy(update={"retrain_at_growth": 9.5})
    assert vector_model(parts, CONFIG.model_copy(update={"retrain_at_growth": 11}), [first, more])
    assert vector_model(parts, CONFIG.model_copy(update={"retrain_at_growth": 11}), [first]) == (
        model
    )
    made = vector_model(parts, grown, [first, more])
    assert made.texts == 40
    assert made.digest != model.digest
    assert vector_model(parts, CONFIG, [first], retrain=True).digest == model.digest


def test_vectors_of_two_models_are_never_compared(tmp_path: Any) -> None:
    parts = Parts(Store(str(tmp_path)))
    first = gather(parts, "one", candidate("a", TRAIN), *strangers())
    vectors, _ = embed(parts, first)
    second = gather(parts, "two", candidate("b", SAME_TRAIN))
    other = vector_model(parts, CONFIG, [first, second], retrain=True)
    mixed = [*vectors, vectors_part(parts, second, other, CONFIG)[0]]
    with pytest.raises(ValueError, match="make the vectors of all parts first"):
        semantic_part(parts, mixed, other, SemanticConfig())


def test_candidates_without_text_or_words_are_counted_under_their_reason(tmp_path: Any) -> None:
    parts = Parts(Store(str(tmp_path)))
    rows = [candidate("a", ATOMS), candidate("blank", " \n"), candidate("signs", "?!")]
    (receipt,), _ = embed(parts, gather(parts, "one", *rows))
    assert receipt.rejected == {"no_text": 1, "no_words": 1}
    (row,) = parts.rows(receipt, TextVector)
    assert np.isclose(np.linalg.norm(decoded([row.vector])), 1)


def test_dataset_without_candidates_has_no_duplicates_and_no_model(tmp_path: Any) -> None:
    parts = Parts(Store(str(tmp_path)))
    with pytest.raises(ValueError, match="gather candidates first"):
        vector_model(parts, CONFIG, [])
    model = vector_model(parts, CONFIG, [gather(parts, "one", candidate("a", TRAIN))])
    receipt, _ = semantic_part(parts, [], model, SemanticConfig())
    assert parts.rows(receipt, Duplicate) == []
    only_blank, _ = embed(parts, gather(parts, "two", candidate("b", " ")))
    assert semantic_part(parts, only_blank, model, SemanticConfig())[0].rows_out == 0


def test_same_data_at_once_and_night_by_night_come_to_the_same(tmp_path: Any) -> None:
    names = ("one", "two")
    rows = [[candidate("a", TRAIN), *strangers()], [candidate("c", SAME_TRAIN)]]
    nightly, at_once = Parts(Store(str(tmp_path / "n"))), Parts(Store(str(tmp_path / "o")))
    gathered = []
    for name, each in zip(names, rows, strict=True):
        gathered.append(gather(nightly, name, *each))
        step = compare(nightly, *gathered)
    all_at_once = [gather(at_once, name, *each) for name, each in zip(names, rows, strict=True)]
    assert compare(at_once, *all_at_once) == step == {"c": "a"}
