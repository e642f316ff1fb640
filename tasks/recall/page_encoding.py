"""Bytes to text: UTF-8 if it is that, then what the page declares, then a guess."""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE
)
_HEAD_BYTES = 2048
# What servers say when they know nothing; no better than no declaration.
_UNTOLD = {"", "iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", "windows-1252", "utf-8"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_DAMAGE_SHARE = 0.1  # of the characters beyond ASCII; below it, it is UTF-8 with a few bad bytes


def decode_page(body: bytes, charset: str = "") -> str:
    """Return the page's text; never raises, whatever `charset` (of the HTTP header) says.

    UTF-8 that decodes is UTF-8. Otherwise the header's charset counts if it decodes without an
    error, then that of the page's `<meta>`; only then the encoding is guessed from the bytes.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    if b"\0" not in body[:256]:  # UTF-16 of English is valid UTF-8
        try:
            return body.decode()
        except UnicodeDecodeError:
            pass
    meta = _META_CHARSET.search(body, 0, _HEAD_BYTES)
    for declared in (charset, meta[1].decode("ascii", "replace") if meta else ""):
        if declared.lower() not in _UNTOLD and (text := _decode_strictly(body, declared)):
            return text
    return _decode_by_guess(body)


def _decode_strictly(body: bytes, charset: str) -> str:
    """Return the text, or "" if the charset is unknown or does not fit."""
    try:
        name = map_encoding_to_html5(charset, fallback_utf8=False)
        return body.decode(name) if name else ""
    except (LookupError, UnicodeDecodeError):
        return ""


def _decode_by_guess(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    foreign = len(text) - sum(map(str.isascii, text))
    if text.count(_REPLACEMENT) <= _DAMAGE_SHARE * foreign:
        return text
    try:
        return body.decode(detect_encoding(body) or "windows-1252", "replace")
    except LookupError:
        return body.decode("windows-1252", "replace")
