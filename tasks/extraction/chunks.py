"""A page in pieces that fit: cut at structure, with the end of one repeated in the next."""

import re
from collections.abc import Sequence
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

Region = tuple[int, int]


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


def halve(chunk: Chunk, config: ExtractionConfig) -> list[Chunk]:
    """Return a chunk in two, cut at structure near its middle; nothing if that is too small.

    The second half repeats the end of the first as chunks do. A formula or code block is cut only
    if it fills the middle third.
    """
    text = chunk.text
    if len(text) < 2 * config.smallest_chunk_characters:
        return []
    unbroken = [match.span() for match in _UNBROKEN.finditer(text)]
    cut = _middle_cut(text, unbroken)
    overlap = min(config.overlap_characters, len(text) // 6)  # so that both halves are shorter
    second = _step_back(text, 0, cut, overlap, unbroken)
    return [Chunk(chunk.start, text[:cut]), Chunk(chunk.start + second, text[second:])]


def _middle_cut(text: str, unbroken: Sequence[Region]) -> int:
    """Return the best kind of cut in the middle third of a text, and of these the most central."""
    first, last = len(text) // 3, len(text) - len(text) // 3
    by_kind = [[m.end() for m in pattern.finditer(text, first, last)] for pattern in _CUTS]
    edges = [edge for region in unbroken for edge in region if first <= edge <= last]
    kinds = [[cut for cut in cuts if not _breaks(cut, unbroken)] for cuts in by_kind]
    for cuts in (*kinds, edges, *by_kind):
        if cuts:
            return min(cuts, key=lambda cut: abs(2 * cut - len(text)))
    return len(text) // 2


def _cut(text: str, start: int, limit: int) -> int:
    """Return where to end a chunk: the best kind of cut in its last third, or else anywhere."""
    unbroken = [m.span() for m in _UNBROKEN.finditer(text, start, limit + 2000)]
    earliest = start + (limit - start) * 2 // 3
    for pattern in _CUTS:
        cuts = [m.end() for m in pattern.finditer(text, earliest, limit) if m.end() <= limit]
        for cut in reversed(cuts):
            if not _breaks(cut, unbroken):
                return cut
    # Nothing to cut at: before the formula or code that the limit falls in, if it is not all.
    starts = (left for left, right in unbroken if start < left < limit < right)
    return next(starts, limit)


def _step_back(
    text: str, start: int, end: int, overlap: int, unbroken: Sequence[Region] = ()
) -> int:
    """Return where the next chunk begins: a cut at most `overlap` characters before `end`."""
    earliest = max(start + 1, end - overlap)
    for pattern in _CUTS:
        for match in pattern.finditer(text, earliest, end):
            if match.end() < end and not _breaks(match.end(), unbroken):
                return match.end()
    return end


def _breaks(cut: int, unbroken: Sequence[Region]) -> bool:
    return any(left < cut < right for left, right in unbroken)
