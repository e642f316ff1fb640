"""`kill -9` at any moment of publishing: the next run makes the one release, as if undisturbed."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from gleanery.infra.storage import Store
from gleanery.tasks.release.published import POINTER, list_releases, read_manifest, released_rows

sys.path.insert(0, str(Path(__file__).parent))

from released_candidates import publish_rows

KILLS = 15
COUNT = 100
KILLED = -9


class Driver:
    """A running `publish_driver.py`."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("publish_driver.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, root: str, kill_after_s: float | None = None, **job: Any) -> int:
        """Return the exit code of a run; it is killed from outside if asked for."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(
            json.dumps({"root": root, "count": COUNT, **job}), file=self.process.stdin, flush=True
        )
        forked = int(self.process.stdout.readline())
        if kill_after_s is not None:
            time.sleep(kill_after_s)
            with contextlib.suppress(ProcessLookupError):
                os.kill(forked, signal.SIGKILL)
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def driver(s3: str) -> Iterator[Driver]:
    """Return a driver whose environment leads to the S3 server."""
    started = Driver()
    yield started
    started.process.kill()
    started.process.wait()


def check_as_undisturbed(store: Store, undisturbed: Store) -> None:
    (version,) = list_releases(store)
    whole = read_manifest(undisturbed)
    manifest = read_manifest(store)
    own = {"created": "", "writer": ""}
    assert manifest.model_copy(update=own) == whole.model_copy(update=own)
    assert orjson.loads(store.read(POINTER))["version"] == version
    folders = {info.path.split("/")[1] for info in store.list("releases")}
    assert folders == {"committed", "latest.json", version}
    held = {info.path for info in store.list(manifest.folder)}
    assert held == {f"{manifest.folder}/{f.path}" for f in manifest.files} | {
        f"{manifest.folder}/manifest.json"
    }
    assert list(released_rows(store)) == list(released_rows(undisturbed))


@pytest.fixture
def undisturbed(tmp_path: Path) -> Store:
    store = Store(str(tmp_path / "undisturbed"))
    publish_rows(store, COUNT)
    return store


def test_killed_at_random_again_and_again_it_makes_one_release(
    tmp_path: Path, undisturbed: Store, driver: Driver
) -> None:
    started = time.monotonic()
    assert driver.run(str(tmp_path / "timed")) == 0
    takes = time.monotonic() - started
    draw = random.Random(4)
    killed = 0
    for number in range(10 * KILLS):
        # A new store once the last one has come to its release: each has been killed several times.
        root = str(tmp_path / f"store-{number // 5}")
        killed += driver.run(root, kill_after_s=draw.uniform(0, takes)) == KILLED
        releases = list_releases(Store(root))
        assert len(releases) <= 1
        if releases:
            assert len(list(released_rows(Store(root)))) == COUNT
        if killed >= KILLS and number % 5 == 4:
            break
    assert killed >= KILLS
    for folder in sorted(tmp_path.glob("store-*")):
        publish_rows(Store(str(folder)), COUNT)
        check_as_undisturbed(Store(str(folder)), undisturbed)


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_each_change_of_the_storage_it_makes_one_release(
    tmp_path: Path, undisturbed: Store, driver: Driver, after: bool
) -> None:
    at = 1
    while driver.run(str(tmp_path / f"at-{at}"), at=at, after=after) == KILLED:
        store = Store(str(tmp_path / f"at-{at}"))
        committed = list_releases(store)
        assert len(committed) <= 1
        publish_rows(store, COUNT)
        check_as_undisturbed(store, undisturbed)
        if committed:  # what counted once counts for ever
            assert list_releases(store) == committed
        at += 1
    files = len(read_manifest(undisturbed).files)
    assert at - 1 == files + 3  # the manifest, the commit and the pointer


@pytest.mark.parametrize(
    ("at", "after"), [(1, True), (4, False), (-3, True), (-2, True), (-1, True)]
)
def test_killed_on_s3_it_makes_one_release(
    bucket: str, undisturbed: Store, driver: Driver, at: int, after: bool
) -> None:
    """Counted from the end: the manifest, the commit, the pointer."""
    changes = len(read_manifest(undisturbed).files) + 3
    root = f"{bucket}/prefix"
    point = at if at > 0 else changes + 1 + at
    assert driver.run(root, at=point, after=after) == KILLED
    store = Store(root)
    assert len(list_releases(store)) == (at in (-2, -1))
    publish_rows(store, COUNT)
    check_as_undisturbed(store, undisturbed)


def test_rows_that_changed_after_a_kill_leave_nothing_of_the_killed_release(
    tmp_path: Path, driver: Driver
) -> None:
    root = str(tmp_path / "store")
    assert driver.run(root, at=5, after=True) == KILLED
    store = Store(root)
    assert store.list("releases") != []
    manifest = publish_rows(store, COUNT + 7).manifest
    assert list_releases(store) == [manifest.version]
    folders = {info.path.split("/")[1] for info in store.list("releases")}
    assert folders == {"committed", "latest.json", manifest.version}
