import sys
from collections.abc import Collection, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from gleanery.infra.tables import arrow_schema
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.records import Score
from gleanery.tasks.release.candidate_scores import CandidateScores

sys.path.insert(0, str(Path(__file__).parent))

from curated_parts import plain_candidate


def score(name: str, scorer: str, what: str, value: float) -> ExampleScore:
    return ExampleScore(id=name, scorer=scorer, name=what, value=value)


def table(
    rows: Sequence[Candidate | ExampleScore], record: type[Candidate] | type[ExampleScore]
) -> pa.Table:
    return pa.Table.from_pylist([row.model_dump() for row in rows], schema=arrow_schema(record))


def scores(
    candidates: Sequence[Candidate],
    *said: Sequence[ExampleScore],
    wanted: Collection[str] | None = None,
) -> CandidateScores:
    return CandidateScores(
        table(candidates, Candidate), [table(one, ExampleScore) for one in said], wanted
    )


def test_scores_are_columns_with_nulls_where_nobody_scored() -> None:
    own = [Score(name="verified", value=1, detail="")]
    found = scores(
        [plain_candidate("a"), plain_candidate("b", method="skills", scores=own)],
        [score("b", "heuristics", "quality", 0), score("a", "heuristics", "quality", 0.25)],
        [score("a", "judge", "correct", 0.5), score("elsewhere", "judge", "complete", 1)],
    )
    assert {name: column.to_pylist() for name, column in found.columns().items()} == {
        "heuristics.quality": [0.25, 0],
        "judge.correct": [0.5, None],
        "skills.verified": [None, 1],
    }
    assert found.names == {"heuristics.quality", "judge.correct", "skills.verified"}
    told = {
        (scorer, name): dict(zip(places.tolist(), values.tolist(), strict=True))
        for scorer, name, places, values in found.by_scorer()
    }
    assert told == {
        ("heuristics", "quality"): {0: 0.25, 1: 0},
        ("judge", "correct"): {0: 0.5},
        ("skills", "verified"): {1: 1},
    }


def test_scores_that_nobody_wants_are_named_without_their_values() -> None:
    said = [score("a", "judge", "correct", 0.5), score("a", "judge", "complete", 1)]
    found = scores([plain_candidate("a")], said, wanted=["judge.complete", "judge.kind"])
    assert [*found.columns()] == ["judge.complete"]
    assert found.names == {"judge.correct", "judge.complete"}


def test_details_are_no_scores() -> None:
    own = [Score(name="exercises:tact", value=1, detail="")]
    made = plain_candidate("a", method="skills", scores=own)
    assert scores([made], [score("a", "judge", "kind:x", 1)]).names == set()


@pytest.mark.parametrize("wanted", [None, ()])
def test_two_scores_of_one_name_are_refused(wanted: Sequence[str] | None) -> None:
    twice = [score("a", "judge", "correct", 0.5), score("a", "judge", "correct", 1)]
    rows = [plain_candidate("b"), plain_candidate("a")]
    with pytest.raises(ValueError, match=r"candidate a has two scores judge\.correct"):
        scores(rows, twice, wanted=wanted)
    with pytest.raises(ValueError, match=r"candidate a has two scores judge\.correct"):
        scores(rows, twice[:1], twice[1:], wanted=wanted)


def test_no_candidates_have_no_scores() -> None:
    found = scores([], [score("a", "judge", "correct", 1)])
    assert found.columns() == {}
    assert found.names == set()
