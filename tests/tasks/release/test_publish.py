"""Publishing: versions that never change, a pointer that never goes back, and two runs at once."""

import hashlib
import sys
import threading
from pathlib import Path
from typing import Any

import orjson
import pytest

from gleanery.infra.storage import StorageError, Store
from gleanery.tasks.release.card_facts import CardFacts
from gleanery.tasks.release.curation_facts import BenchmarkHits, CurationFacts, DuplicateHits
from gleanery.tasks.release.publish import ReleaseFacts, publish, settle
from gleanery.tasks.release.published import (
    POINTER,
    UnknownRelease,
    list_releases,
    newest_release,
    read_manifest,
    released_ids,
    released_rows,
)
from gleanery.tasks.release.rows_shards import ReleaseShards

sys.path.insert(0, str(Path(__file__).parent))

from released_candidates import REPORT, publish_rows, rows

COUNT = 60


def objects(store: Store) -> dict[str, bytes]:
    return {info.path: store.read(info.path) for info in store.list("releases")}


def pointed_at(store: Store) -> str:
    return str(orjson.loads(store.read(POINTER))["version"])


# One release


def test_a_release_is_read_back_as_it_was_published(store: Store) -> None:
    published = publish_rows(store, COUNT)
    assert published.fresh
    assert list_releases(store) == [published.manifest.version]
    assert read_manifest(store) == read_manifest(store, published.manifest.version)
    assert read_manifest(store) == published.manifest
    made = list(rows(COUNT))
    in_order = [r for split in ("train", "validation") for r in made if r.split == split]
    assert list(released_rows(store)) == in_order
    assert list(released_ids(store)) == [row.id for row in in_order]
    assert len(list(released_ids(store, splits=["validation"]))) == COUNT / 10


def test_manifest_lists_every_file_with_its_size_and_digest(store: Store) -> None:
    manifest = publish_rows(store, COUNT).manifest
    held = {p: d for p, d in objects(store).items() if p.startswith(f"{manifest.folder}/")}
    described = {f"{manifest.folder}/{file.path}": file for file in manifest.files}
    assert set(held) == {*described, f"{manifest.folder}/manifest.json"}
    for path, file in described.items():
        assert (file.size, file.sha256) == (len(held[path]), hashlib.sha256(held[path]).hexdigest())
    assert held[f"{manifest.folder}/report.html"] == REPORT
    assert {"README.md", "report.html"} <= {file.path for file in manifest.files}


def test_version_is_a_number_and_what_the_release_holds(store: Store) -> None:
    first = publish_rows(store, COUNT).manifest
    second = publish_rows(store, COUNT + 1).manifest
    assert first.version == f"v0001-{first.content_digest[:8]}"
    assert second.version == f"v0002-{second.content_digest[:8]}"
    assert (second.previous, first.previous) == (first.version, "")
    assert pointed_at(store) == second.version


def test_same_rows_are_published_once(store: Store) -> None:
    first = publish_rows(store, COUNT)
    before = objects(store)
    again = publish_rows(store, COUNT, report=b"another report")
    assert not again.fresh
    assert again.manifest == first.manifest
    assert objects(store) == before


def test_same_rows_that_were_compared_with_another_benchmark_are_a_new_release(
    store: Store,
) -> None:
    sums = BenchmarkHits(name="sums", items=25, found=4, left_out=4)
    first = publish_rows(store, COUNT, curation=CurationFacts(benchmarks=[sums])).manifest
    exam = CurationFacts(benchmarks=[sums, BenchmarkHits(name="exam", items=3)])
    second = publish_rows(store, COUNT, curation=exam)
    assert second.fresh
    assert (second.manifest.number, second.manifest.previous) == (2, first.version)
    assert second.manifest.row_digest == first.row_digest
    assert pointed_at(store) == second.manifest.version
    assert "| exam | 3 |" in store.read(f"{second.manifest.folder}/README.md").decode()
    assert not publish_rows(store, COUNT, curation=exam).fresh


def test_more_that_is_out_makes_no_new_release_of_the_same_rows(store: Store) -> None:
    """Every night brings pages of which none gets in."""
    for night in range(3):
        hits = {"found": night, "left_out": night}
        curation = CurationFacts(
            benchmarks=[BenchmarkHits(name="sums", items=25, **hits)],
            duplicates=[DuplicateHits(kind="exact", **hits)],
        )
        assert publish_rows(store, COUNT, curation=curation).fresh == (night == 0)


def test_release_of_an_earlier_format_is_read_and_followed_by_one_of_today(store: Store) -> None:
    first = publish_rows(store, COUNT).manifest
    path = f"{first.folder}/manifest.json"
    earlier = orjson.loads(store.read(path))
    del earlier["curation"], earlier["rows"]["licence_families"]
    store.write(path, orjson.dumps(earlier | {"format": 1}))
    assert read_manifest(store).curation is None
    second = publish_rows(store, COUNT)
    assert second.fresh
    assert second.manifest.changes
    assert second.manifest.changes.total.unchanged == COUNT


def test_a_later_release_leaves_the_earlier_ones_as_they_are(store: Store) -> None:
    first = publish_rows(store, COUNT).manifest
    before = objects(store)
    publish_rows(store, COUNT, {3: "another answer"})
    after = objects(store)
    assert {p: d for p, d in after.items() if p in before and p != POINTER} == {
        p: d for p, d in before.items() if p != POINTER
    }
    assert next(iter(released_rows(store, first.version))).id == "row-00001"


def test_rows_that_come_back_after_another_release_make_a_new_one(store: Store) -> None:
    first = publish_rows(store, COUNT).manifest
    publish_rows(store, COUNT + 5)
    third = publish_rows(store, COUNT).manifest
    assert (third.number, third.row_digest) == (3, first.row_digest)
    assert third.version != first.version


def test_release_is_the_same_wherever_it_is_made(tmp_path: Path) -> None:
    first = publish_rows(Store(str(tmp_path / "a")), COUNT).manifest
    second = publish_rows(Store(str(tmp_path / "b")), COUNT).manifest
    own = {"created": "", "writer": ""}
    assert first.model_copy(update=own) == second.model_copy(update=own)


def test_a_release_that_is_not_there_is_named_with_those_that_are(store: Store) -> None:
    with pytest.raises(UnknownRelease, match="no release at"):
        read_manifest(store)
    assert newest_release(store) is None
    version = publish_rows(store, COUNT).manifest.version
    with pytest.raises(UnknownRelease, match=version):
        read_manifest(store, "v0009-00000000")


def test_a_release_whose_files_are_gone_says_which(store: Store) -> None:
    manifest = publish_rows(store, COUNT).manifest
    shard = f"{manifest.folder}/{manifest.files[0].path}"
    store.delete(shard)
    with pytest.raises(StorageError, match="train-00000"):
        list(released_rows(store))


# Several runs


def test_pointer_is_healed_and_never_moved_back(store: Store) -> None:
    publish_rows(store, COUNT)
    second = publish_rows(store, COUNT + 1).manifest
    store.delete(POINTER)
    settle(store)
    assert pointed_at(store) == second.version
    ahead = orjson.dumps({"version": "v0007-00000000", "number": 7, "manifest": "x"})
    store.write(POINTER, ahead)  # as another run may have published meanwhile
    settle(store)
    assert store.read(POINTER) == ahead


class Meanwhile(Store):
    """A store in which something happens when the first file of a release is written."""

    __slots__ = ("happens",)

    def write_file(self, path: str, file: Path) -> None:
        happens, self.happens = self.happens, lambda: None
        happens()
        Store.write_file(self, path, file)


def meanwhile(store: Store, count: int) -> Meanwhile:
    slower = Meanwhile(store.root, store.options)
    slower.happens = lambda: publish_rows(store, count)
    return slower


def test_a_run_that_is_overtaken_goes_on_with_the_winners_release(store: Store) -> None:
    first = publish_rows(store, COUNT).manifest
    lost = publish_rows(meanwhile(store, COUNT + 1), COUNT + 2)
    assert not lost.fresh
    assert lost.manifest.rows.total == COUNT + 1
    assert list_releases(store) == [first.version, lost.manifest.version]
    folders = {path.split("/")[1] for path in objects(store)}
    assert folders == {"committed", "latest.json", first.version, lost.manifest.version}


def test_two_runs_with_the_same_rows_make_one_release_whole(store: Store) -> None:
    lost = publish_rows(meanwhile(store, COUNT), COUNT)
    assert not lost.fresh
    assert list_releases(store) == [lost.manifest.version]
    for file in lost.manifest.files:
        data = store.read(f"{lost.manifest.folder}/{file.path}")
        assert hashlib.sha256(data).hexdigest() == file.sha256
    assert len(list(released_rows(store))) == COUNT


def test_many_runs_at_once_agree(store: Store) -> None:
    """Half of them with other rows; whoever is first counts for all that began with them."""
    results: list[Any] = []
    barrier = threading.Barrier(4)

    def run(number: int) -> None:
        barrier.wait()
        results.append(publish_rows(Store(store.root, store.options), COUNT + number % 2))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    versions = list_releases(store)
    assert [v[:5] for v in versions] == [f"v{n + 1:04d}" for n in range(len(versions))]
    assert {r.manifest.version for r in results} <= set(versions)
    assert sorted(r.manifest.version for r in results if r.fresh) == sorted(versions)
    assert pointed_at(store) == versions[-1]
    for version in versions:
        manifest = read_manifest(store, version)
        assert len(list(released_rows(store, version))) == manifest.rows.total
    folders = {path.split("/")[1] for path in objects(store)}
    assert folders == {"committed", "latest.json", *versions}


def test_what_a_dead_run_left_goes_when_its_number_is_taken(store: Store) -> None:
    dead = "releases/v0001-00000000/data/train-00000-of-00001.parquet"
    ahead = "releases/v0002-00000000/data/train-00000-of-00001.parquet"
    store.write(dead, b"half")
    store.write(ahead, b"of a run that is still at work")
    assert list_releases(store) == []
    publish_rows(store, COUNT)
    left = objects(store)
    assert dead not in left
    assert ahead in left
    publish_rows(store, COUNT + 1)
    assert ahead not in objects(store)


def test_a_folder_with_all_files_but_no_commit_is_no_release(store: Store) -> None:
    first = publish_rows(store, COUNT).manifest
    second = publish_rows(store, COUNT + 1).manifest
    store.delete("releases/committed/0002.json")
    assert list_releases(store) == [first.version]
    assert read_manifest(store).version == first.version
    again = publish_rows(store, COUNT + 1)
    assert again.fresh
    assert again.manifest.version == second.version


def test_a_release_that_was_withdrawn_is_passed_over_and_keeps_its_number(store: Store) -> None:
    first = publish_rows(store, COUNT).manifest
    second = publish_rows(store, COUNT + 1).manifest
    for info in store.list(second.folder):
        store.delete(info.path)
    assert read_manifest(store) == first
    with pytest.raises(UnknownRelease, match="was withdrawn"):
        read_manifest(store, second.version)
    third = publish_rows(store, COUNT + 2)
    assert third.fresh
    assert (third.manifest.number, third.manifest.previous) == (3, first.version)
    assert pointed_at(store) == third.manifest.version


def test_work_that_began_before_another_release_writes_nothing(store: Store) -> None:
    first = publish_rows(store, COUNT).manifest
    second = publish_rows(store, COUNT + 1).manifest
    before = objects(store)
    with ReleaseShards() as shards:
        shards.extend(rows(COUNT + 2))
        shards.close()
        facts = ReleaseFacts(name="lessons", card=CardFacts(title="Lessons"))
        late = publish(store, shards, facts, REPORT, first)
    assert (late.manifest, late.fresh) == (second, False)
    assert objects(store) == before
