r"""Text as a reader sees it, where HTML, Markdown or a chat's template was left in.

`&lt;` is <, `<b>` is nothing, a link is its text, and a word broken at a line's end is one word.
"""

import html
import re
from functools import lru_cache
from html.entities import html5

from gleanery.tasks.curation.leaks_characters import PLAIN_BYTES

_ENTITY = r"&(?:amp;)*(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
ENTITY = re.compile(_ENTITY.encode())

# Names tell elements from mathematics: in "a<b and c>d" is none. `<b` alone is no element either.
_WITHIN_WORDS = (
    "a|abbr|b|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|samp|small|span|strong|tt|u|var|wbr"
)
_BETWEEN_WORDS = (
    "article|aside|blockquote|br|caption|center|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header"
    "|hr|img|li|main|nav|ol|p|pre|s|section|strike|su[bp]|table|tbody|td|tfoot|th|thead|tr|ul"
)
_ATTRIBUTE = (
    r"\s{1,9}[A-Za-z:_-]{1,40}="
    r"""(?:\\?"[^"<>]{0,500}"|\\?'[^'<>]{0,500}'|[^\s"'<>=]{1,200})"""
)
# Group 1: what parts no words; the end of an exponent is not the end of a word either, as in x²y.
TAG = re.compile(
    rf"<(?:(\\?/?(?:{_WITHIN_WORDS})|\\?/su[bp])|\\?/?(?:{_BETWEEN_WORDS}))"
    rf"(?:{_ATTRIBUTE}){{0,12}}\s?/?>".encode(),
    re.IGNORECASE,
)
LINK = re.compile(
    rb"\](?=\()\((?:https?://|mailto:|www\.|\.{0,2}/|#)(?:[^\s()]|\([^\s()]{0,100}\)){0,500}"
    rb"(?:\s\"[^\"\n]{0,200}\")?\)"
)
BROKEN_WORD = re.compile(rb"-(?=\n)(?<=[a-z]-)\n[ \t]{0,20}(?=[a-z])")
_DUMPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_TURN = re.compile(rb"<\|[^|<>\n]{1,40}\|>|<(?:start|end)_of_turn>|\[/?INST\]|<</?SYS>>")


def plain_entity(match: re.Match[bytes]) -> bytes:
    """Return the plain characters that a match of `ENTITY` stands for."""
    return _plain_entity(match[0])


def plain_tag(match: re.Match[bytes]) -> bytes:
    """Return a line end for a match of `TAG` that parts words, and nothing for another."""
    return b"" if match[1] else b"\n"


def as_read(text: str) -> str:
    """Return a text without its markup; what parts blocks or turns of a chat is a line end."""
    text = re.sub(_ENTITY, lambda match: _character(match[0]), text)
    text = _DUMPED.sub(lambda match: chr(int(match[1], 16)), text)
    read = TAG.sub(plain_tag, text.encode("utf-8", "replace"))
    return BROKEN_WORD.sub(b"", LINK.sub(b"", _TURN.sub(b"\n", read))).decode()


@lru_cache(maxsize=4096)
def _plain_entity(entity: bytes) -> bytes:
    return b"".join(map(PLAIN_BYTES.__getitem__, _character(entity.decode())))


def _character(entity: str) -> str:
    """Return what an entity stands for, also one that was escaped again; itself if nothing."""
    name = entity.replace("amp;", "") if entity != "&amp;" else "&amp;"
    if name == "&":  # &amp;amp;
        return name
    return html.unescape(name) if name[1] == "#" or name[1:] in html5 else entity
