"""`kill -9` at any moment of publishing: the next run makes the one release, as if undisturbed."""

import json
import random
import subprocess
import sys
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

    def run(self, root: str, **job: Any) -> int:
        """Return the exit code of a run."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        line = json.dumps({"root": root, "count": COUNT, **job})
        print(line, file=self.process.stdin, flush=True)
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
    """Some milliseconds after the start or after a change: within a write, most of them."""
    draw = random.Random(4)
    changes = len(read_manifest(undisturbed).files) + 3
    killed = stores = 0
    while killed < KILLS:
        stores += 1
        root = str(tmp_path / f"store-{stores}")
        for _ in range(4):  # what one left, the next finds
            kill = {"at": draw.randint(0, changes // 2), "delay_s": draw.uniform(0.0005, 0.02)}
            killed += driver.run(root, after=False, **kill) == KILLED
            releases = list_releases(Store(root))
            assert len(releases) <= 1
            if releases:
                assert len(list(released_rows(Store(root)))) == COUNT
        publish_rows(Store(root), COUNT)
        check_as_undisturbed(Store(root), undisturbed)
        assert stores < 20 * KILLS, "too few of the runs were killed"  # by the clock: luck


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
