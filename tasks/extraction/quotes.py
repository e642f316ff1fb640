"""How a quote may be read: as it is, or without what models put around a quotation."""

import html
import re
from collections.abc import Iterator

_MARKER = re.compile(
    r"^\W*(?:answer|solution|question|problem|explanation|response|q|a|antwort|lösung|frage"
    r"|réponse|respuesta)\s*[:：]\W*?(?=[\w$\\(\[{+-])",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(r"^\s*(?:\.{3,}|…|\[(?:\.{3,}|…)\])|(?:\.{3,}|…|\[(?:\.{3,}|…)\])\s*$")
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*\n]{1,200}?)(?<=\S)\1")
_NUMBERED = re.compile(r"^[ \t]*[(]?(\d{1,2})[.)][ \t]+(?=\S)", re.MULTILINE)


def readings(quote: str) -> Iterator[str]:
    """Yield the quote, then what is left without marks at its ends or numbers before its lines."""
    yield quote
    plain = _BOLD.sub(r"\2", html.unescape(quote))
    if plain != quote:
        yield plain
    if "\n" in plain:
        yield " ".join(plain.split())  # a dash or # that the page has within a line stays a sign
    bare = _ELLIPSIS.sub("", _MARKER.sub("", plain, count=1))
    if bare != plain and bare.strip():
        yield bare
    numbers = [int(number) for number in _NUMBERED.findall(bare)]
    if len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        yield _NUMBERED.sub("", bare)
