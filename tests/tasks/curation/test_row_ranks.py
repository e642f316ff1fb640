"""Which of similar rows and pages stays: by quality, and none that fails for one that passes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowSpool
from gleanery.tasks.curation.duplicates import DuplicatesConfig
from gleanery.tasks.curation.duplicates_part import (
    PAGES,
    ROWS,
    duplicates_part,
    standing_duplicates,
)
from gleanery.tasks.curation.row_ranks import UNSCORED, Ranking, ranks, read_qualities
from gleanery.tasks.curation.signatures import sign_texts
from gleanery.tasks.curation.signatures_table import SignatureSpool, SignedRows
from gleanery.tasks.dataset_records import Duplicate, ExampleScore, Ineligible
from gleanery.tasks.id_keys import IdSet, id_keys
from gleanery.tasks.records import Record

TEXT = "A train covers sixty kilometres in two hours and stops at every station on its way home."
OTHER = "Why does the moon pull at the sea twice a day although it passes each place only once?"
FAILS, FORBIDDEN = "score_below:heuristics.finished", "licence"


class Placed(Record):
    """What of a candidate says on which page it stands."""

    id: str
    document_id: str


def is_threshold(reason: str) -> bool:
    return reason == FAILS


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(Store(str(tmp_path)))


def commit(parts: Parts, stage: str, part: str, rows: Sequence[Record]) -> Receipt:
    plan = Plan(stage=stage, version=1, part=part, inputs=(), decides={"rows": len(rows)})
    outcome = Outcome(rows, [], [], len(rows))
    return parts.commit(plan, outcome, type(rows[0]), 0.0, parts.newest(stage, part))


def sign(parts: Parts, **levels: Mapping[str, str]) -> None:
    """Write a part of signatures: texts by id, by level; what comes first was recalled best."""
    plan = Plan(stage="signatures", version=1, part="one", inputs=(), decides={})
    with SignatureSpool() as rows, RowSpool(Loss) as losses:
        for level, texts in levels.items():
            rows.append(
                SignedRows(
                    level=level,
                    ids=pa.array(list(texts), pa.string()),
                    groups=np.zeros(len(texts), np.uint64),
                    qualities=np.linspace(1, 0.5, len(texts)).astype(np.float32),
                    signatures=sign_texts(list(texts.values())),
                )
            )
        parts.commit_spooled(plan, Outcome[Record]((), (), (), 0), rows, losses, 0.0, None)


def scored(parts: Parts, **qualities: float) -> list[Receipt]:
    """Write scores of rows, their quality among them."""
    told = {"asks": 0.1, "quality": None, "finished": 0.9}
    rows = [
        ExampleScore(id=row_id, scorer="heuristics", name=name, value=other or value)
        for row_id, value in qualities.items()
        for name, other in told.items()
    ]
    return [commit(parts, "heuristics", "one", rows)]


def refused(parts: Parts, **reasons: str) -> Receipt:
    rows = [Ineligible(id=row_id, document_id="", reason=why) for row_id, why in reasons.items()]
    return commit(parts, "eligibility", "rows", rows)


def found(parts: Parts, ranking: Ranking, part: str = ROWS) -> dict[str, str]:
    """Return what goes, and for what; nothing of a level is compared with another's."""
    receipt = duplicates_part(parts, part, ["one"], DuplicatesConfig(), ranking)
    return {row.id: row.kept_id for row in parts.rows(receipt, Duplicate)}


def test_row_of_the_better_quality_stays_and_the_earlier_of_equals(parts: Parts) -> None:
    sign(parts, released=dict.fromkeys("abcd", TEXT))
    scores = scored(parts, a=0.4, b=0.8, c=0.8)  # d has no score: 0.5
    assert found(parts, Ranking(scores, "heuristics", "quality")) == dict.fromkeys("acd", "b")
    assert found(parts, Ranking(scores, "judge", "quality")) == dict.fromkeys("bcd", "a")
    assert found(parts, Ranking()) == dict.fromkeys("bcd", "a")


def test_another_quality_compares_anew_and_signs_nothing(parts: Parts) -> None:
    sign(parts, released=dict.fromkeys("ab", TEXT))
    before = Ranking(scored(parts, a=0.9, b=0.3), "heuristics", "quality")
    assert found(parts, before) == {"b": "a"}
    after = Ranking(scored(parts, a=0.3, b=0.9), "heuristics", "quality")
    assert standing_duplicates(parts, ROWS, ["one"], DuplicatesConfig(), after) is None
    assert found(parts, after) == {"a": "b"}
    assert len(parts.receipts("signatures", "one")) == 1


def test_better_row_that_fails_a_threshold_goes_for_one_that_passes(parts: Parts) -> None:
    sign(parts, released=dict.fromkeys("abc", TEXT))
    scores = scored(parts, a=0.9, b=0.8, c=0.1)
    ranking = Ranking(
        scores, "heuristics", "quality", refused(parts, a=FAILS, b=FAILS), is_threshold
    )
    assert found(parts, ranking) == {"a": "c", "b": "c"}


def test_of_copies_that_all_fail_the_best_is_left_and_what_is_out_is_compared_with_nothing(
    parts: Parts,
) -> None:
    sign(parts, released=dict.fromkeys("abcd", TEXT))
    scores = scored(parts, a=0.9, b=0.3, c=0.6, d=0.5)
    reasons = {"a": FORBIDDEN, "b": FAILS, "c": FAILS, "d": FAILS}
    ranking = Ranking(scores, "heuristics", "quality", refused(parts, **reasons), is_threshold)
    assert found(parts, ranking) == {"b": "c", "d": "c"}


def test_failing_row_that_was_relied_on_takes_no_passing_row_with_it_later(parts: Parts) -> None:
    sign(
        parts,
        released={"bad": OTHER, "worse": OTHER, "good": TEXT},
        question={"bad": TEXT, "worse": TEXT, "good": TEXT},
    )
    ranking = Ranking(ineligible=refused(parts, bad=FAILS, worse=FAILS), is_threshold=is_threshold)
    assert found(parts, ranking) == {"worse": "bad"}


def test_page_without_a_row_that_passes_takes_no_other_page_with_it(parts: Parts) -> None:
    sign(parts, document=dict.fromkeys(("gone", "failing", "mixed", "fine"), TEXT))
    rows_of = {"gone": "g", "failing": "fo", "mixed": "mn", "fine": "p"}
    places = {row_id: page for page, ids in rows_of.items() for row_id in ids}
    rows = [Placed(id=row_id, document_id=page) for row_id, page in places.items()]
    commit(parts, "candidates", "one", rows)
    out = refused(parts, g=FORBIDDEN, f=FAILS, o=FORBIDDEN, m=FAILS)
    ranking = Ranking(ineligible=out, is_threshold=is_threshold)
    assert found(parts, ranking, PAGES) == {"failing": "mixed", "fine": "mixed"}


def test_quality_is_read_of_all_parts_by_id(parts: Parts) -> None:
    scores = scored(parts, a=0.25)
    more = [ExampleScore(id="é" * 90, scorer="heuristics", name="quality", value=0.75)]
    scores.append(commit(parts, "heuristics", "two", more))
    qualities = read_qualities(parts, Ranking(scores, "heuristics", "quality"))
    assert qualities.of(id_keys(["é" * 90, "nobody", "a"])).tolist() == [0.75, UNSCORED, 0.25]
    assert read_qualities(parts, Ranking()).of(id_keys(["a"])).tolist() == [UNSCORED]


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.booleans()), min_size=1))
def test_what_passes_ranks_before_what_fails_and_relied_on_before_the_rest(
    rows: list[tuple[float, bool, bool]],
) -> None:
    qualities, relied, fails = zip(*rows, strict=True)
    keys = np.arange(len(rows), dtype=np.uint64)
    sets = [IdSet.of(keys[np.array(flags)]) for flags in (relied, fails)]
    found = ranks(np.array(qualities, np.float32), keys, *sets).tolist()
    expected = [(not fail, rely, 0 if rely else np.float32(value)) for value, rely, fail in rows]
    for one, is_one in zip(found, expected, strict=True):
        for other, is_other in zip(found, expected, strict=True):
            assert one > other or is_one <= is_other or fails_equal(is_one, is_other)


def fails_equal(one: tuple[bool, bool, float], other: tuple[bool, bool, float]) -> bool:
    """Return whether two failing rows differ by less than what is left of a small number."""
    return not one[0] and one[:2] == other[:2] and abs(one[2] - other[2]) < 1e-6
