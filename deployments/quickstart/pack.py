"""Pack the quickstart pages into two WARC archives, the same bytes every time.

Run `python deployments/quickstart/pack.py` after a change of a page or of `pages/index.jsonl`.
The index has one line per record: the file of the body, what the server answered with it, and
for the tests what the page is (`kind`) and how many questions it answers (`pairs`; a question
that needs a figure, or has no answer on the page, does not count).
"""

import base64
import gzip
import hashlib
import io
import json
import uuid
from http import HTTPStatus
from pathlib import Path
from typing import TypedDict

HERE = Path(__file__).parent
PAGES = HERE / "pages"
CORPUS = HERE / "corpus"
FIRST_ARCHIVE = 40  # records in the first archive; the second takes the rest


class Entry(TypedDict):
    """One line of the index: a body's file and the answer it came in."""

    file: str
    url: str
    status: int
    content_type: str
    location: str
    date: str
    kind: str
    pairs: int
    markup: str
    note: str


def read_index(pages: Path = PAGES) -> list[Entry]:
    """Return the lines of `pages/index.jsonl` in order."""
    lines = (pages / "index.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def pack_archives(pages: Path = PAGES) -> dict[str, bytes]:
    """Return each archive's bytes by file name: WARC 1.0, one gzip member per record."""
    entries = read_index(pages)
    groups = (entries[:FIRST_ARCHIVE], entries[FIRST_ARCHIVE:])
    return {
        name: _info(name) + b"".join(_response(entry, pages) for entry in group)
        for name, group in zip(("pages-00000.warc.gz", "pages-00001.warc.gz"), groups, strict=True)
    }


def _info(name: str) -> bytes:
    block = b"software: gleanery quickstart pack\r\nformat: WARC File Format 1.0\r\n"
    headers = {
        "WARC-Type": "warcinfo",
        "WARC-Record-ID": _record_id(f"warcinfo:{name}"),
        "WARC-Date": "2024-05-01T00:00:00Z",
        "WARC-Filename": name,
        "Content-Type": "application/warc-fields",
    }
    return _record(headers, block)


def _response(entry: Entry, pages: Path) -> bytes:
    body = (pages / entry["file"]).read_bytes()
    answer = [f"HTTP/1.1 {entry['status']} {HTTPStatus(entry['status']).phrase}"]
    if entry["content_type"]:
        answer.append(f"Content-Type: {entry['content_type']}")
    if entry["location"]:
        answer.append(f"Location: {entry['location']}")
    answer.append(f"Content-Length: {len(body)}")
    headers = {
        "WARC-Type": "response",
        "WARC-Record-ID": _record_id(entry["url"]),
        "WARC-Date": entry["date"],
        "WARC-Target-URI": entry["url"],
        "WARC-Payload-Digest": _digest(body),
        "Content-Type": "application/http; msgtype=response",
    }
    return _record(headers, "\r\n".join([*answer, "", ""]).encode("ascii") + body)


def _record(headers: dict[str, str], block: bytes) -> bytes:
    headers = {**headers, "WARC-Block-Digest": _digest(block), "Content-Length": str(len(block))}
    lines = ["WARC/1.0", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    member = io.BytesIO()
    # GzipFile writes the same header on every platform; gzip.compress names the system in it.
    with gzip.GzipFile(filename="", fileobj=member, mode="wb", mtime=0) as stream:
        stream.write("\r\n".join(lines).encode("ascii") + block + b"\r\n\r\n")
    return member.getvalue()


def _record_id(name: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}>"


def _digest(block: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(block).digest()).decode("ascii")


if __name__ == "__main__":
    CORPUS.mkdir(exist_ok=True)
    for archive, content in pack_archives().items():
        (CORPUS / archive).write_bytes(content)
