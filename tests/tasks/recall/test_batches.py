"""Batches: sealed once, in order, whatever arrives later and whoever seals at the same time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gleanery.infra.storage import Store
from gleanery.tasks.recall.batches import (
    group_files,
    mark_finished,
    mark_open,
    open_batches,
    read_batches,
    seal_batch,
)
from gleanery.tasks.recall.source_files import SourceFile


def file(name: str, size: int = 10, etag: str = "1") -> SourceFile:
    return SourceFile(uri=name, etag=etag, size=size)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path))


def test_new_files_are_sealed_and_known_ones_are_left(store: Store) -> None:
    first = seal_batch(store, [file("a"), file("b")], 1, 1)
    assert first is not None
    assert first.number == 1
    assert seal_batch(store, [file("a"), file("b")], 1, 1) is None
    second = seal_batch(store, [file("a"), file("b"), file("c")], 2, 1)
    assert second is not None
    assert [f.uri for f in second.files] == ["c"]
    assert (second.number, second.previous, second.policy) == (2, 1, 2)
    assert read_batches(store) == [first, second]


def test_a_changed_file_comes_in_again(store: Store) -> None:
    seal_batch(store, [file("a")], 1, 1)
    again = seal_batch(store, [file("a", etag="2")], 1, 1)
    assert again is not None
    assert [f.etag for f in again.files] == ["2"]


def test_part_names_depend_on_the_batch_alone(store: Store) -> None:
    first = seal_batch(store, [file("a"), file("b")], 1, 1)
    seal_batch(store, [file("0"), file("a"), file("b")], 1, 1)
    assert first is not None
    assert read_batches(store)[0] == first
    names = [part.name for batch in read_batches(store) for part in batch.parts]
    assert len(set(names)) == 3


def test_a_hostile_file_name_never_reaches_a_part_name() -> None:
    [part] = group_files(1, [file("s3://x/../../etc/passwd\n")], 100)
    assert set(part.name) <= set("0123456789abcdef-")


def test_files_are_grouped_up_to_the_part_size() -> None:
    parts = group_files(1, [file("a", 40), file("b", 40), file("c", 40), file("d", 500)], 100)
    assert [[f.uri for f in part.files] for part in parts] == [["a", "b"], ["c"], ["d"]]


def test_a_file_of_unknown_size_is_a_part_of_its_own() -> None:
    parts = group_files(1, [file("a", 0), file("b", 0), file("c", 5), file("d", 5)], 100)
    assert [[f.uri for f in part.files] for part in parts] == [["a"], ["b"], ["c", "d"]]


def test_runs_that_seal_at_once_take_each_file_in_once(store: Store) -> None:
    def seal(number: int) -> None:
        seal_batch(store, [file("common"), file(f"own-{number}")], 1, 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(seal, range(8)))
    uris = [f.uri for batch in read_batches(store) for f in batch.files]
    assert sorted(uris) == sorted({"common", *(f"own-{n}" for n in range(8))})
    numbers = [batch.number for batch in read_batches(store)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_finished_batch_is_not_looked_at_until_it_is_opened_again(store: Store) -> None:
    first = seal_batch(store, [file("a")], 1, 1)
    second = seal_batch(store, [file("b")], 1, 1)
    assert first is not None
    assert second is not None
    mark_finished(store, first)
    assert open_batches(store) == [second]
    mark_open(store, first)
    assert open_batches(store) == [first, second]
