"""The part of the source text that a refiner sees beside a pair."""

from collections.abc import Sequence

from gleanery.tasks.records import QAPair

_GAP = "\n[…]\n"
_FINDABLE = 60  # characters of a question that are enough to find it in its page
_SNAP = 60  # an excerpt may lose this many characters so as to end between words

Window = tuple[int, int]


def source_excerpt(pair: QAPair, text: str, characters: int) -> str:
    """Return at most `characters` characters of a document's text around the pair's spans.

    A text that fits is returned whole, so that pairs of one page share their prompt's beginning.
    Left-out stretches are marked `[…]` (not counted). Raises `ValueError` when a span lies
    outside the text: then this is not the pair's document.
    """
    windows = _pair_windows(pair, text)
    if len(text) <= characters:
        return text
    windows = _widen(_fit(windows, characters), characters, len(text))
    pieces = [text[start:end] for start, end in (_snap(window, text) for window in windows)]
    before = _GAP.lstrip("\n") if windows[0][0] > 0 else ""
    after = _GAP.rstrip("\n") if windows[-1][1] < len(text) else ""
    return before + _GAP.join(pieces) + after


def _pair_windows(pair: QAPair, text: str) -> list[Window]:
    """Return where the pair stands in the text, in order; the page's start if it is not shown."""
    spans = [(span.start, span.end) for span in (*pair.question_spans, *pair.answer_spans)]
    for start, end in spans:
        if not 0 <= start <= end <= len(text):
            raise ValueError(
                f"pair {pair.id} has a span {start}-{end} in a text of {len(text)} characters: "
                f"this is not the text of its document {pair.document_id}"
            )
    if not spans:
        start = max(text.find(pair.question[:_FINDABLE]), 0)
        spans = [(start, start)]
    return sorted(spans)


def _fit(windows: Sequence[Window], characters: int) -> list[Window]:
    """Return one window over all spans if it fits, else the beginning of each span."""
    first, last = windows[0][0], max(end for _, end in windows)
    if last - first <= characters:
        return [(first, last)]
    share = characters // len(windows)
    return [(start, min(end, start + share)) for start, end in windows]


def _widen(windows: Sequence[Window], characters: int, length: int) -> list[Window]:
    """Return the windows with the characters left over spread around them, overlaps merged."""
    spare = max(characters - sum(end - start for start, end in windows), 0) // len(windows)
    merged: list[Window] = []
    for start, end in windows:
        left = min(start, max(spare // 2, spare - (length - end)))
        start, end = start - left, min(end + spare - left, length)
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _snap(window: Window, text: str) -> Window:
    """Return the window without the half words at its ends."""
    start, end = window
    if start > 0 and not text[start - 1].isspace():
        head = text[start : min(start + _SNAP, end)]
        start += next((i for i, character in enumerate(head) if character.isspace()), 0)
    if end < len(text) and not text[end].isspace():
        tail = text[max(end - _SNAP, start) : end]
        end -= next((i for i, character in enumerate(reversed(tail)) if character.isspace()), 0)
    return start, end
