"""Listing a corpus: the right files, in order, with tags that change with their content."""

import gzip
import os
from pathlib import Path

import fsspec
import pytest

from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.source_files import list_sources


def write(path: Path, data: bytes = b"x") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)


def uris(*paths: str, **config: object) -> list[str]:
    found = list_sources(SourceConfig.model_validate({"paths": paths, **config}), {})
    return [file.uri for file in found]


def test_folder_gives_the_files_that_fit_the_format_sorted(tmp_path: Path) -> None:
    second = write(tmp_path / "sub" / "b.warc.gz")
    first = write(tmp_path / "a.warc.gz")
    write(tmp_path / "notes.txt")
    table = write(tmp_path / "t.parquet")
    assert uris(str(tmp_path)) == [first, second]
    assert uris(str(tmp_path), format="parquet") == [table]


def test_globs_and_files_come_in_the_order_of_the_paths_each_once(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{name}.warc.gz") for name in "abc"]
    assert uris(files[2], str(tmp_path / "*.warc.gz")) == [files[2], files[0], files[1]]


def test_named_file_is_taken_whatever_its_ending(tmp_path: Path) -> None:
    assert uris(path := write(tmp_path / "archive")) == [path]


@pytest.mark.parametrize("packed", [False, True])
def test_path_list_stands_for_its_lines_below_the_base_url(tmp_path: Path, packed: bool) -> None:
    data = b"crawl-data/a.warc.gz\ncrawl-data/b.warc.gz\n"
    path = tmp_path / ("warc.paths.gz" if packed else "warc.paths")
    write(path, gzip.compress(data) if packed else data)
    assert uris(str(path), base_url="s3://commoncrawl") == [
        "s3://commoncrawl/crawl-data/a.warc.gz",
        "s3://commoncrawl/crawl-data/b.warc.gz",
    ]


def test_path_that_names_nothing_is_an_error_that_says_so(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.warc.gz", tmp_path / "*.warc.gz"):
        with pytest.raises(FileNotFoundError, match=str(tmp_path.name)):
            uris(str(path))


def test_etag_is_stable_and_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    write(path, b"one")
    config = SourceConfig(paths=(str(path),))
    [before] = list_sources(config, {})
    assert list_sources(config, {}) == [before]
    assert before.size == 3
    write(path, b"two")
    os.utime(path, ns=(1, 1))
    assert list_sources(config, {})[0].etag != before.etag


def test_dataset_is_one_source() -> None:
    assert uris("owner/name", format="datasets") == ["owner/name"]


def test_objects_of_a_bucket_come_with_their_etags(bucket: str) -> None:
    fs = fsspec.filesystem("s3", skip_instance_cache=True)
    for name in ("b", "a"):
        fs.pipe_file(f"{bucket}/crawl/{name}.warc.gz", name.encode())
    config = SourceConfig(paths=(f"{bucket}/crawl/",))
    found = list_sources(config, {"use_listings_cache": False})
    assert [file.uri for file in found] == [f"{bucket}/crawl/{n}.warc.gz" for n in "ab"]
    assert [file.size for file in found] == [1, 1]
    assert len({file.etag for file in found}) == 2
    fs.pipe_file(f"{bucket}/crawl/a.warc.gz", b"changed")
    assert list_sources(config, {"use_listings_cache": False})[0].etag != found[0].etag
    globbed = SourceConfig(paths=(f"{bucket}/crawl/*.warc.gz",))
    assert len(list_sources(globbed, {"use_listings_cache": False})) == 2
