"""A page in pieces that fit: cut at structure, with the end of one repeated in the next."""

import re
from dataclasses import dataclass

from gleanery.tasks.extraction.config import ExtractionConfig

# Where a page may be cut, best first: before a heading or a numbered exercise, between
# paragraphs, between lines, after a sentence.
_NUMBERED = re.compile(
    r"\n(?=\s*(?:#{1,6} |(?:exercise|problem|question|example|task|aufgabe|exercice|ejercicio)\b"
    r"|\(?\d{1,3}[.)]\s))",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"\n[ \t]*\n+")
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CUTS = (_NUMBERED, _PARAGRAPH, _LINE, _SENTENCE)
_UNBROKEN = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$|^```.*?^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a page's text, `start` characters into it."""

    start: int
    text: str


def split_page(text: str, config: ExtractionConfig) -> list[Chunk]:
    """Return the page in chunks of at most `chunk_characters`, the same ones every time.

    No cut falls inside a formula or a fenced code block that fits in a chunk. Each chunk but the
    first begins with the last whole pieces of the one before, up to `overlap_characters`, so that
    a question on the edge is seen whole in one of them.
    """
    chunks: list[Chunk] = []
    start = 0
    while len(text) - start > config.chunk_characters:
        end = _cut(text, start, start + config.chunk_characters)
        chunks.append(Chunk(start, text[start:end]))
        start = _step_back(text, start, end, config.overlap_characters)
    chunks.append(Chunk(start, text[start:]))
    return chunks


def _cut(text: str, start: int, limit: int) -> int:
    """Return where to end a chunk: the best kind of cut in its last third, or else anywhere."""
    unbroken = [m.span() for m in _UNBROKEN.finditer(text, start, limit + 2000)]
    earliest = start + (limit - start) * 2 // 3
    for pattern in _CUTS:
        cuts = [m.end() for m in pattern.finditer(text, earliest, limit) if m.end() <= limit]
        for cut in reversed(cuts):
            if not any(left < cut < right for left, right in unbroken):
                return cut
    # Nothing to cut at: before the formula or code that the limit falls in, if it is not all.
    starts = (left for left, right in unbroken if start < left < limit < right)
    return next(starts, limit)


def _step_back(text: str, start: int, end: int, overlap: int) -> int:
    """Return where the next chunk begins: a cut at most `overlap` characters before `end`."""
    earliest = max(start + 1, end - overlap)
    for pattern in _CUTS:
        for match in pattern.finditer(text, earliest, end):
            if match.end() < end:
                return match.end()
    return end
