"""The command that cleans: what it lists, what it removes, and what it never touches."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from typer.testing import CliRunner

from gleanery.deployments import clean
from gleanery.deployments.clean import UNCOMMITTED, find_leftovers, seconds_of
from gleanery.deployments.cli import app
from gleanery.deployments.pipelines import part_names
from gleanery.infra.lease import LeaseHeld
from gleanery.infra.leftovers import remove
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.storage import Store
from gleanery.tasks.recall.domains import DomainVerdict
from gleanery.tasks.records import RefinedPair
from gleanery.tasks.release.published import Commit

DAY_S = 86400


def age(store: Store, seconds: float) -> None:
    """Let everything in a store on disk be as old as that."""
    past = time.time() - seconds
    for path in Path(store.root).rglob("*"):
        os.utime(path, (past, past))


def litter(store: Store) -> list[str]:
    """Leave what killed runs leave; return the paths."""
    part = next(info.path for info in store.list("parts/refine")).rpartition("/")[0]
    left = [f"{part}/data-0123456789ab.parquet", "parts/refine/new/losses-0123456789ab.parquet"]
    for path in left:
        store.write(path, b"rows")
    temporary = f"{part}/receipt-00002.json.0123456789ab.tmp"
    Path(store.root, temporary).write_bytes(b"half")
    return [*left, temporary]


@pytest.fixture
def harvest(
    pipeline: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Store, Callable[..., str]]:
    """Return the store of a finished harvest, and a function that says what a command prints."""
    monkeypatch.setenv("GLEANERY_ROOT", str(tmp_path))
    config = tmp_path / "harvest.yaml"
    config.write_text(yaml.safe_dump({"name": "harvest"}))

    def say(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["clean", str(config), *arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return " ".join(result.output.split())

    return pipeline("harvest", documents=2).store, say


def test_what_killed_runs_left_is_listed_and_stays_until_it_is_said(
    harvest: tuple[Store, Callable[..., str]],
) -> None:
    store, say = harvest
    kept = store.list("")
    left = litter(store)
    assert "There is nothing to remove" in say()  # a run may be going on
    age(store, 2 * DAY_S)
    listed = say()
    assert re.search(r"rows without a receipt 2 8 B parts/refine/", listed)
    assert re.search(r"unfinished writes 1 4 B parts/refine/", listed)
    assert "Nothing was removed. To remove all of it, add --yes." in listed
    assert all(Path(store.root, path).exists() for path in left)
    assert "There is nothing to remove" in say("--older-than", "3d", "--yes")
    assert "Removed 3 objects, 12 B." in say("--yes")
    assert store.list("") == kept
    assert store.list_temporary() == []
    assert "There is nothing to remove" in say("--yes")


def do_again(store: Store, stage: str, record: type[Any]) -> None:
    """Commit a second generation of every part of a stage."""
    parts = Parts(store)
    for name in part_names(store, stage):
        newest = parts.newest(stage, name)
        assert newest
        rows = parts.rows(newest, record)
        parts.commit(newest.plan, Outcome(rows, [], [], len(rows)), record, 0.0, newest)


def test_earlier_generations_go_on_demand_but_those_of_the_policy_stay(
    harvest: tuple[Store, Callable[..., str]],
) -> None:
    store, say = harvest
    do_again(store, "refine", RefinedPair)
    do_again(store, "policy", DomainVerdict)  # batches name the generation they were sealed with
    age(store, 2 * DAY_S)
    before = {info.path for info in store.list("")}
    assert "There is nothing to remove" in say("--yes")
    said = say("--yes", "--old-generations")
    assert re.search(r"earlier generations 4 ", said)
    assert "`gleanery show` no longer tells" in said
    gone = before - {info.path for info in store.list("")}
    assert len(gone) == 4
    assert all(path.startswith("parts/refine/") for path in gone)
    assert all("/data-" in path or path.endswith("receipt-00001.json") for path in gone)


def test_release_that_was_never_committed_goes_its_manifest_first(store: Store) -> None:
    commit = Commit(number=1, version="v0001-aaaaaaaa", created="", writer="w")
    store.write("releases/committed/0001.json", orjson.dumps(commit.model_dump()))
    store.write("releases/latest.json", b"{}")
    for version in ("v0001-aaaaaaaa", "v0002-bbbbbbbb"):
        for name in ("README.md", "data/train-00000.parquet", "manifest.json"):
            store.write(f"releases/{version}/{name}", b"x")
    store.write("releases/notes/mine.txt", b"x")
    assert find_leftovers(store, time.time() - 3600) == []
    found = find_leftovers(store, time.time() + 3600)
    assert {leftover.kind for leftover in found} == {UNCOMMITTED}
    names = ["manifest.json", "README.md", "data/train-00000.parquet"]
    assert [leftover.path for leftover in found] == [f"releases/v0002-bbbbbbbb/{n}" for n in names]
    remove(store, found)
    assert len(store.list("releases")) == 6


def test_release_whose_newest_file_is_young_is_still_being_written(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.write("releases/v0001-aaaaaaaa/data/train-00000.parquet", b"x")
    age(store, 2 * DAY_S)
    store.write("releases/v0001-aaaaaaaa/README.md", b"x")
    assert find_leftovers(store, time.time() - DAY_S) == []


def test_release_that_is_committed_meanwhile_stays(
    harvest: tuple[Store, Callable[..., str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, say = harvest
    for version in ("v0001-aaaaaaaa", "v0001-bbbbbbbb"):
        store.write(f"releases/{version}/manifest.json", b"x")
    age(store, 2 * DAY_S)
    find = clean.find_leftovers

    def find_and_commit(*arguments: Any) -> Any:
        found = find(*arguments)
        commit = Commit(number=1, version="v0001-aaaaaaaa", created="", writer="w")
        store.write("releases/committed/0001.json", orjson.dumps(commit.model_dump()))
        return found

    monkeypatch.setattr(clean, "find_leftovers", find_and_commit)
    say("--yes")
    assert store.exists("releases/v0001-aaaaaaaa/manifest.json")
    assert not store.exists("releases/v0001-bbbbbbbb/manifest.json")


def test_nothing_is_removed_while_a_run_holds_the_lease(
    harvest: tuple[Store, Callable[..., str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, say = harvest
    left = litter(store)
    age(store, 2 * DAY_S)

    def held(store: Store) -> Any:
        raise LeaseHeld(f"{store.root} is being written")

    monkeypatch.setattr(clean, "hold_lease", held)
    assert "rows without a receipt" in say()
    with pytest.raises(LeaseHeld):
        say("--yes")
    assert all(Path(store.root, path).exists() for path in left)


@pytest.mark.parametrize(("text", "seconds"), [("90m", 5400), ("24h", DAY_S), ("7d", 7 * DAY_S)])
def test_ages_are_read(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "24", "h", "1 day", "-1h", "0h", "59m"])
def test_other_ages_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="--older-than"):
        seconds_of(text)
