"""Archives, sound and damaged: every page comes, everything else is counted with its place."""

import gzip
import random
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from gleanery.infra.losses import Loss
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.sources import read_source

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def record(
    body: bytes,
    url: str = "https://a.example/",
    http: bytes = OK,
    length: int | None = None,
    kind: str = "response",
    record_id: str = "<urn:uuid:1>",
) -> bytes:
    payload = http + b"\r\n" + body if http else body
    head = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        "WARC-Date: 2024-05-01T00:00:00Z",
        f"WARC-Record-ID: {record_id}",
        "Content-Type: " + ("application/http; msgtype=response" if http else "text/plain"),
        f"Content-Length: {len(payload) if length is None else length}",
    ]
    if url:
        head.insert(2, f"WARC-Target-URI: {url}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + payload + b"\r\n\r\n"


def page(number: int) -> bytes:
    noise = random.Random(number).randbytes(3000).hex().encode()
    return gzip.compress(record(b"<p>%d %s" % (number, noise), url=f"https://a.example/{number}"))


def read(
    folder: Path, members: Sequence[bytes], page_bytes: int = 1 << 20
) -> tuple[list[RawPage], list[Loss]]:
    path = folder / "a.warc.gz"
    path.write_bytes(b"".join(members))
    items = list(read_source(str(path), SourceConfig(page_bytes=page_bytes)))
    losses = [item for item in items if isinstance(item, Loss)]
    assert all(loss.source == str(path) for loss in losses)
    return [item for item in items if isinstance(item, RawPage)], losses


def numbers(pages: Sequence[RawPage]) -> list[int]:
    return [int(page.url.rsplit("/", 1)[1]) for page in pages]


def reasons(losses: Sequence[Loss]) -> list[tuple[str, int]]:
    return [(loss.reason, loss.offset) for loss in losses]


def test_pages_come_in_order_with_the_offsets_of_their_members(tmp_path: Path) -> None:
    members = [page(number) for number in range(4)]
    pages, losses = read(tmp_path, members)
    assert numbers(pages) == [0, 1, 2, 3]
    assert [page.offset for page in pages] == [sum(map(len, members[:n])) for n in range(4)]
    assert losses == []
    assert pages[0].body is not None
    assert pages[0].body.startswith(b"<p>0 ")
    assert (pages[0].charset, pages[0].content_type) == ("utf-8", "text/html")
    assert (pages[0].date, pages[0].record_id) == ("2024-05-01T00:00:00Z", "<urn:uuid:1>")


def test_record_offset_finds_the_raw_page_again(tmp_path: Path) -> None:
    pages, _ = read(tmp_path, [page(0), page(1)])
    with (tmp_path / "a.warc.gz").open("rb") as file:
        file.seek(pages[1].offset)
        member = zlib.decompressobj(31).decompress(file.read())
    assert b"https://a.example/1" in member


def test_file_cut_in_the_last_member_gives_a_truncated_record(tmp_path: Path) -> None:
    members = [page(0), page(1), page(2)]
    pages, losses = read(tmp_path, [*members[:2], members[2][:-500]])
    assert numbers(pages) == [0, 1]
    assert reasons(losses) == [("truncated_record", len(members[0]) + len(members[1]))]


@pytest.mark.parametrize("left", [1, 10, 60, 200])
def test_file_cut_in_a_record_header_does_not_end_silently(tmp_path: Path, left: int) -> None:
    members = [page(0), page(1), page(2)]
    pages, losses = read(tmp_path, [*members[:2], members[2][:left]])
    assert numbers(pages) == [0, 1]
    [(reason, offset)] = reasons(losses)
    assert reason in {"truncated_record", "corrupt_record"}
    assert offset == len(members[0]) + len(members[1])


def test_corrupt_member_is_lost_alone_and_the_rest_is_recovered(tmp_path: Path) -> None:
    members = [page(number) for number in range(5)]
    broken = bytearray(members[2])
    broken[600:640] = b"\xff" * 40
    pages, losses = read(tmp_path, [*members[:2], bytes(broken), *members[3:]])
    assert numbers(pages) == [0, 1, 3, 4]
    assert reasons(losses) == [("corrupt_record", len(members[0]) + len(members[1]))]
    assert pages[2].offset == sum(map(len, members[:3]))


def test_two_corrupt_members_apart_are_two_losses(tmp_path: Path) -> None:
    members = [page(number) for number in range(7)]
    for number in (1, 4):
        broken = bytearray(members[number])
        broken[700:720] = b"\0" * 20
        members[number] = bytes(broken)
    pages, losses = read(tmp_path, members)
    assert numbers(pages) == [0, 2, 3, 5, 6]
    assert [loss.offset for loss in losses] == [len(members[0]), sum(map(len, members[:4]))]


def test_corrupt_first_member_does_not_cost_the_file(tmp_path: Path) -> None:
    members = [page(0), page(1)]
    pages, losses = read(tmp_path, [b"\x1f\x8b\x08\x00" + b"\xff" * 300, *members])
    assert numbers(pages) == [0, 1]
    assert [loss.reason for loss in losses] == ["corrupt_record"]


def test_destroyed_magic_and_garbage_between_members_are_skipped(tmp_path: Path) -> None:
    members = [page(0), b"garbage" * 100, page(1), b"\0\0" + page(2)[2:], page(3)]
    pages, losses = read(tmp_path, members)
    assert numbers(pages) == [0, 1, 3]
    places = [len(members[0]), sum(map(len, members[:3]))]
    assert reasons(losses) == [("corrupt_record", place) for place in places]


def test_wrong_checksum_is_reported(tmp_path: Path) -> None:
    members = [page(0), page(1), page(2)]
    broken = members[1][:-8] + b"\0\0\0\0" + members[1][-4:]
    pages, losses = read(tmp_path, [members[0], broken, members[2]])
    assert numbers(pages)[-1] == 2
    assert [loss.reason for loss in losses] == ["corrupt_record"]


def test_member_whose_length_lies_costs_itself_only(tmp_path: Path) -> None:
    short = gzip.compress(record(b"<p>" + b"x" * 900, length=90, url="https://a.example/9"))
    pages, losses = read(tmp_path, [page(0), short, page(2)])
    assert numbers(pages) == [0, 9, 2]
    assert reasons(losses) == [("corrupt_record", len(page(0)))]


def test_content_length_beyond_the_member_is_a_truncated_record(tmp_path: Path) -> None:
    long = gzip.compress(record(b"<p>short", length=100_000, url="https://a.example/9"))
    pages, losses = read(tmp_path, [page(0), long])
    assert numbers(pages) == [0]
    assert reasons(losses) == [("truncated_record", len(page(0)))]


def test_oversized_http_header_costs_its_record_only(tmp_path: Path) -> None:
    huge = gzip.compress(record(b"<p>", http=OK + b"X: " + b"a" * 200_000 + b"\r\n"))
    pages, losses = read(tmp_path, [page(0), huge, page(2)])
    assert numbers(pages) == [0, 2]
    assert [loss.reason for loss in losses] == ["corrupt_record"]


@pytest.mark.parametrize(
    "content",
    [b"", b"hello world\n" * 500, gzip.compress(b"hello\n" * 500), bytes(range(256)) * 40],
    ids=["empty", "text", "gzip of text", "binary"],
)
def test_file_that_is_no_archive_names_itself_and_gives_one_loss(
    tmp_path: Path, content: bytes
) -> None:
    pages, losses = read(tmp_path, [content])
    assert pages == []
    assert reasons(losses) == [("not_a_warc", 0)]


def test_missing_file_gives_one_loss_that_names_it(tmp_path: Path) -> None:
    uri = str(tmp_path / "gone.warc.gz")
    [loss] = read_source(uri, SourceConfig())
    assert isinstance(loss, Loss)
    assert (loss.reason, loss.source, loss.row_id) == ("unreadable_file", uri, uri)


def test_zip_bomb_is_rejected_in_bounded_memory_and_the_next_page_comes(
    tmp_path: Path, watch_memory: Callable[[], Callable[[], int]]
) -> None:
    size = 150 << 20
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = record(b"", url="https://a.example/1", length=size)[:-4]
    bomb = [deflate.compress(head), *(deflate.compress(bytes(1 << 20)) for _ in range(150))]
    grown = watch_memory()
    pages, losses = read(tmp_path, [page(0), *bomb, deflate.flush(), page(2)])
    assert numbers(pages) == [0, 2]
    assert reasons(losses) == [("page_too_large", len(page(0)))]
    assert grown() < 50 << 20


def test_bomb_behind_damage_is_bounded_too(
    tmp_path: Path, watch_memory: Callable[[], Callable[[], int]]
) -> None:
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = [deflate.compress(record(b"", url="https://a.example/1", length=100 << 20)[:-4])]
    bomb += [*(deflate.compress(bytes(1 << 20)) for _ in range(100)), deflate.flush()]
    grown = watch_memory()
    pages, losses = read(tmp_path, [page(0), b"damage" * 9, *bomb, page(2)])
    assert numbers(pages) == [0, 2]
    assert [loss.reason for loss in losses] == ["corrupt_record", "page_too_large"]
    assert grown() < 30 << 20


def test_page_of_50_megabytes_is_rejected(tmp_path: Path) -> None:
    large = gzip.compress(record(b"<p>word " * (50 << 17)), 1)
    pages, losses = read(tmp_path, [large, page(1)], page_bytes=4 << 20)
    assert numbers(pages) == [1]
    assert reasons(losses) == [("page_too_large", 0)]


def encoded(body: bytes, name: bytes) -> bytes:
    return gzip.compress(record(body, http=OK + b"Content-Encoding: " + name + b"\r\n"))


def test_content_encodings_are_undone(tmp_path: Path) -> None:
    chunked = OK + b"Transfer-Encoding: chunked\r\n"
    pages, losses = read(
        tmp_path,
        [
            encoded(gzip.compress(b"<p>gz"), b"gzip"),
            gzip.compress(record(b"5\r\n<p>ch\r\n0\r\n\r\n", http=chunked)),
            encoded(b"<p>decoded by the crawler", b"br"),
        ],
    )
    assert [page.body for page in pages] == [b"<p>gz", b"<p>ch", b"<p>decoded by the crawler"]
    assert losses == []


def test_encoded_bomb_and_undecodable_body_have_their_reasons(tmp_path: Path) -> None:
    bodies = [gzip.compress(bytes(80 << 20)), bytes(range(256))]
    _, losses = read(tmp_path, [encoded(body, b"gzip") for body in bodies])
    assert [loss.reason for loss in losses] == ["page_too_large", "undecodable_body"]


def test_records_that_are_no_pages_have_their_reasons(tmp_path: Path) -> None:
    pdf = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"
    moved = b"HTTP/1.1 301 Moved\r\nContent-Type: text/html\r\n"
    pages, losses = read(
        tmp_path,
        [
            gzip.compress(record(b"%PDF", http=pdf)),
            gzip.compress(record(b"<p>", http=moved)),
            gzip.compress(record(b"<p>x", url="")),
            gzip.compress(record(b"  \n")),
            gzip.compress(record(b"GET / HTTP/1.1\r\n\r\n", http=b"", kind="request")),
        ],
    )
    assert pages == []
    assert [loss.reason for loss in losses] == [
        "not_html",
        "http_status",
        "missing_url",
        "empty_page",
    ]


def test_duplicate_record_ids_are_two_pages_with_names_of_their_own(tmp_path: Path) -> None:
    pages, _ = read(tmp_path, [page(0), page(1)])
    assert pages[0].record_id == pages[1].record_id
    assert pages[0].row_id != pages[1].row_id


@pytest.mark.parametrize("hostile", ["../../../etc/passwd", "https://a.example/..%2f..%2fetc\\x"])
def test_hostile_urls_and_ids_are_data_and_touch_no_file(tmp_path: Path, hostile: str) -> None:
    pages, _ = read(tmp_path, [gzip.compress(record(b"<p>x", url=hostile, record_id=hostile))])
    assert pages[0].url == hostile
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.warc.gz"]
    assert hostile not in pages[0].row_id


def test_wet_records_come_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.wet.gz"
    text = "Question: größer?".encode()
    path.write_bytes(gzip.compress(record(text, http=b"", kind="conversion")))
    [item] = read_source(str(path), SourceConfig(format="wet"))
    assert isinstance(item, RawPage)
    assert (item.text, item.body, item.is_html) == ("Question: größer?", None, False)


def test_uncompressed_archive_is_read(tmp_path: Path) -> None:
    pages, losses = read(tmp_path, [record(b"<p>1"), record(b"<p>2")])
    assert [page.body for page in pages] == [b"<p>1", b"<p>2"]
    assert losses == []


def test_archive_in_one_gzip_member_is_read_without_false_losses(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(record(b"<p>%d" % n * 9000) for n in range(50)))
    pages, losses = read(tmp_path, [whole])
    assert len(pages) == 50
    assert losses == []
