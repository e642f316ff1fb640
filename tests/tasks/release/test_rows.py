"""The released row: what stands in its columns, and what cannot be released."""

import sys
from pathlib import Path

import orjson
import pytest

from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import ChatMessage
from gleanery.tasks.release.rows import (
    COLUMNS,
    BadRow,
    ReleasedColumns,
    ReleasedRow,
    released_row,
    released_schema,
    score_column,
)
from gleanery.tasks.release.rows_lineage import LINEAGE_KEYS, Lineage, read_lineage

sys.path.insert(0, str(Path(__file__).parent))

from released_candidates import candidate, judged


def turns(*roles: str) -> list[ChatMessage]:
    return [ChatMessage(role=role, content=f"turn {n}") for n, role in enumerate(roles)]


def test_prompt_and_completion_are_the_messages_cut_before_the_last_turn() -> None:
    talk = turns("system", "user", "assistant", "user", "assistant")
    row = released_row(candidate(1, messages=talk), "train")
    assert row.messages == talk
    assert row.prompt == talk[:4]
    assert row.completion == talk[4:]


@pytest.mark.parametrize(
    "talk", [turns("user"), turns("assistant"), turns("user", "assistant", "user"), []]
)
def test_a_conversation_without_prompt_or_answer_is_refused_by_name(
    talk: list[ChatMessage],
) -> None:
    with pytest.raises(BadRow, match="row-00001"):
        released_row(candidate(1, messages=talk), "train")


def test_scores_of_scorers_and_of_the_method_stand_in_columns_of_their_names() -> None:
    made = candidate(1)
    row = released_row(made, "train", [judged(made.id, 0.25), judged(made.id, 1, "self-contained")])
    assert row.scores == {
        "score_judge_correct": 0.25,
        "score_judge_self_contained": 1.0,
        "score_taxonomy_agreement": 0.5,
    }
    assert list(row.scores) == sorted(row.scores)


def test_a_score_that_is_no_number_or_stands_twice_is_refused() -> None:
    made = candidate(2)
    with pytest.raises(BadRow, match="score_judge_correct is nan"):
        released_row(made, "train", [judged(made.id, float("nan"))])
    with pytest.raises(BadRow, match="two scores for score_judge_correct"):
        released_row(made, "train", [judged(made.id, 0.1), judged(made.id, 0.2)])


def test_scores_about_one_thing_among_many_stay_in_the_lineage() -> None:
    made = candidate(2)
    row = released_row(
        made, "train", [judged(made.id, 1), judged(made.id, 0.5, "exercises:algebra")]
    )
    assert list(row.scores) == ["score_judge_correct"]
    assert [s.name for s in read_lineage(row.lineage).scores] == ["correct", "exercises:algebra"]


def test_score_columns_are_names_that_any_table_takes() -> None:
    assert score_column("Judge 2", "Émile/β") == "score_judge_2__mile_"
    assert score_column("heuristics", "length") == "score_heuristics_length"


def test_lineage_leads_to_page_span_plan_models_and_every_score() -> None:
    made = candidate(2)
    lineage = read_lineage(released_row(made, "train", [judged(made.id, 0.25)]).lineage)
    assert (lineage.url, lineage.archive, lineage.offset) == (made.url, made.archive, 200)
    assert lineage.question_spans == [(1, 9)]
    assert lineage.calls == made.calls
    assert [(s.scorer, s.detail, s.request_key) for s in lineage.scores] == [
        ("judge", "checks out", "j-row-00002")
    ]
    synthesised = read_lineage(released_row(candidate(3), "train").lineage)
    assert (synthesised.plan_id, synthesised.nodes) == ("plan-3", ["node-1"])
    assert [(s.scorer, s.name, s.detail) for s in synthesised.scores] == [
        ("taxonomy", "agreement", "of 4 answers")
    ]


@pytest.mark.parametrize(
    ("declared", "name", "family"),
    [
        ("CC BY-NC 4.0", "CC-BY-NC-4.0", "non-commercial"),
        ("https://creativecommons.org/licenses/by-sa/3.0/", "CC-BY-SA-3.0", "share-alike"),
        ("<script>alert(1)</script> ](javascript:x)", "unknown", "unknown"),
        ("", "unknown", "unknown"),
    ],
)
def test_licence_is_released_by_its_one_name_and_kept_as_the_page_spells_it(
    declared: str, name: str, family: str
) -> None:
    row = released_row(candidate(2, licence=declared), "train")
    assert (row.licence, row.licence_family) == (name, family)
    assert read_lineage(row.lineage).licence == declared


def test_synthesis_has_no_licence_and_no_family() -> None:
    row = released_row(candidate(3), "train")
    assert (row.licence, row.licence_family) == ("", "")


def test_every_key_of_the_lineage_and_every_column_is_documented() -> None:
    row = released_row(candidate(2), "train")
    assert set(orjson.loads(row.lineage)) == set(LINEAGE_KEYS) == set(Lineage.model_fields)
    assert list(COLUMNS) == list(ReleasedColumns.model_fields)
    assert set(ReleasedRow.model_fields) == {*COLUMNS, "scores"}
    names = released_schema(["score_a", "score_b"]).names
    assert names == [*list(COLUMNS)[:-1], "score_a", "score_b", "lineage"]


def test_what_a_candidate_says_of_its_origin_is_in_the_lineage() -> None:
    """A field that a candidate gains is to be traced too, or to be left out on purpose."""
    elsewhere = {"id", "method", "subject", "split", "messages"}  # columns of their own
    not_released = {"original"}  # the page's own text, which would double the release
    assert set(Candidate.model_fields) - set(LINEAGE_KEYS) == elsewhere | not_released
