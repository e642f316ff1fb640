"""Encodings of HTTP bodies are undone within the limit, or the body is taken as it is."""

import gzip
import io
import zlib

import pytest
from fastwarc.stream_io import BrotliWriter

from gleanery.tasks.recall.http_bodies import UndecodableBody, decode_body


def brotli(data: bytes) -> bytes:
    class Sink(io.BytesIO):
        def close(self) -> None:  # the writer closes it when it is done
            pass

    sink = Sink()
    writer = BrotliWriter(sink)
    writer.write(data)
    writer.close()
    return sink.getvalue()


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ("gzip", gzip.compress(b"<p>text", mtime=0)),
        ("GZIP", gzip.compress(b"<p>text", mtime=0)),
        ("br", brotli(b"<p>text")),
        ("deflate", zlib.compress(b"<p>text")),
        ("deflate, gzip", gzip.compress(zlib.compress(b"<p>text"), mtime=0)),
        ("identity", b"<p>text"),
        ("", b"<p>text"),
        ("br", b"<p>text"),
        ("made-up", b"<p>text"),
    ],
)
def test_body_comes_without_its_encoding(content: str, body: bytes) -> None:
    assert decode_body(body, "", content, 100) == b"<p>text"


@pytest.mark.parametrize("pack", [gzip.compress, brotli])
def test_bomb_gives_one_byte_more_than_the_limit(pack: object) -> None:
    assert callable(pack)
    content = "br" if pack is brotli else "gzip"
    assert len(decode_body(pack(bytes(30 << 20)), "", content, 1000)) == 1001


def test_binary_body_that_does_not_decode_is_an_error() -> None:
    with pytest.raises(UndecodableBody, match="gzip"):
        decode_body(bytes(range(256)), "", "gzip", 1000)
