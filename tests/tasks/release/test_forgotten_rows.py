import time
from collections.abc import Sequence

import pyarrow as pa
import pytest

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate, Duplicate
from gleanery.tasks.page_keys import text_key
from gleanery.tasks.records import Record
from gleanery.tasks.release.forgotten import Forgotten, page_source, site_source
from gleanery.tasks.release.forgotten_rows import COLUMNS, forgotten_rows, match_forgotten

SHEET = "https://course.example/sheet"
FORGOTTEN = Forgotten((page_source(SHEET),)).with_texts(page_source(SHEET), [text_key("sheet")])


def match(tables: list[pa.Table], copies: list[tuple[str, str]]) -> dict[str, str]:
    pairs = [{"id": copy, "kept_id": kept} for copy, kept in copies]
    return match_forgotten(
        lambda: tables, lambda: [pa.Table.from_pylist(pairs)] if pairs else [], FORGOTTEN
    )


def candidates(*rows: tuple[str, str, str, str]) -> pa.Table:
    """Return candidates of id, document, address and text."""
    keyed = [(*row[:3], text_key(row[3]) if row[3] else "") for row in rows]
    return pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in keyed])


def test_rows_of_the_page_and_of_its_mirror_go_and_say_why() -> None:
    table = candidates(
        ("own", "d1", "http://course.example/sheet#top", "a newer text"),
        ("mirror", "d2", "https://mirror.example/copy", "sheet"),
        ("other", "d3", "https://course.example/other", "other"),
        ("synthetic", "", "", ""),
    )
    assert match([table], []) == {
        "own": f"from {SHEET}",
        "mirror": f"from https://mirror.example/copy, which has the text of {SHEET}",
    }


def test_near_copies_of_the_page_go_whichever_of_them_stays() -> None:
    rows = [
        ("own", "d1", SHEET, "sheet"),
        ("own too", "d1", SHEET, "sheet"),
        ("kept", "d2", "https://b.example/", "sheet with a banner"),
        ("kept too", "d2", "https://b.example/", "sheet with a banner"),
        ("third", "d3", "https://c.example/", "sheet with a footer"),
        ("other", "d4", "https://d.example/", "other"),
        ("its copy", "d5", "https://e.example/", "other too"),
    ]
    expected = {"own", "own too", "kept", "kept too", "third"}
    for copies in (
        [("own", "kept"), ("third", "kept"), ("its copy", "other")],  # by candidates
        [("kept", "own"), ("third", "own"), ("its copy", "other")],
        [("d1", "d2"), ("d3", "d2"), ("d5", "d4")],  # by documents
    ):
        found = match([candidates(*rows)], copies)
        assert found.keys() == expected
        assert found["kept"] == f"a near copy of a page from {SHEET}"


def test_copies_in_another_part_are_found() -> None:
    one = candidates(("copy", "d2", "https://b.example/", "with a banner"))
    two = candidates(("own", "d1", SHEET, "sheet"))
    assert match([one, two], [("copy", "own")]).keys() == {"copy", "own"}


def test_empty_text_keys_are_no_match() -> None:
    table = candidates(("old", "d1", "https://b.example/", ""))
    assert match([table], []) == {}


def commit(store: Store, stage: str, rows: Sequence[Record], kind: type[Record]) -> Receipt:
    plan = Plan(stage=stage, version=1, part="p", inputs=(), decides={})
    outcome = Outcome(rows, [], [], len(rows))
    return Parts(store).commit(plan, outcome, kind, time.monotonic(), None)


def candidate(row_id: str, url: str) -> Candidate:
    return Candidate(
        id=row_id,
        pipeline="harvest",
        method="harvest",
        part="p",
        origin="pair",
        plan_id="",
        document_id=f"document of {row_id}",
        url=url,
        domain="",
        licence="",
        date="",
        subject="",
        strategy="",
        nodes=[],
        labels=[],
        split="train",
        messages=[],
        original=[],
        calls=[],
        scores=[],
        page_text=text_key(row_id),
    )


def test_committed_parts_are_read_and_only_copies_of_pages_count(store: Store) -> None:
    urls = {"own": SHEET} | {
        name: f"https://{name}.example" for name in ("near", "semantic", "question")
    }
    rows = [candidate(name, url) for name, url in urls.items()]
    made = commit(store, "candidates", rows, Candidate)
    verdicts = [("near", "near", "document"), ("semantic", "semantic", "document")]
    verdicts += [("question", "exact", "question")]
    duplicates = commit(
        store,
        "duplicates",
        [
            Duplicate(id=row_id, kept_id="own", kind=kind, level=level, similarity=0.9)
            for row_id, kind, level in verdicts
        ],
        Duplicate,
    )
    assert forgotten_rows(store, [made], [duplicates], FORGOTTEN).keys() == {"own", "near"}
    assert forgotten_rows(store, [made], [], FORGOTTEN).keys() == {"own"}
    assert forgotten_rows(store, [made], [duplicates], Forgotten()) == {}
    by_site = Forgotten((site_source("near.example"),))
    assert forgotten_rows(store, [made], [], by_site).keys() == {"near"}


def test_candidates_that_do_not_know_their_pages_text_are_an_error(store: Store) -> None:
    class Older(Record):
        id: str
        document_id: str
        url: str

    made = commit(store, "candidates", [Older(id="a", document_id="d", url=SHEET)], Older)
    with pytest.raises(ValueError, match="has no column page_text"):
        forgotten_rows(store, [made], [], FORGOTTEN)
