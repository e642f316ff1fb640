"""Sources on S3: streamed in blocks, resumed where it broke; an outage is no damage."""

import gzip
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gleanery.infra.losses import Loss
from gleanery.infra.storage import StorageError
from gleanery.tasks.recall import source_streams
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.source_streams import open_forward
from gleanery.tasks.recall.sources import read_source

PAGES = 40


def archive() -> bytes:
    members = []
    for number in range(PAGES):
        noise = random.Random(number).randbytes(20_000).hex()
        payload = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>{number} {noise}"
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/{number}\r\n"
            f"Content-Type: application/http\r\nContent-Length: {len(payload)}\r\n\r\n"
        )
        members.append(gzip.compress(f"{head}{payload}\r\n\r\n".encode()))
    return b"".join(members)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_streams, "BLOCK_BYTES", 100_000)
    monkeypatch.setattr(source_streams, "_WAITS_S", (0.01, 0.02))


@pytest.fixture
def upstream(bucket: str) -> tuple[str, bytes]:
    data = archive()
    fs = fsspec.filesystem("s3", skip_instance_cache=True)
    fs.pipe_file(f"{bucket}/prefix/a.warc.gz", data)
    return f"{bucket}/prefix/a.warc.gz", data


def numbers(items: list[RawPage | Loss]) -> list[int]:
    assert not [item for item in items if isinstance(item, Loss)]
    return [int(item.url.rsplit("/", 1)[1]) for item in items if isinstance(item, RawPage)]


def test_archive_on_s3_gives_the_same_pages_as_on_disk(
    upstream: tuple[str, bytes], tmp_path: Path
) -> None:
    uri, data = upstream
    local = tmp_path / "a.warc.gz"
    local.write_bytes(data)
    remote = [
        (p.offset, p.body) for p in read_source(uri, SourceConfig()) if isinstance(p, RawPage)
    ]
    disk = read_source(str(local), SourceConfig())
    assert remote == [(page.offset, page.body) for page in disk if isinstance(page, RawPage)]
    assert len(remote) == PAGES


def test_file_is_read_once_front_to_back(faulty_s3: Any, upstream: tuple[str, bytes]) -> None:
    uri, data = upstream
    options = {"endpoint_url": faulty_s3.address}
    faulty_s3.script()
    assert len(numbers(list(read_source(uri, SourceConfig(), options)))) == PAGES
    blocks = -(-len(data) // 100_000)
    assert faulty_s3.requests()["GET"] <= blocks + 4  # and a look at the end for a cut member


@pytest.mark.parametrize("action", ["error", "reset", "cut_body"])
def test_broken_reads_are_resumed_where_they_broke(
    faulty_s3: Any, upstream: tuple[str, bytes], action: str
) -> None:
    uri, _ = upstream
    fault = {"method": "GET", "path": "a.warc.gz", "action": action, "status": 503, "times": 3}
    faulty_s3.script(fault)
    items = list(read_source(uri, SourceConfig(), {"endpoint_url": faulty_s3.address}))
    assert numbers(items) == list(range(PAGES))


@pytest.mark.parametrize("status", [403, 500])
def test_outage_is_an_error_of_the_storage_and_no_loss_of_the_file(
    faulty_s3: Any, upstream: tuple[str, bytes], status: int
) -> None:
    uri, _ = upstream
    pages = read_source(uri, SourceConfig(), {"endpoint_url": faulty_s3.address})
    assert isinstance(next(pages), RawPage)
    faulty_s3.script({"path": "a.warc.gz", "action": "error", "status": status, "times": -1})
    with pytest.raises(StorageError, match=r"a\.warc\.gz"):
        list(pages)


def test_object_that_is_gone_is_a_loss_that_names_it(bucket: str) -> None:
    [loss] = read_source(f"{bucket}/gone.warc.gz", SourceConfig())
    assert isinstance(loss, Loss)
    assert (loss.reason, loss.source) == ("unreadable_file", f"{bucket}/gone.warc.gz")


def test_parquet_on_s3_is_read_and_an_outage_is_no_damage(
    faulty_s3: Any, bucket: str, tmp_path: Path
) -> None:
    noise = random.Random(1)
    rows = [{"url": f"u{n}", "text": noise.randbytes(500).hex()} for n in range(1000)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet", row_group_size=200)
    fs = fsspec.filesystem("s3", skip_instance_cache=True)
    fs.pipe_file(f"{bucket}/t.parquet", (tmp_path / "t.parquet").read_bytes())
    options = {"endpoint_url": faulty_s3.address}
    config = SourceConfig(format="parquet")
    items = read_source(f"{bucket}/t.parquet", config, options)
    pages = [item for item in items if isinstance(item, RawPage)]
    assert [page.url for page in pages] == [row["url"] for row in rows]
    items = read_source(f"{bucket}/t.parquet", config, options)
    next(items)
    faulty_s3.script({"path": "t.parquet", "action": "error", "status": 500, "times": -1})
    with pytest.raises(StorageError):
        list(items)


def test_stream_reads_seeks_and_ends_like_a_file(upstream: tuple[str, bytes]) -> None:
    uri, data = upstream
    with open_forward(uri, {}, 7) as stream:
        assert stream.tell() == 7
        assert stream.read(10) == data[7:17]
        stream.seek(-5, 2)
        assert stream.read() == data[-5:]
        assert stream.read(10) == b""
        stream.seek(0)
        assert stream.read() == data


def test_memory_stays_far_below_the_size_of_the_file(
    bucket: str, monkeypatch: pytest.MonkeyPatch, watch_memory: Callable[[], Callable[[], int]]
) -> None:
    monkeypatch.setattr(source_streams, "BLOCK_BYTES", 1 << 20)
    fs = fsspec.filesystem("s3", skip_instance_cache=True)
    fs.pipe_file(f"{bucket}/large.warc.gz", archive() * 40)
    next(read_source(f"{bucket}/large.warc.gz", SourceConfig()))  # what is loaded, is
    grown = watch_memory()
    count = sum(1 for _ in read_source(f"{bucket}/large.warc.gz", SourceConfig()))
    assert count == PAGES * 40
    assert grown() < 20 << 20  # of 32 MB
