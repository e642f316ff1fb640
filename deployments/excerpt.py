"""The stretch of a page that a pair comes from, with question and answer marked in it."""

from collections.abc import Sequence
from itertools import pairwise

from rich.text import Text

from gleanery.deployments.terminal import printable
from gleanery.tasks.records import QAPair, Span

_STYLES = {"Q": "bold cyan", "A": "green"}
_UNMARKED = 600  # characters of a page shown when nothing in it is marked

Mark = tuple[int, int, str]


def marked_excerpt(text: str, pair: QAPair, around: int = 300) -> Text:
    """Return a document's text around the pair's spans, these as ⟦Q …⟧ and ⟦A …⟧ and in colour.

    Up to `around` characters before and after each span are shown, and `…` for what is left out.
    A pair without spans gives the beginning of the text.
    """
    text = printable(text)
    marks = sorted(_marks(pair.question_spans, "Q", text) + _marks(pair.answer_spans, "A", text))
    windows = _windows(marks, len(text), around) or [(0, min(len(text), _UNMARKED))]
    shown = Text()
    end = 0
    for start, stop in windows:
        shown.append("… " if start > end else "", style="dim")
        shown.append_text(_marked(text, start, stop, marks))
        end = stop
    shown.append(" …" if end < len(text) else "", style="dim")
    return shown


def _marks(spans: Sequence[Span], kind: str, text: str) -> list[Mark]:
    return [
        (span.start, min(span.end, len(text)), kind)
        for span in spans
        if span.start < min(span.end, len(text))
    ]


def _windows(marks: Sequence[Mark], length: int, around: int) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for start, end, _ in marks:
        start, end = max(0, start - around), min(length, end + around)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(end, windows[-1][1]))
        else:
            windows.append((start, end))
    return windows


def _marked(text: str, start: int, stop: int, marks: Sequence[Mark]) -> Text:
    """Return one window; marks may overlap, and the last to open decides the colour."""
    inside = [mark for mark in marks if start <= mark[0] and mark[1] <= stop]
    bounds = {bound for first, last, _ in inside for bound in (first, last)}
    shown = Text()
    for place, until in pairwise([*sorted({start, stop, *bounds}), stop]):
        shown.append("⟧" * sum(last == place for _, last, _ in inside), style="dim")
        for first, _, kind in inside:
            shown.append(f"⟦{kind} " if first == place else "", style="dim")
        over = [kind for first, last, kind in inside if first <= place < last]
        shown.append(text[place:until], style=_STYLES[over[-1]] if over else "")
    return shown
