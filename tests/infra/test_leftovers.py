"""Leftovers: what killed and superseded writers leave is found, and nothing that anyone needs."""

import asyncio
import math
import os
import time

from pydantic import BaseModel

from gleanery.infra.journal import Journal, journal_folder
from gleanery.infra.leftovers import (
    EARLIER,
    PROBE,
    UNFINISHED,
    UNRECEIPTED,
    Leftover,
    leftovers_of_parts,
    remove,
    unfinished_writes,
)
from gleanery.infra.llm.protocol import Completion
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store

STAGE, PART = "refine", "000001-0000-abcd"


class Row(BaseModel):
    id: str


def soon() -> float:
    """Return a time by which all that is there now was written long ago."""
    return time.time() + 3600


def commit(parts: Parts, *ids: str, stage: str = STAGE) -> Receipt:
    plan = Plan(stage=stage, version=1, part=PART, inputs=(), decides={"ids": list(ids)})
    lost = [Loss(row_id="lost", reason="refusal", detail="")]
    outcome = Outcome([Row(id=name) for name in ids], lost, [], len(ids) + 1)
    return parts.commit(plan, outcome, Row, time.monotonic(), parts.newest(stage, PART))


def litter(store: Store, stage: str = STAGE) -> list[str]:
    """Write what a run leaves that is killed before its receipt; return the paths."""
    names = ["data-0123456789ab.parquet", "losses-0123456789ab.parquet"]
    paths = [f"parts/{stage}/{PART}/{name}" for name in names]
    for path in paths:
        store.write(path, b"rows")
    return paths


def paths(found: list[Leftover], kind: str) -> list[str]:
    return [leftover.path for leftover in found if leftover.kind == kind]


def keep_answers(store: Store, *writers: str) -> None:
    async def keep(writer: str) -> None:
        async with Journal(store, journal_folder(STAGE, PART), writer) as journal:
            await journal.add(Completion(f"key-{writer}", "{}", "stop", 1, 1, "model"))

    for writer in writers:
        asyncio.run(keep(writer))


def test_rows_that_no_receipt_names_are_left_over(store: Store) -> None:
    parts = Parts(store)
    commit(parts, "a")
    commit(parts, "a", "b")
    left, alone = litter(store), litter(store, "extract")  # one beside receipts, one before any
    found = leftovers_of_parts(store, soon())
    assert sorted(paths(found, UNRECEIPTED)) == sorted(left + alone)
    assert len(found) == 4
    assert {leftover.size for leftover in found} == {4}
    remove(store, found)
    assert leftovers_of_parts(store, soon()) == []
    for receipt in parts.receipts(STAGE, PART):  # of every generation
        assert parts.rows(receipt, Row)
        assert parts.losses(receipt)


def test_what_is_younger_than_the_time_stays(store: Store) -> None:
    commit(Parts(store), "a")
    commit(Parts(store), "b")
    litter(store)
    assert leftovers_of_parts(store, time.time() - 3600, earlier=True) == []
    assert all(abs(info.modified - time.time()) < 600 for info in store.list("parts"))
    assert store.list("parts")[0].modified != math.inf


def test_earlier_generations_go_on_demand_and_the_newest_stays(store: Store) -> None:
    parts = Parts(store)
    for names in ("a", "ab", "abc"):
        newest = commit(parts, *names)
    assert leftovers_of_parts(store, soon()) == []
    found = leftovers_of_parts(store, soon(), earlier=True)
    assert len(found) == 6
    assert {leftover.kind for leftover in found} == {EARLIER}
    remove(store, found)
    assert parts.receipts(STAGE, PART) == [newest]
    assert [row.id for row in parts.rows(newest, Row)] == ["a", "b", "c"]
    assert parts.losses(newest)
    assert commit(parts, "d").generation == 4


def test_rows_that_the_newest_generation_took_up_again_stay(store: Store) -> None:
    parts = Parts(store)
    first = commit(parts, "a")
    renewed = parts.renew(first, commit(parts, "b"))
    remove(store, leftovers_of_parts(store, soon(), earlier=True))
    assert parts.receipts(STAGE, PART) == [renewed]
    assert [row.id for row in parts.rows(renewed, Row)] == ["a"]


def test_cut_off_anywhere_every_receipt_has_its_rows_and_the_next_one_ends_it(store: Store) -> None:
    parts = Parts(store)
    for names in ("a", "ab", "abc"):
        newest = commit(parts, *names)
    litter(store)
    removals = 0
    while found := leftovers_of_parts(store, soon(), earlier=True):
        remove(store, found[:1])  # killed after the first deletion
        removals += 1
        for receipt in parts.receipts(STAGE, PART):
            assert parts.rows(receipt, Row)
            assert parts.losses(receipt)
        assert parts.newest(STAGE, PART) == newest
    assert removals == 8
    assert len(store.list("parts")) == 3


def test_generations_that_others_go_by_stay(store: Store) -> None:
    parts = Parts(store)
    commit(parts, "a", stage="policy")
    commit(parts, "b", stage="policy")
    assert leftovers_of_parts(store, soon(), earlier=True, but=["policy"]) == []
    commit(parts, "a")
    commit(parts, "b")
    keep_answers(store, "one", "two")  # whose answers count is read from the receipts
    assert leftovers_of_parts(store, soon(), earlier=True, but=["policy"]) == []


def test_a_generation_goes_once_the_next_one_is_old_enough(store: Store) -> None:
    if not store.is_local:  # a server sets its times itself
        return
    parts = Parts(store)
    commit(parts, "a")
    past = time.time() - 7200
    for info in store.list("parts"):
        os.utime(f"{store.root}/{info.path}", (past, past))
    commit(parts, "b")  # a minute ago: a run may still read what it read before
    assert leftovers_of_parts(store, time.time() - 3600, earlier=True) == []


def test_other_objects_beside_the_rows_are_nobody_s_leftovers(store: Store) -> None:
    for name in ("notes.txt", "data-of-mine.parquet", "data-0123456789ab.parquet.bak"):
        store.write(f"parts/{STAGE}/{PART}/{name}", b"mine")
    assert leftovers_of_parts(store, soon(), earlier=True) == []


def test_killed_writes_and_probes_are_found(store: Store) -> None:
    probe = f"probe-{'0' * 32}"
    store.write(probe, b"first")
    store.write("parts/probe-of-mine", b"mine")
    left = [(PROBE, probe)]
    if store.is_local:
        left = [(UNFINISHED, "parts/a/b/receipt-00001.json.0123456789ab.tmp"), *left]
        for name in (left[0][1], "parts/a/b/mine.tmp"):
            os.makedirs(f"{store.root}/parts/a/b", exist_ok=True)
            with open(f"{store.root}/{name}", "wb") as file:
                file.write(b"half")
    assert unfinished_writes(store, time.time() - 3600) == []
    found = unfinished_writes(store, soon())
    assert [(leftover.kind, leftover.path) for leftover in found] == left
    remove(store, found)
    assert unfinished_writes(store, soon()) == []
    assert store.exists("parts/probe-of-mine")
