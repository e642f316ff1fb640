"""Dedup: the earliest page of an address and of a text stays, and what stays never changes."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan
from gleanery.infra.storage import Store
from gleanery.tasks.recall.batches import Batch, group_files
from gleanery.tasks.recall.dedup import dedup_keys, drop_duplicates
from gleanery.tasks.recall.dedup_stage import dedup_batch
from gleanery.tasks.recall.source_files import SourceFile
from gleanery.tasks.records import Document, KeptDocument
from gleanery.tasks.stage_inputs import kept_documents


def document(name: str, url: str, text: str) -> Document:
    return Document(
        id=name, url=url, domain="x.example", title="", text=text, date="", source="s", offset=0,
        record_id="", licence="", score=1.0, subject="", site_kind="", markup_pairs=[],
    )  # fmt: skip


def row(name: str, url: str, text: str, part: str = "p") -> KeptDocument:
    return dedup_keys(document(name, url, text), part)


def test_the_first_of_a_text_and_of_an_address_stays() -> None:
    rows = [
        row("1", "http://x.example/a?utm_source=y", "one"),
        row("2", "http://x.example/b", "one "),
        row("3", "http://x.example/a", "another"),
        row("4", "http://x.example/c", "third"),
    ]
    kept, losses = drop_duplicates(rows, [], [])
    assert [k.document_id for k in kept] == ["1", "4"]
    assert [(loss.row_id, loss.reason) for _, loss in losses] == [
        ("2", "duplicate_text"),
        ("3", "duplicate_url"),
    ]


def test_a_text_of_another_batch_is_a_duplicate_but_a_changed_page_is_not() -> None:
    earlier = row("0", "http://x.example/a", "old text")
    rows = [
        row("1", "http://x.example/b", "old text"),
        row("2", "http://x.example/a", "new text"),
    ]
    kept, losses = drop_duplicates(rows, [], [earlier.text_key])
    assert [k.document_id for k in kept] == ["2"]
    assert [loss.row_id for _, loss in losses] == ["1"]


def test_what_was_kept_stays_when_an_earlier_part_arrives_late() -> None:
    late, kept_before = (
        row("1", "http://x.example/a", "same", "p0"),
        row("2", "http://x.example/b", "same", "p1"),
    )
    kept, losses = drop_duplicates([late, kept_before], [kept_before], [])
    assert [k.document_id for k in kept] == ["2"]
    assert losses[0][0] == "p0"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30))
def test_no_text_and_no_address_stays_twice_and_nothing_vanishes(
    pages: list[tuple[int, int]],
) -> None:
    rows = [row(str(i), f"http://x.example/{u}", f"text {t}") for i, (u, t) in enumerate(pages)]
    kept, losses = drop_duplicates(rows, [], [])
    assert len({k.text_key for k in kept}) == len({k.url_key for k in kept}) == len(kept)
    assert len(kept) + len(losses) == len(rows)


def commit(parts: Parts, part: str, documents: list[Document]) -> None:
    plan = Plan(stage="recall", version=1, part=part, inputs=(), decides={})
    outcome = Outcome(rows=documents, rejected=[], failed=[], rows_in=len(documents))
    parts.commit(plan, outcome, Document, 0.0, parts.newest("recall", part))


def batch(number: int, *uris: str) -> Batch:
    files = [SourceFile(uri=uri, etag="1", size=1) for uri in uris]
    return Batch(
        number=number, parts=group_files(number, files, 1), policy=1, previous=number - 1,
        created="", writer="",
    )  # fmt: skip


def test_a_part_that_arrives_late_changes_no_other_part(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    only = batch(1, "a", "b")
    first, second = only.parts
    commit(parts, first.name, [])
    commit(parts, second.name, [document("2", "http://x.example/b", "same")])
    before = {receipt.part: receipt.row_digest for receipt in dedup_batch(parts, only, [])}
    commit(parts, first.name, [document("1", "http://x.example/a", "same")])
    after = {receipt.part: receipt for receipt in dedup_batch(parts, only, [])}
    assert after[second.name].row_digest == before[second.name]
    assert after[first.name].rejected == {"duplicate_text": 1}
    assert kept_documents(parts, first.name) == []
    assert [d.id for d in kept_documents(parts, second.name)] == ["2"]


def test_a_second_batch_is_held_to_the_first_and_a_second_call_writes_nothing(
    tmp_path: Path,
) -> None:
    parts = Parts(Store(str(tmp_path)))
    first, second = batch(1, "a"), batch(2, "b")
    commit(parts, first.parts[0].name, [document("1", "http://x.example/a", "same")])
    commit(
        parts,
        second.parts[0].name,
        [document("2", "http://y.example/", "same"), document("3", "http://x.example/a", "new")],
    )
    dedup_batch(parts, first, [second])
    [receipt] = dedup_batch(parts, second, [first])
    assert [d.id for d in kept_documents(parts, second.parts[0].name)] == ["3"]
    assert dedup_batch(parts, second, [first]) == [receipt]


def test_two_records_of_one_page_count_once(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    only = batch(1, "a")
    twice = [document("1", "http://x.example/a", "same")] * 2
    commit(parts, only.parts[0].name, twice)
    [receipt] = dedup_batch(parts, only, [])
    assert (receipt.rows_out, receipt.rejected) == (1, {"duplicate_text": 1})
    assert len(kept_documents(parts, only.parts[0].name)) == 1
