"""Storage on a disk and on S3, and what it says when it does not do what was asked."""

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra import storage
from gleanery.infra.local_files import TEMPORARY
from gleanery.infra.storage import StorageError, Store

OUTAGES = [
    {"action": "error", "status": 500, "times": -1},
    {"action": "error", "status": 503, "times": -1},
    {"action": "reset", "times": -1},
]
TRIES = 3


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_WAITS_S", (0.001,) * (TRIES - 1))


# What every storage does


def test_object_is_read_as_it_was_written(store: Store) -> None:
    store.write("a/b/c.bin", b"\x00one")
    store.write("a/b/c.bin", b"two")
    assert store.read("a/b/c.bin") == b"two"


def test_missing_object_is_not_found_and_not_an_outage(store: Store) -> None:
    store.write("there/object", b"x")
    with pytest.raises(FileNotFoundError):
        store.read("there/other")
    assert not store.exists("there/other")
    assert store.list("nowhere") == []
    store.delete("there/other")


def test_listing_holds_what_is_below_in_order_and_nothing_else(store: Store) -> None:
    for path in ("stage/part-b/y", "stage/part-a/z", "stage/part-a/x/1", "stage/part-ab/y"):
        store.write(path, path.encode())
    assert [(info.path, info.size) for info in store.list("stage/part-a")] == [
        ("stage/part-a/x/1", 16),
        ("stage/part-a/z", 14),
    ]
    assert [info.path for info in store.list("stage/part-b/y")] == ["stage/part-b/y"]
    assert len(store.list("")) == 4
    assert store.exists("stage/part-b/y")
    assert not store.exists("stage/part")


def test_folders_are_those_right_below_the_root(store: Store) -> None:
    assert store.folders() == []
    for path in ("b/deep/one", "a/two", "c"):
        store.write(path, b"x")
    assert store.folders() == ["a", "b"]
    assert store.below("b").folders() == ["deep"]
    assert store.below("nowhere").folders() == []


def test_what_another_store_object_writes_is_seen_at_once(store: Store) -> None:
    other = Store(store.root, {"skip_instance_cache": True})  # as in another process
    assert store.list("shared") == []
    other.write("shared/a", b"1")
    assert [info.path for info in store.list("shared")] == ["shared/a"]
    assert store.exists("shared/a")
    other.delete("shared/a")
    assert store.list("shared") == []
    assert not store.exists("shared/a")


def test_what_another_process_writes_is_seen_at_once(store: Store) -> None:
    assert store.list("shared") == []
    spawn_and_wait(_write_one, store, "shared/a")
    assert [info.path for info in store.list("shared")] == ["shared/a"]


def _write_one(store: Store, path: str) -> None:
    store.write(path, b"from another process")


def spawn_and_wait(function: Any, *arguments: Any) -> None:
    process = multiprocessing.get_context("spawn").Process(target=function, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == 0


def test_folder_that_appears_while_it_is_listed_is_no_object(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(f"{bucket}/root")
    find, listed = store._fs._lsdir, []

    async def lsdir(*args: Any, **kwargs: Any) -> Any:
        listed.append(await find(*args, **kwargs))
        if len(listed) == 1:
            await store._fs._pipe_file(f"{store._base}/epochs/1", b"first")
        return listed[-1]

    monkeypatch.setattr(store._fs, "_lsdir", lsdir)
    assert store.list("epochs") == []
    assert [info.path for info in store.list("epochs")] == ["epochs/1"]


def test_create_makes_an_object_once(store: Store) -> None:
    assert store.create("batches/1", b"mine")
    assert not store.create("batches/1", b"yours")
    assert store.read("batches/1") == b"mine"


def test_create_of_the_same_bytes_again_counts_as_made(store: Store) -> None:
    assert store.create("batches/1", b"writer 7")
    assert store.create("batches/1", b"writer 7")


@pytest.mark.parametrize("round_", range(3))
def test_one_of_sixteen_threads_creates(store: Store, round_: int) -> None:
    together = threading.Barrier(16)

    def create(number: int) -> bool:
        together.wait()
        return store.create("contested", b"writer %d" % number)

    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(create, range(16)))
    assert made.count(True) == 1
    assert store.read("contested") == b"writer %d" % made.index(True)


def test_one_of_several_processes_creates_each_object(store: Store, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results, together = context.Queue(), context.Barrier(3)
    processes = [
        context.Process(target=_create_many, args=(store, number, together, results))
        for number in range(3)
    ]
    for process in processes:
        process.start()
    made = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    winners = [name for names in made for name in names]
    assert sorted(winners) == [f"contested/{index:02d}" for index in range(16)]


def _create_many(store: Store, number: int, together: Any, results: Any) -> None:
    together.wait()
    names = [f"contested/{index:02d}" for index in range(16)]
    results.put([name for name in names if store.create(name, b"writer %d" % number)])


def test_path_that_leads_out_of_the_root_is_refused(store: Store) -> None:
    for refused in (store.read, store.list, store.delete, store.exists):
        with pytest.raises(ValueError, match=r"leads out"):
            refused("parts/../../elsewhere")
    with pytest.raises(ValueError, match=r"leads out"):
        store.write("../elsewhere", b"")


def test_store_below_a_prefix_shares_the_objects(store: Store) -> None:
    store.below("pipeline").write("a", b"1")
    assert store.read("pipeline/a") == b"1"
    assert store.below("pipeline").list("")[0].path == "a"


# Secrets


def test_pickled_store_works_in_a_spawned_process_with_its_options(faulty_s3: Any) -> None:
    spawn_and_wait(_write_one, faulty_s3.store, "x/y")
    assert faulty_s3.healthy.read("x/y") == b"from another process"
    assert faulty_s3.requests()["PUT"] == 1


def test_no_secret_shows_in_texts_about_a_store(faulty_s3: Any) -> None:
    options = {"endpoint_url": faulty_s3.address, "key": "open-name", "secret": "very-secret"}
    store = pickle.loads(pickle.dumps(Store(faulty_s3.store.root, options)))
    store.write("a", b"1")
    faulty_s3.script({"action": "error", "status": 403, "times": -1})
    with pytest.raises(StorageError) as refused:
        store.read("a")
    texts = [repr(store), str(store), store.uri("a"), str(refused.value)]
    assert not [text for text in texts if "very-secret" in text]


# Outages


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda fault: str(fault.get("status", "reset")))
def test_outage_never_looks_like_an_absent_object(faulty_s3: Any, outage: dict[str, Any]) -> None:
    store = faulty_s3.store
    store.write("a/b", b"there")
    faulty_s3.script(outage)
    for attempt in (
        lambda: store.read("a/b"),
        lambda: store.read("a/none"),
        store.folders,
        lambda: store.list("a"),
        lambda: store.exists("a/none"),
        lambda: store.create("a/new", b"x"),
        lambda: store.write("a/b", b"x"),
        lambda: store.delete("a/b"),
        store.creates_conditionally,
    ):
        with pytest.raises(StorageError, match=r"after 3 tries.*Is the storage up\?"):
            attempt()
    faulty_s3.script()
    assert store.read("a/b") == b"there"


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda fault: str(fault.get("status", "reset")))
def test_short_outage_is_bridged(faulty_s3: Any, outage: dict[str, Any]) -> None:
    store = faulty_s3.store
    store.write("a/b", b"there")
    for attempt, expected in (
        (lambda: store.read("a/b"), b"there"),
        (lambda: [info.path for info in store.list("a")], ["a/b"]),
        (lambda: store.exists("a/none"), False),
        (lambda: store.create("a/new", b"mine"), True),
        (lambda: store.write("a/other", b"x"), None),
        (lambda: store.delete("a/other"), None),
        (store.creates_conditionally, True),
    ):
        faulty_s3.script(outage | {"times": 2})
        assert attempt() == expected


def test_tries_are_ours_alone_and_not_multiplied_by_the_libraries(faulty_s3: Any) -> None:
    faulty_s3.script({"action": "error", "status": 503, "times": -1})
    with pytest.raises(StorageError):
        faulty_s3.store.write("a", b"1")
    assert faulty_s3.requests() == {"PUT": TRIES}


def test_reading_a_small_object_is_one_request(faulty_s3: Any) -> None:
    faulty_s3.healthy.write("a", b"1")
    faulty_s3.store.read("a")
    assert faulty_s3.requests() == {"GET": 1}


def test_answer_cut_halfway_is_asked_for_again(faulty_s3: Any) -> None:
    data = os.urandom(100_000)
    faulty_s3.store.write("a", data)
    faulty_s3.script({"method": "GET", "action": "cut_body", "times": 2})
    assert faulty_s3.store.read("a") == data
    assert faulty_s3.requests()["GET"] == 3


def test_listing_of_several_pages_is_whole_or_an_error(faulty_s3: Any) -> None:
    names = [f"many/{number:04d}" for number in range(1005)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: faulty_s3.healthy.write(name, b""), names))
    second_page = {"path": "continuation-token"}
    faulty_s3.script(second_page | {"action": "reset"})
    assert [info.path for info in faulty_s3.store.list("many")] == names
    faulty_s3.script(second_page | {"action": "error", "times": -1})
    with pytest.raises(StorageError):
        faulty_s3.store.list("many")


def test_slow_answer_is_waited_for(faulty_s3: Any) -> None:
    faulty_s3.script({"action": "delay", "seconds": 1.0})
    faulty_s3.store.write("a", b"1")
    assert faulty_s3.requests() == {"PUT": 1}


@pytest.mark.parametrize("times", [1, 2])
def test_create_whose_answer_was_lost_counts_as_made(faulty_s3: Any, times: int) -> None:
    faulty_s3.script({"method": "PUT", "action": "lost_answer", "times": times})
    assert faulty_s3.store.create("receipt", b"writer 1")
    assert not faulty_s3.store.create("receipt", b"writer 2")
    assert faulty_s3.healthy.read("receipt") == b"writer 1"


def test_create_whose_answer_was_lost_inside_s3fs_counts_as_made(
    faulty_s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faulty_s3.store._fs, "retries", 5)
    faulty_s3.script({"method": "PUT", "action": "lost_answer", "times": 3})
    assert faulty_s3.store.create("receipt", b"writer 1")


def test_lost_answer_of_the_loser_is_not_taken_for_a_win(faulty_s3: Any) -> None:
    faulty_s3.healthy.create("receipt", b"writer 1")
    faulty_s3.script({"method": "PUT", "action": "lost_answer", "times": 1})
    assert not faulty_s3.store.create("receipt", b"writer 2")
    assert faulty_s3.healthy.read("receipt") == b"writer 1"


def test_write_whose_answer_was_lost_is_there(faulty_s3: Any) -> None:
    faulty_s3.script({"method": "PUT", "action": "lost_answer", "times": 2})
    faulty_s3.store.write("a", b"1")
    assert faulty_s3.healthy.read("a") == b"1"


def test_conflict_with_a_write_under_way_is_tried_again(faulty_s3: Any) -> None:
    faulty_s3.script({"method": "PUT", "action": "error", "status": 409, "times": 2})
    assert faulty_s3.store.create("receipt", b"writer 1")


def test_refused_credentials_are_said_at_once(faulty_s3: Any) -> None:
    faulty_s3.script({"action": "error", "status": 403, "times": -1})
    with pytest.raises(StorageError, match=r"cannot list s3://.*scripted fault"):
        faulty_s3.store.list("a")
    assert faulty_s3.requests() == {"GET": 1}


def test_missing_bucket_is_named_and_never_looks_empty(s3: str) -> None:
    store = Store("s3://no-such-bucket-here/prefix")
    for attempt in (
        store.folders,
        lambda: store.list("a"),
        lambda: store.exists("a"),
        lambda: store.read("a"),
        lambda: store.write("a", b""),
        lambda: store.create("a", b""),
        lambda: store.delete("a"),
        store.creates_conditionally,
    ):
        with pytest.raises(StorageError, match=r"s3://no-such-bucket-here/prefix.*no such bucket"):
            attempt()


# Stores without conditional writes


def test_conditional_creates_are_found_out(store: Store) -> None:
    assert store.creates_conditionally()
    assert store.list("") == []


def test_store_that_ignores_conditions_is_found_out(faulty_s3: Any) -> None:
    faulty_s3.script({"method": "PUT", "action": "ignore_condition", "times": -1})
    assert not faulty_s3.store.creates_conditionally()
    assert faulty_s3.healthy.list("") == []


def test_store_that_refuses_conditions_is_found_out_and_still_creates(
    faulty_s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = faulty_s3.store._fs.pipe_file

    def refuse_condition(path: str, data: bytes, mode: str = "overwrite") -> None:
        action = "error" if mode == "create" else "delay"
        faulty_s3.script({"method": "PUT", "action": action, "status": 501, "seconds": 0})
        original(path, data, mode=mode)

    monkeypatch.setattr(faulty_s3.store._fs, "pipe_file", refuse_condition)
    assert not faulty_s3.store.creates_conditionally()
    assert faulty_s3.store.create("receipt", b"writer 1")
    assert not faulty_s3.store.create("receipt", b"writer 2")
    assert faulty_s3.store.create("receipt", b"writer 1")
    assert faulty_s3.healthy.read("receipt") == b"writer 1"


# The local disk


def test_kill_in_mid_write_leaves_the_old_object_whole(tmp_path: Path) -> None:
    """A writer is killed at random moments; every reader sees one of the two whole versions."""
    program = (
        "import sys; from gleanery.infra.storage import Store\n"
        "store = Store(sys.argv[1]); print('ready', flush=True)\n"
        "while True:\n"
        "    for byte in b'ab': store.write('big', bytes([byte]) * 3_000_000)\n"
    )
    store = Store(str(tmp_path))
    store.write("big", b"a" * 3_000_000)
    for pause in (0.0, 0.007, 0.015, 0.03):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert store.read("big") in (b"a" * 3_000_000, b"b" * 3_000_000)
        assert [info.path for info in store.list("")] == ["big"]


def test_leftover_of_a_killed_writer_is_not_listed(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.write("a/b", b"1")
    (tmp_path / "a" / f"c.0123456789ab{TEMPORARY}").write_bytes(b"torn")
    assert [info.path for info in store.list("")] == ["a/b"]


def test_failed_write_leaves_no_file_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    store = Store(str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        with pytest.raises(StorageError, match="No space left on device"):
            store.write("a/b", b"1")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_failing_disk_is_an_error_and_not_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stale(path: str) -> None:
        raise OSError(116, "Stale file handle")

    store = Store(str(tmp_path))
    store.write("parts/a/receipt", b"1")
    monkeypatch.setattr(os, "scandir", stale)
    with pytest.raises(StorageError, match=r"cannot list.*Stale file handle"):
        store.list("parts")


def test_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    store = Store(str(tmp_path / "data"))
    for attempt in (lambda: store.write("a/b", b""), lambda: store.create("b", b"")):
        with pytest.raises(StorageError, match=r"is a file, not a folder|Not a directory"):
            attempt()
