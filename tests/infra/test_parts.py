"""Parts: the receipt makes the rows count, whoever writes and whenever it is killed."""

import hashlib
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from gleanery.infra import storage
from gleanery.infra.digests import digest
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt, Usage
from gleanery.infra.storage import StorageError, Store
from gleanery.infra.tables import RowSpool, arrow_schema

STAGE, PART = "extraction", "000001-0000-abcd"


class Inner(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    start: int
    note: str | None = None


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    text: str = ""
    number: int = 0
    score: float = 0.0
    kept: bool = True
    spans: list[Inner] = []
    tags: tuple[str, ...] = ()
    maybe: float | None = None


def plan(model: str = "m1", digest: str = "d1") -> Plan:
    inputs = (Input(stage="recall", part=PART, row_digest=digest),)
    return Plan(stage=STAGE, version=1, part=PART, inputs=inputs, decides={"model": model})


def outcome(*ids: str, rejected: str = "", failed: str = "") -> Outcome[Row]:
    def losses(names: str, reason: str) -> list[Loss]:
        return [Loss(row_id=name, reason=reason, detail="") for name in names]

    return Outcome(
        rows=[Row(id=name) for name in ids],
        rejected=losses(rejected, "no_pairs"),
        failed=losses(failed, "timeout"),
        rows_in=len(ids) + len(rejected) + len(failed),
    )


def commit(parts: Parts, made: Outcome[Row], after: Receipt | None = None) -> Receipt:
    return parts.commit(plan(), made, Row, time.monotonic(), after)


def digest_of(rows: list[Row]) -> str:
    with RowSpool(Row) as spool:
        spool.extend(rows)
        return spool.row_digest


def objects(store: Store) -> list[str]:
    return [info.path.rpartition("/")[2] for info in store.list("parts")]


def test_committed_rows_and_losses_are_read_back(store: Store) -> None:
    made = outcome("a", "b", rejected="c", failed="de")
    receipt = commit(Parts(store, "w"), made)
    parts = Parts(Store(store.root))
    assert parts.newest(STAGE, PART) == receipt
    assert parts.rows(receipt, Row) == made.rows
    assert parts.losses(receipt) == [*made.rejected, *made.failed]
    assert (receipt.rows_in, receipt.rows_out, receipt.generation) == (5, 2, 1)
    assert (receipt.rejected, receipt.failed) == ({"no_pairs": 1}, {"timeout": 2})
    assert not receipt.closed
    assert receipt.key == plan().key


def test_reason_that_is_both_rejected_and_failed_is_counted_apart(tmp_path: Path) -> None:
    made = outcome("a", failed="b")
    made.rejected = [Loss(row_id=name, reason="timeout", detail="") for name in "cd"]
    receipt = commit(Parts(Store(str(tmp_path))), made)
    assert (receipt.rejected, receipt.failed) == ({"timeout": 2}, {"timeout": 1})


def test_part_without_rows_or_losses_is_closed_and_readable(store: Store) -> None:
    parts = Parts(store)
    receipt = commit(parts, outcome())
    assert receipt.closed
    assert (parts.rows(receipt, Row), parts.losses(receipt)) == ([], [])


def test_unknown_part_has_no_receipt(store: Store) -> None:
    commit(Parts(store), outcome("a"))
    assert Parts(store).newest(STAGE, PART[:-1]) is None
    assert Parts(store).receipts(STAGE, "other") == []


def test_data_is_stored_before_the_receipt(tmp_path: Path) -> None:
    order: list[str] = []

    class Watched(Store):
        def write_file(self, path: str, file: Path) -> None:
            order.append(path.rpartition("/")[2].partition("-")[0])
            super().write_file(path, file)

        def create(self, path: str, data: bytes) -> bool:
            order.append(path.rpartition("/")[2].partition("-")[0])
            return super().create(path, data)

    commit(Parts(Watched(str(tmp_path))), outcome("a", rejected="b"))
    assert order == ["data", "losses", "receipt"]


@pytest.mark.parametrize("writes", [0, 1])
def test_part_killed_before_its_receipt_is_as_if_never_made(tmp_path: Path, writes: int) -> None:
    class Killed(Store):
        def write_file(self, path: str, file: Path) -> None:
            if len(self.list("parts")) == writes:
                raise StorageError("killed here")
            super().write_file(path, file)

        def create(self, path: str, data: bytes) -> bool:
            raise StorageError("killed here")

    with pytest.raises(StorageError):
        commit(Parts(Killed(str(tmp_path))), outcome("a", rejected="b"))
    store = Store(str(tmp_path))
    assert len(objects(store)) == writes
    assert Parts(store).newest(STAGE, PART) is None
    receipt = commit(Parts(store), outcome("a", rejected="b"))
    assert (receipt.generation, receipt.rows_out) == (1, 1)


def test_generations_are_numbered_and_the_newest_counts(store: Store) -> None:
    parts = Parts(store)
    receipt = None
    for number in range(11):
        receipt = commit(parts, outcome(f"row-{number}"), receipt)
    assert parts.newest(STAGE, PART) == receipt
    assert [old.generation for old in parts.receipts(STAGE, PART)] == list(range(11, 0, -1))
    assert [parts.rows(old, Row)[0].id for old in parts.receipts(STAGE, PART)[:2]] == [
        "row-10",
        "row-9",
    ]


def test_two_writers_agree_on_the_first_and_the_other_takes_its_rows_away(store: Store) -> None:
    first = commit(Parts(store, "one"), outcome("a", rejected="b"))
    second = commit(Parts(Store(store.root), "two"), outcome("x", rejected="y"))
    assert second == first
    assert [row.id for row in Parts(store).rows(second, Row)] == ["a"]
    assert len(objects(store)) == 3


def test_writer_that_is_late_by_a_generation_takes_over_what_was_committed(store: Store) -> None:
    first = commit(Parts(store, "one"), outcome("a", failed="b"))
    closed = commit(Parts(store, "one"), outcome("a", "b"), first)
    late = commit(Parts(store, "two"), outcome("a", failed="b"), first)
    assert late == closed
    assert late.closed


def test_receipt_whose_answer_was_lost_is_this_writers_own(
    faulty_s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_WAITS_S", (0.001,) * 2)
    fault = {"method": "PUT", "path": "receipt-", "action": "lost_answer", "times": 2}
    faulty_s3.script(fault)
    receipt = commit(Parts(faulty_s3.store, "w"), outcome("a"))
    assert receipt.writer.startswith("w-")
    assert Parts(faulty_s3.healthy).newest(STAGE, PART) == receipt
    assert [row.id for row in Parts(faulty_s3.healthy).rows(receipt, Row)] == ["a"]


def test_part_whose_listing_fails_is_an_error_and_not_a_new_part(
    faulty_s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_WAITS_S", (0.001,))
    commit(Parts(faulty_s3.healthy), outcome("a"))
    faulty_s3.script({"method": "GET", "action": "error", "times": -1})
    with pytest.raises(StorageError):
        Parts(faulty_s3.store).newest(STAGE, PART)


def test_store_without_conditions_never_shows_a_mixed_part(faulty_s3: Any) -> None:
    """Of two writers that both think they were first, one whole part is seen."""
    faulty_s3.script({"method": "PUT", "action": "ignore_condition", "times": -1})
    for writer, row in (("one", "a"), ("two", "b")):
        commit(Parts(faulty_s3.store, writer), outcome(row))
    parts = Parts(faulty_s3.healthy)
    newest = parts.newest(STAGE, PART)
    assert newest is not None
    assert newest.writer.startswith("two-")
    assert newest.row_digest == digest_of(parts.rows(newest, Row))


# Renewing


def test_renewed_generation_stands_for_the_older_rows(store: Store) -> None:
    parts = Parts(store, "w")
    old = commit(parts, outcome("a"))
    newer = commit(parts, outcome("b"), old)
    renewed = parts.renew(old, newer)
    assert (renewed.generation, renewed.data) == (3, old.data)
    assert parts.newest(STAGE, PART) == renewed
    assert renewed.writer.startswith("w-")
    assert renewed.writer != old.writer


def test_renewal_that_comes_second_leaves_the_older_rows_in_place(store: Store) -> None:
    parts = Parts(store)
    old = commit(parts, outcome("a", rejected="x"))
    newer = commit(parts, outcome("b"), old)
    other = commit(Parts(store), outcome("c"), newer)
    assert parts.renew(old, newer) == other
    assert [row.id for row in parts.rows(old, Row)] == ["a"]
    assert len(parts.losses(old)) == 1


# Digests


def test_row_digest_is_that_of_the_rows_and_the_same_in_every_process(store: Store) -> None:
    rows = [
        Row(id="ä\u2028\x00😀", score=0.1, spans=[Inner(start=1)], tags=("x",), maybe=1e-300),
        Row(id="b", maybe=None, number=-(2**63)),
    ]
    receipt = commit(Parts(store), Outcome(rows=rows, rejected=[], failed=[], rows_in=2))
    lines = b"".join(digest(row.model_dump(mode="json")).encode() + b"\n" for row in rows)
    assert receipt.row_digest == hashlib.sha256(lines).hexdigest()[:32]
    assert receipt.row_digest == digest_of(Parts(store).rows(receipt, Row))
    program = (
        "import sys, orjson, hashlib; from gleanery.infra.digests import digest\n"
        "lines = (digest(row).encode() + b'\\n' for row in orjson.loads(sys.stdin.buffer.read()))\n"
        "print(hashlib.sha256(b''.join(lines)).hexdigest()[:32])"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            input=orjson.dumps([row.model_dump(mode="json") for row in rows]),
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        assert done.stdout.decode().strip() == receipt.row_digest


def test_digest_of_rows_knows_their_order_and_every_field() -> None:
    rows = [Row(id="a"), Row(id="b")]
    others = [rows[::-1], rows[:1], [rows[0], Row(id="b", maybe=0.0)]]
    assert digest_of(rows) not in [digest_of(other) for other in others]


def test_more_rows_than_memory_holds_at_once_come_back_in_order(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    names = [f"{number:05d}" for number in range(2500)]
    receipt = commit(parts, outcome(*names))
    assert [row.id for row in parts.rows(receipt, Row)] == names
    assert receipt.rows_out == 2500


rows_of_any_kind = st.builds(
    Row,
    id=st.text(),
    text=st.text(),
    number=st.integers(-(2**63), 2**63 - 1),
    score=st.floats(allow_nan=False),
    kept=st.booleans(),
    spans=st.lists(st.builds(Inner, start=st.integers(0, 99), note=st.none() | st.text())),
    tags=st.lists(st.text()).map(tuple),
    maybe=st.none() | st.floats(allow_nan=False, allow_infinity=False),
)


@given(st.lists(rows_of_any_kind, max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_rows_come_back_equal_with_their_digest(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row]
) -> None:
    parts = Parts(Store(str(tmp_path_factory.mktemp("parts"))))
    receipt = commit(parts, Outcome(rows=rows, rejected=[], failed=[], rows_in=len(rows)))
    assert parts.rows(receipt, Row) == rows
    assert receipt.row_digest == digest_of(rows)


# What decides, and what must not be told


def test_part_key_follows_everything_that_decides_and_nothing_else() -> None:
    keys = {plan().key, plan(model="m2").key, plan(digest="d2").key}
    assert len(keys) == 3
    assert plan().key == plan().key
    versions = [plan().model_copy(update={"version": version}).key for version in (1, 2)]
    assert versions[0] != versions[1]


def test_mixed_part_has_a_key_of_its_own(tmp_path: Path) -> None:
    made = outcome("a")
    made.mixed_from = "the key before"
    assert commit(Parts(Store(str(tmp_path))), made).key != plan().key


def test_receipt_holds_no_secret_of_the_store(faulty_s3: Any) -> None:
    options = {"endpoint_url": faulty_s3.address, "key": "key-id-123", "secret": "secret-456"}
    store = Store(faulty_s3.store.root, options)
    made = outcome("a", failed="b")
    made.usage = Usage(sent=1, cost=0.5)
    commit(Parts(store), made)
    for info in store.list(""):
        body = store.read(info.path)
        assert not [
            secret for secret in (b"key-id-123", b"secret-456", b"http://") if secret in body
        ]


def test_writer_that_a_receipt_cannot_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot name a writer"):
        Parts(Store(str(tmp_path)), "nightly-3")


@pytest.mark.parametrize(
    "annotation",
    [
        dict[str, int],
        set[str],
        bytes,
        int | str,
        tuple[int, str],
        Any,
        complex,
        list[dict[str, int]],
        Inner | None,
        list[Inner | None],
        list[str] | None,
    ],
    ids=str,
)
def test_type_without_a_column_is_refused(annotation: Any) -> None:
    record = type("Odd", (BaseModel,), {"__annotations__": {"field": annotation}})
    with pytest.raises(TypeError, match="no Parquet type"):
        arrow_schema(record)
