import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate, Duplicate, Leak
from gleanery.tasks.records import ChatMessage
from gleanery.tasks.release.newest_pages import NewestPages
from gleanery.tasks.release.selection_columns import text_keys
from gleanery.tasks.release.selection_gathered import part_table
from gleanery.tasks.release.selection_part import read_verdicts
from gleanery.tasks.release.selection_rows import COMPACT, joined

sys.path.insert(0, str(Path(__file__).parent))

from curated_parts import commit_all, plain_candidate, plain_duplicate, plain_leak


def key(text: str) -> int:
    return int(text_keys(pa.array([text]))[0])


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(Store(str(tmp_path)))


def tables(
    parts: Parts,
    *candidates: Sequence[Candidate],
    duplicates: Sequence[Duplicate] = (),
    leaks: Sequence[Leak] = (),
    forgotten: Sequence[str] = (),
) -> list[pa.Table]:
    curated = commit_all(parts, candidates, duplicates, leaks)
    pages = NewestPages(parts.store, curated.candidates)
    verdicts = read_verdicts(parts, curated, forgotten, pages)
    return [part_table(parts, receipt, (), verdicts, ())[0] for receipt in curated.candidates]


def test_candidate_brings_its_verdicts_lengths_and_what_it_is_split_by(parts: Parts) -> None:
    page = plain_candidate("a", page="url key", page_text="text key", nodes=["n 1", "n 2"])
    other = plain_candidate("b", document_id="", plan_id="plan", method="skills")
    (table,) = tables(
        parts,
        [other, page],
        duplicates=[
            plain_duplicate("a", "k"),
            plain_duplicate("a", "l", kind="semantic", level="question"),
            plain_duplicate("a", "k", level="question"),
        ],
        leaks=[plain_leak("a"), plain_leak("a", item_id="2"), plain_leak("a", kind="paraphrase")],
        forgotten=["a"],
    )
    assert table.schema == COMPACT
    none, row = table.to_pylist()
    assert row["id"] == key("a")
    assert row["origin"] == key("pair")
    assert row["split_by"] == key("url key")
    assert row["nodes"] == [key("n 1"), key("n 2")]
    assert sorted(row["same_as"]) == sorted([key("k"), key("l"), key("text text key")])
    assert row["duplicates"] == ["near", "semantic"]
    assert row["leaks"] == ["ngram", "paraphrase"]
    assert row["forgotten"]
    assert not row["superseded"]
    assert (row["question_characters"], row["answer_characters"]) == (4, 8)
    assert (row["pipeline"], row["licence"], row["subject"]) == ("web", "CC BY 4.0", "physics")
    for name in ("same_as", "duplicates", "leaks"):
        assert none[name] == []
    assert not none["forgotten"]


def test_document_or_plan_stands_for_a_page_without_a_key(parts: Parts) -> None:
    rows = [
        plain_candidate("a"),
        plain_candidate("b", document_id="", plan_id="plan", method="skills"),
        plain_candidate("c", document_id=""),
    ]
    (table,) = tables(parts, rows)
    assert table["split_by"].to_pylist() == [key("doc"), key("plan"), key("")]


def test_verdict_on_a_page_is_one_on_each_of_its_rows(parts: Parts) -> None:
    rows = [plain_candidate("a"), plain_candidate("b"), plain_candidate("c", document_id="stays")]
    (table,) = tables(
        parts, rows, duplicates=[plain_duplicate("doc", "stays", kind="exact", level="document")]
    )
    assert table["duplicates"].to_pylist() == [["exact"], ["exact"], []]
    assert table["same_as"].to_pylist() == [[key("stays")]] * 3


def test_first_question_and_last_answer_are_measured_in_characters(parts: Parts) -> None:
    turns = [
        ChatMessage(role="system", content="Be brief."),
        ChatMessage(role="user", content="Wie groß?"),
        ChatMessage(role="assistant", content="Wer?"),
        ChatMessage(role="user", content="Der Turm."),
        ChatMessage(role="assistant", content="300 m – ungefähr"),
    ]
    rows = [plain_candidate("a", messages=turns), plain_candidate("b", messages=turns[:1])]
    (table,) = tables(parts, rows)
    lengths = table.select(["question_characters", "answer_characters"]).to_pylist()
    assert [[*row.values()] for row in lengths] == [[9, 16], [0, 0]]


def test_only_the_newest_document_of_a_page_counts(parts: Parts) -> None:
    first = [plain_candidate("a", page="p"), plain_candidate("b", page="q", document_id="only")]
    second = [
        plain_candidate("c", page="p", document_id="newer"),
        plain_candidate("d", page="", document_id="no page"),
    ]
    (one, two) = tables(parts, first, second)
    assert one["superseded"].to_pylist() == [True, False]
    assert two["superseded"].to_pylist() == [False, False]


def test_parts_are_joined_in_their_order_whatever_their_words(parts: Parts) -> None:
    several = tables(
        parts, [plain_candidate("a")], [], [plain_candidate("b", subject="law", pipeline="w 2")]
    )
    both = joined(several)
    assert both["id"].to_pylist() == [key("a"), key("b")]
    assert both["subject"].to_pylist() == ["physics", "law"]
    assert both["pipeline"].to_pylist() == ["web", "w 2"]


def test_no_parts_are_an_empty_table(parts: Parts) -> None:
    assert joined([]).schema == COMPACT
    assert len(joined(tables(parts, []))) == 0
