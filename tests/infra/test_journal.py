"""The journal: answers become safe while a part runs, and stay so through every crash."""

import asyncio
import dataclasses
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.infra import journal, storage
from gleanery.infra.journal import (
    FLUSH_AFTER_ANSWERS,
    Journal,
    Spent,
    compact_folder,
    read_answers,
    spent_in,
)
from gleanery.infra.journal_objects import decode, encode
from gleanery.infra.llm.protocol import Completion
from gleanery.infra.storage import ObjectInfo, StorageError, Store

FOLDER = "journal/extraction/part-1"


def answer(key: str, text: str = "text", prompt: int = 10, completion: int = 5) -> Completion:
    return Completion(key, text, "stop", prompt, completion, "model")


async def fill(store: Store, writer: str, *answers: Completion, cost: float = 0.0) -> None:
    """Write the answers as one segment."""
    async with Journal(store, FOLDER, writer) as kept:
        for completion in answers:
            await kept.add(completion, cost)


def names(store: Store) -> list[str]:
    return [info.path for info in store.list(FOLDER)]


def texts(store: Store, first: str = "") -> dict[str, str]:
    return {key: kept.text for key, kept in read_answers(store, FOLDER, first).items()}


class BreakingStore(Store):
    """A store that fails for good after a number of changes, as a run does that is killed there.

    It records what was changed; with `lands` the change that fails takes effect nevertheless.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self.allowed, self.lands = 10**9, False
        self.changes: list[str] = []

    def _change(self, verb: str, path: str, act: Callable[[], None]) -> None:
        if len(self.changes) >= self.allowed:
            if self.lands:
                act()
            raise StorageError(f"broken before {verb} {path}")
        self.changes.append(f"{verb} {path}")
        act()

    def write(self, path: str, data: bytes) -> None:
        self._change("write", path, lambda: Store.write(self, path, data))

    def delete(self, path: str) -> None:
        self._change("delete", path, lambda: Store.delete(self, path))


# Durability


async def test_answers_are_kept_and_found_by_the_next_run(store: Store) -> None:
    await fill(store, "first", answer("a", "1"), answer("b", "2"))
    async with Journal(store, FOLDER, "second") as again:
        assert again.get("a") == answer("a", "1")
        assert again.get("b") == answer("b", "2")
        assert again.get("c") is None


async def test_a_full_segment_is_durable_before_the_next_answer(store: Store) -> None:
    async with Journal(store, FOLDER, "w") as kept:
        for number in range(FLUSH_AFTER_ANSWERS):
            assert names(store) == []
            await kept.add(answer(f"k{number}"))
        assert len(read_answers(store, FOLDER)) == FLUSH_AFTER_ANSWERS


async def test_never_more_than_a_segment_of_answers_is_unsafe(tmp_path: Path) -> None:
    """Several engines add to one journal while the storage is slow."""
    release = threading.Event()

    class SlowStore(Store):
        def write(self, path: str, data: bytes) -> None:
            release.wait(60)
            super().write(path, data)

    added = 0

    async def buy(kept: Journal, buyer: int) -> None:
        nonlocal added
        for number in range(200):
            added += 1
            await kept.add(answer(f"{buyer}-{number}"))

    store = SlowStore(str(tmp_path))
    async with Journal(store, FOLDER, "w") as kept, asyncio.TaskGroup() as group:
        for buyer in range(4):
            group.create_task(buy(kept, buyer))
        await asyncio.sleep(0.1)
        assert added <= FLUSH_AFTER_ANSWERS + 3  # each buyer may hold the one that it waits with
        release.set()
    assert len(read_answers(store, FOLDER)) == 800
    assert len(names(store)) <= 5  # and full segments, not one per waiting buyer


async def test_answers_are_durable_after_the_flush_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "FLUSH_AFTER_S", 0.05)
    async with Journal(store, FOLDER, "w") as kept:
        await kept.add(answer("a"))
        assert names(store) == []
        await until(lambda: set(texts(store)) == {"a"})


async def test_answer_that_comes_during_a_flush_is_durable_after_the_flush_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "FLUSH_AFTER_S", 0.05)
    started, release = threading.Event(), threading.Event()

    class SlowStore(Store):
        def write(self, path: str, data: bytes) -> None:
            started.set()
            release.wait(60)
            super().write(path, data)

    store = SlowStore(str(tmp_path))
    async with Journal(store, FOLDER, "w") as kept:
        await kept.add(answer("a"))
        await until(started.is_set)
        await kept.add(answer("b"))  # no other answer follows: a straggler is still asked
        release.set()
        await until(lambda: set(texts(store)) == {"a", "b"})


async def until(condition: Callable[[], bool], limit_s: float = 60.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_segments_are_never_rewritten(tmp_path: Path) -> None:
    store = BreakingStore(str(tmp_path))
    async with Journal(store, FOLDER, "w") as kept:
        for number in range(3 * FLUSH_AFTER_ANSWERS + 1):
            await kept.add(answer(f"k{number}"))
    assert len(store.changes) == len(set(store.changes)) == 4
    assert all(change.startswith("write") for change in store.changes)


async def test_given_up_part_keeps_its_answers(store: Store) -> None:
    async def give_up() -> None:
        async with Journal(store, FOLDER, "w") as kept:
            await kept.add(answer("a"))
            raise RuntimeError("the part is given up")

    with pytest.raises(RuntimeError):
        await give_up()
    assert set(texts(store)) == {"a"}


async def test_cancelled_part_waits_for_the_segment_that_is_being_written(tmp_path: Path) -> None:
    started, release = threading.Event(), threading.Event()

    class SlowStore(Store):
        def write(self, path: str, data: bytes) -> None:
            started.set()
            release.wait(60)
            super().write(path, data)

    async def run(store: Store) -> None:
        async with Journal(store, FOLDER, "w") as kept:
            await kept.add(answer("a"))
            await kept.flush()

    store = SlowStore(str(tmp_path))
    running = asyncio.create_task(run(store))
    await until(started.is_set)
    running.cancel()
    await asyncio.sleep(0.05)
    assert not running.done()
    release.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert set(texts(store)) == {"a"}


async def test_closing_while_the_timer_writes_waits_for_its_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "FLUSH_AFTER_S", 0.0)
    started = threading.Event()

    class SlowStore(Store):
        def write(self, path: str, data: bytes) -> None:
            started.set()
            time.sleep(0.2)
            super().write(path, data)

    store = SlowStore(str(tmp_path))
    async with Journal(store, FOLDER, "w") as kept:
        await kept.add(answer("a"))
        await until(started.is_set)
    assert set(texts(store)) == {"a"}


# A storage that fails


@pytest.mark.parametrize("lands", [False, True])
async def test_failed_segment_stops_the_buying_and_is_counted_once(
    tmp_path: Path, lands: bool
) -> None:
    store = BreakingStore(str(tmp_path))
    async with Journal(store, FOLDER, "w") as kept:
        store.allowed, store.lands = 0, lands
        for number in range(FLUSH_AFTER_ANSWERS - 1):
            await kept.add(answer(f"k{number}"))
        with pytest.raises(StorageError):
            await kept.add(answer("last"))
        with pytest.raises(StorageError):
            await kept.add(answer("was in flight"))
        store.allowed = 10**9
    assert len(read_answers(store, FOLDER)) == FLUSH_AFTER_ANSWERS + 1
    assert spent_in(store.list(FOLDER)).answers == FLUSH_AFTER_ANSWERS + 1


async def test_segment_that_fails_in_the_background_surfaces_at_the_next_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "FLUSH_AFTER_S", 0.0)
    store = BreakingStore(str(tmp_path))
    store.allowed = 0
    kept = await Journal(store, FOLDER, "w").__aenter__()
    await kept.add(answer("a"))
    await until(lambda: kept._error is not None)
    with pytest.raises(StorageError):
        await kept.add(answer("b"))
    with pytest.raises(StorageError):
        await kept.__aexit__()
    assert names(store) == []


async def test_segment_whose_put_loses_its_answer_is_kept_once(
    faulty_s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_WAITS_S", (0.001,) * 2)
    faulty_s3.script({"method": "PUT", "action": "lost_answer", "times": 2})
    await fill(faulty_s3.store, "w", answer("a"))
    assert spent_in(faulty_s3.healthy.list(FOLDER)) == Spent(1, 10, 5, 0)


async def test_unreadable_journal_stops_the_run_before_anything_is_asked(
    faulty_s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_WAITS_S", (0.001,))
    await fill(faulty_s3.healthy, "w", answer("a"))
    faulty_s3.script({"method": "GET", "action": "error", "status": 503, "times": -1})
    with pytest.raises(StorageError):
        async with Journal(faulty_s3.store, FOLDER, "w"):
            pass


# Compaction


async def test_compaction_leaves_one_object_with_all_answers_and_sums(store: Store) -> None:
    await fill(store, "one", answer("a"), answer("b"), cost=0.25)
    await fill(store, "two", answer("c"), cost=0.5)
    before, spent = texts(store), spent_in(store.list(FOLDER))
    assert spent == Spent(3, 30, 15, 1_000_000)
    compact_folder(store, FOLDER, "two")
    assert len(names(store)) == 1
    assert (texts(store), spent_in(store.list("journal"))) == (before, spent)
    compact_folder(store, FOLDER, "two")
    assert len(names(store)) == 1


@pytest.mark.parametrize("lands", [False, True])
@pytest.mark.parametrize("changes", range(9))
async def test_crash_anywhere_in_a_compaction_keeps_answers_and_sums(
    tmp_path: Path, changes: int, lands: bool
) -> None:
    store = BreakingStore(str(tmp_path))
    for writer in ("one", "two", "three"):
        await fill(store, writer, answer("shared", writer), answer(writer, writer), cost=1e-6)
    compact_folder(store, FOLDER, "two")
    await fill(store, "four", answer("four", "4"), cost=1e-6)
    await fill(store, "five", answer("five", "5"), cost=1e-6)
    before, spent = texts(store), spent_in(store.list(FOLDER))
    assert (before["shared"], spent.answers, spent.micros) == ("two", 8, 8)
    store.allowed, store.lands = len(store.changes) + changes, lands
    for _ in range(2):  # killed, and killed again at the same point of the next run
        try:
            compact_folder(store, FOLDER, "five")
        except StorageError:
            assert texts(store) == before
            assert spent_in(store.list(FOLDER)) == spent
        store.allowed = len(store.changes) + changes
    store.allowed = 10**9
    compact_folder(store, FOLDER, "five")
    assert len(names(store)) == 1
    assert (texts(store), spent_in(store.list(FOLDER))) == (before, spent)


async def test_answers_that_the_receipt_used_win_over_other_copies(store: Store) -> None:
    await fill(store, "loser", answer("a", "of the loser"))
    async with Journal(store, FOLDER, "another") as kept:
        pass
    await fill(store, "winner", answer("a", "of the winner"))
    assert texts(store)["a"] == "of the loser"
    compact_folder(store, FOLDER, "winner")
    assert texts(store)["a"] == "of the winner"
    async with Journal(store, FOLDER, "later") as kept:
        await kept.add(answer("b"))
        await kept.compact()
    assert texts(store) == {"a": "of the winner", "b": "text"}


async def test_compaction_at_the_end_of_a_run_keeps_what_that_run_used(store: Store) -> None:
    async with Journal(store, FOLDER, "winner") as kept:
        await kept.add(answer("a", "of the winner"))
        await fill(store, "other", answer("a", "of the other"))
        await fill(store, "other", answer("b", "of the other"))
        compact_folder(store, FOLDER, "other")
        assert texts(store)["a"] == "of the other"
        await kept.compact()
    assert texts(store) == {"a": "of the winner", "b": "of the other"}
    assert spent_in(store.list(FOLDER)).answers == 3


async def test_segment_written_while_another_run_compacts_is_kept_and_counted(
    tmp_path: Path,
) -> None:
    store = Store(str(tmp_path))
    await fill(store, "one", answer("a"))
    await fill(store, "two", answer("b"))

    written: list[str] = []

    class Interrupted(Store):
        def read(self, path: str) -> bytes:
            if not written:
                written.append(path)
                asyncio.run(fill(store, "three", answer("c")))
            return super().read(path)

    await asyncio.to_thread(compact_folder, Interrupted(str(tmp_path)), FOLDER, "one")
    assert set(texts(store)) == {"a", "b", "c"}
    assert spent_in(store.list(FOLDER)).answers == 3


async def test_two_compactions_at_once_lose_and_double_nothing(store: Store) -> None:
    for writer in ("one", "two", "three"):
        await fill(store, writer, answer(writer))
    before, spent = texts(store), spent_in(store.list(FOLDER))
    stop = threading.Event()
    seen: list[set[str]] = []

    def read() -> None:
        while True:
            seen.append(set(texts(Store(store.root))))
            if stop.is_set():
                return

    reader = asyncio.create_task(asyncio.to_thread(read))
    await asyncio.gather(
        *[
            asyncio.to_thread(compact_folder, Store(store.root), FOLDER, writer)
            for writer in ("one", "one", "two")
        ]
    )
    stop.set()
    await reader
    assert seen
    assert all(keys == {"one", "two", "three"} for keys in seen)
    assert (texts(store), spent_in(store.list(FOLDER))) == (before, spent)
    compact_folder(store, FOLDER, "one")
    assert len(names(store)) == 1
    assert spent_in(store.list(FOLDER)) == spent


async def test_clock_that_goes_backwards_does_not_hide_what_was_spent(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store, "one", answer("a"))
    await fill(store, "two", answer("b"))
    compact_folder(store, FOLDER, "two")
    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: 1)
        await fill(store, "three", answer("c"), answer("d"))
    assert spent_in(store.list(FOLDER)).answers == 4


# Reading


async def test_reader_lists_again_when_a_compaction_took_the_segments_away(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    await fill(store, "one", answer("a"))
    await fill(store, "two", answer("b"))

    class Overtaken(Store):
        def list(self, prefix: str) -> list[ObjectInfo]:
            infos = super().list(prefix)
            compact_folder(store, FOLDER, "one")
            return infos

    assert set(texts(Overtaken(str(tmp_path)))) == {"a", "b"}


async def test_listing_torn_by_a_compaction_hides_no_answer(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    await fill(store, "one", answer("a"))
    await fill(store, "two", answer("b"))

    class Torn(Store):
        torn = False

        def list(self, prefix: str) -> list[ObjectInfo]:
            if self.torn:
                return super().list(prefix)
            self.torn = True
            compact_folder(store, FOLDER, "one")
            return []  # the segments taken away, the merged object not there yet

    assert set(texts(Torn(str(tmp_path)))) == {"a", "b"}


def test_object_that_is_listed_and_never_there_ends_as_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dangling(Store):
        def list(self, prefix: str) -> list[ObjectInfo]:
            return [ObjectInfo(f"{prefix}/segment-1-w-n1-p1-c1-m0.jsonl.zst", 1)]

    monkeypatch.setattr(journal, "_WAIT_S", 0.001)
    with pytest.raises(StorageError, match="listed but not there"):
        read_answers(Dangling(str(tmp_path)), FOLDER)


async def test_torn_object_is_named(store: Store) -> None:
    await fill(store, "one", answer("a"))
    path = names(store)[0]
    store.write(path, store.read(path)[:-9])
    with pytest.raises(StorageError, match=r"part-1/segment-.*move it away"):
        read_answers(store, FOLDER)


async def test_imported_recordings_are_read_last_and_never_compacted(store: Store) -> None:
    store.write(f"{FOLDER}/recorded.jsonl", b"".join(_line(k, "recorded") for k in "ab"))
    store.write(f"{FOLDER}/README.md", b"not a journal")
    await fill(store, "one", answer("a", "asked"))
    assert texts(store) == {"a": "asked", "b": "recorded"}
    compact_folder(store, FOLDER, "one")
    await fill(store, "two", answer("c"))
    compact_folder(store, FOLDER, "two")
    assert len(names(store)) == 3
    assert texts(store) == {"a": "asked", "b": "recorded", "c": "text"}
    assert spent_in(store.list(FOLDER)).answers == 2


def _line(key: str, text: str) -> bytes:
    return orjson.dumps(dataclasses.asdict(answer(key, text))) + b"\n"


async def test_sums_of_all_folders_come_from_names_alone(tmp_path: Path) -> None:
    class Unreadable(Store):
        def read(self, path: str) -> bytes:
            raise AssertionError("only the listing is needed")

    store = Store(str(tmp_path))
    for stage in ("extraction", "refinement"):
        for writer in ("one", "two"):
            async with Journal(store, f"journal/{stage}/p", writer) as kept:
                await kept.add(answer(writer, prompt=100, completion=7), cost=0.001)
    compact_folder(store, "journal/extraction/p", "one")
    assert spent_in(Unreadable(str(tmp_path)).list("journal")) == Spent(4, 400, 28, 4000)


def test_writer_that_object_names_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot name a writer"):
        Journal(Store(str(tmp_path)), FOLDER, "nightly-3")


# Odd texts

any_text = st.text(
    st.characters(codec=None, categories=None) | st.sampled_from("\ud800\udfff\u2028\x85\x00\r\n")
)


@given(st.lists(st.tuples(st.uuids(), any_text, any_text)))
@settings(max_examples=150, deadline=None)
def test_any_text_comes_back_as_it_was_kept(entries: list[tuple[Any, str, str]]) -> None:
    kept = [Completion(key.hex, text, reason, 1, 2, "m") for key, text, reason in entries]
    assert decode("x.jsonl.zst", encode(kept)) == kept


@given(any_text)
@settings(max_examples=150, deadline=None)
def test_only_what_is_not_unicode_is_mended(text: str) -> None:
    mended = answer("k", text).text
    mended.encode()
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert mended == text


def test_half_a_surrogate_pair_becomes_a_replacement_character_and_a_whole_one_a_character() -> (
    None
):
    assert answer("k", "cut \ud83d").text == "cut \ufffd"
    assert answer("k", "\ud83d\ude00!").text == "😀!"
