"""Texts as the report shows them: nothing invisible in them, nothing that reorders a line."""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

# Controls but for tab and line end; halves of surrogate pairs; what overrides the direction of
# writing (a reader would see another text than the model); tags that only a machine reads;
# separators and code points that are no characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufdd0-\ufdef\ufff9-\ufffc\ufffe\uffff\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\r\n?")
_NOT_IN_URL = re.compile(r"[\s\x00-\x1f\x7f-\x9f\\<>\"'`{}|^]")
_JSON_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&'\u2028\u2029"}
_LONGEST_NAME = 160


def visible(text: str) -> str:
    """Return a text with its invisible characters written out as `⟨U+202E⟩`."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", _LINE_ENDS.sub("\n", text))


_ABOUT_SCORES = {"score_below": "{} too low", "score_above": "{} too high", "no_score": "no {}"}


def reason_words(reason: str) -> str:
    """Return a reason in words: `score_below:judge.correct` as "judge.correct too low"."""
    kind, _, score = reason.partition(":")
    if score and kind in _ABOUT_SCORES:
        return _ABOUT_SCORES[kind].format(score)
    return reason.replace("_", " ")


def shortened(text: str, longest: int = _LONGEST_NAME) -> str:
    """Return a name on one line, the end of a long one left out."""
    line = " ".join(text[: 4 * longest].split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def safe_url(url: str) -> str:
    """Return the URL if it may become a link: http(s) with a host, and nothing odd in it; or ""."""
    if len(url) > 2000 or _NOT_IN_URL.search(url) or visible(url) != url:
        return ""
    try:
        split = urlsplit(url)
        host = split.hostname
    except ValueError:
        return ""
    return url if split.scheme.lower() in ("http", "https") and host else ""


def json_for_script(value: object) -> str:
    """Return JSON that may stand in a script element: no `<`, no `&`, no separator of lines."""
    return json.dumps(
        _all_visible(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).translate(_JSON_ESCAPES)


def _all_visible(value: object) -> object:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {visible(str(name)): _all_visible(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_all_visible(item) for item in value]
    return value
