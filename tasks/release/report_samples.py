"""The texts that a report shows: sampled examples with their lineage, and leaks with their span.

They are cut to a window around what matters, so that a report of 300 examples stays small.
"""

from collections.abc import Iterable, Sequence

from pydantic import Field, FiniteFloat

from gleanery.tasks.dataset_records import ExampleScore
from gleanery.tasks.records import ChatMessage, Record

LONGEST_TEXT = 6000  # characters of one text that are shown
_AROUND = 600


class Piece(Record):
    """A stretch of a text; `mark` says what it is ("question", "answer", "match"), or is ""."""

    text: str
    mark: str = ""


class Excerpt(Record):
    """A text, or the window of it around its marked spans.

    - `pieces`: the stretches in order; where text between two is left out, an empty piece marked
      "gap" stands.
    - `before`, `after`: characters left out in front and behind.
    """

    pieces: list[Piece]
    before: int = 0
    after: int = 0


class Fact(Record):
    """A name and its value ("model", "licence"); a value that is an http(s) URL becomes a link."""

    name: str
    value: str


class Passage(Record):
    """A text with its heading ("question", "answer", "prompt", "reason")."""

    title: str
    excerpt: Excerpt


class LineageStep(Record):
    """One step of an example's way, in the order in which it went.

    - `title`: "Page", "Extracted", "Refined"; "Node", "Plan", "Call: answer" for syntheses.
    - `facts`: model, prompt, request key, URL, licence: what is known.
    - `passages`: its texts; make them with `cut_excerpt` and `whole_text`.
    """

    title: str
    facts: list[Fact] = Field(default_factory=list)
    passages: list[Passage] = Field(default_factory=list)


class ShownScore(Record):
    """A score as the browser shows it; `detail` is the scorer's evidence, in words."""

    scorer: str
    name: str
    value: FiniteFloat
    detail: str = ""


class SampledExample(Record):
    """A released row in the browser.

    - `id`, `source`, `split`, `method`, `subject`, `domain`, `licence`: "" where it has none.
    - `url`: its page's; shown as a link only if it is http(s).
    - `labels`: of nodes or skills.
    - `messages`: the row as it is trained on.
    - `scores`: of all scorers.
    - `steps`: its lineage, the first cause first.
    """

    id: str
    source: str
    split: str
    method: str = ""
    subject: str = ""
    domain: str = ""
    licence: str = ""
    url: str = ""
    labels: list[str] = Field(default_factory=list)
    messages: list[ChatMessage]
    scores: list[ShownScore] = Field(default_factory=list)
    steps: list[LineageStep] = Field(default_factory=list)


class LeakShown(Record):
    """A row and the benchmark item found in it, the match marked in both.

    - `id`, `benchmark`, `item_id`, `kind`, `side`, `reason`: as in `Leak`.
    - `text`: of the row, around the match: `cut_excerpt(text, [(start, end, "match")])`.
    - `fate`: what became of the row, in words.
    - `item`: the item's own text: `report_matches.mark_match(item_text, matched)`.
    """

    id: str
    benchmark: str
    item_id: str
    kind: str
    side: str
    text: Excerpt
    item: Excerpt
    fate: str
    reason: str = ""


def whole_text(text: str) -> Excerpt:
    """Return a text without marks, at most `LONGEST_TEXT` characters of it."""
    return Excerpt(pieces=[Piece(text=text[:LONGEST_TEXT])], after=max(0, len(text) - LONGEST_TEXT))


def cut_excerpt(text: str, spans: Iterable[tuple[int, int, str]], around: int = _AROUND) -> Excerpt:
    """Return the window of a text around its spans (start, end, mark), `around` characters wide.

    Where spans overlap, the earlier one has the shared characters. Spans outside the text are
    ignored; without any, the beginning of the text is shown. What is further than two windows from
    any span is left out, and so is all beyond `LONGEST_TEXT` shown characters.
    """
    marked = _apart(spans, len(text))
    if not marked:
        shown = min(len(text), 2 * around, LONGEST_TEXT)
        return Excerpt(pieces=[Piece(text=text[:shown])], after=len(text) - shown)
    start = here = max(0, marked[0][0] - around)
    pieces: list[Piece] = []
    room = LONGEST_TEXT
    for first, last, mark in marked:
        room -= _add_between(pieces, text, here, first, around)
        here = min(last, first + max(0, room))
        pieces.append(Piece(text=text[first:here], mark=mark))
        room -= here - first
        if room <= 0:
            break
    stop = min(len(text), here + min(around, max(0, room)))
    pieces.append(Piece(text=text[here:stop]))
    shown_pieces = [piece for piece in pieces if piece.text or piece.mark == "gap"]
    return Excerpt(pieces=shown_pieces, before=start, after=len(text) - stop)


def shown_scores(scores: Iterable[ExampleScore]) -> list[ShownScore]:
    """Return the long-form scores of one row as the browser shows them."""
    return [
        ShownScore(scorer=one.scorer, name=one.name, value=one.value, detail=one.detail)
        for one in scores
    ]


def _apart(spans: Iterable[tuple[int, int, str]], length: int) -> Sequence[tuple[int, int, str]]:
    """Return the spans in order, without what lies outside the text or in an earlier span."""
    found: list[tuple[int, int, str]] = []
    here = 0
    for start, end, mark in sorted(spans, key=lambda span: span[:2]):
        first, last = max(start, here), min(end, length)
        if first < last:
            found.append((first, last, mark))
            here = last
    return found


def _add_between(pieces: list[Piece], text: str, here: int, first: int, around: int) -> int:
    """Add what stands between two spans, its middle left out where it is long; return how much."""
    if first - here <= 2 * around:
        pieces.append(Piece(text=text[here:first]))
        return first - here
    pieces += [
        Piece(text=text[here : here + around]),
        Piece(text="", mark="gap"),
        Piece(text=text[first - around : first]),
    ]
    return 2 * around
