"""The browser of sampled examples: their data as JSON in the page, and the shell it is shown in."""

from collections.abc import Sequence
from typing import Any

from gleanery.tasks.release.report_samples import (
    LONGEST_TEXT,
    Excerpt,
    LineageStep,
    SampledExample,
)
from gleanery.tasks.report_html import Html, tag
from gleanery.tasks.report_numbers import counted
from gleanery.tasks.report_tables import nothing
from gleanery.tasks.report_text import json_for_script, safe_url, shortened

LARGEST = 6_000_000  # characters of embedded examples; those beyond are left out, and it is said
_LONGEST_FACT = 2000
_MOST_PIECES = 200  # facts, scores, steps or labels of one example


def browser(examples: Sequence[SampledExample]) -> Html:
    """Return search, filters and list; the script fills the list from the embedded examples."""
    if not examples:
        return nothing("No example was sampled.")
    embedded, shown = embed_examples(examples)
    said = f"{counted(shown, 'example')}, drawn at random from the release"
    if shown < len(examples):
        left = len(examples) - shown
        said += f" ({left:,} more were drawn, but left out: the file would be too large)"
    return tag(
        "div",
        tag("p", said, ". Each opens to its messages, its scores, and its whole lineage."),
        tag("noscript", nothing("The browser needs JavaScript; the rest of the report does not.")),
        tag(
            "form",
            _labelled("Search", tag("input", type="search", id="search", autocomplete="off",
                                    placeholder="words, a domain, an id …")),
            _labelled("Source", _choice("source", "all sources")),
            _labelled("Split", _choice("split", "all splits")),
            _labelled("Order", _choice("order", "as drawn")),
            class_="controls", id="controls", role="search", hidden=True,
        ),
        tag("p", id="found", role="status", aria_live="polite", class_="note"),
        tag("div", id="examples"),
        tag("button", "Show more", type="button", id="more", hidden=True),
        Html(f'<script type="application/json" id="data">{embedded}</script>'),
    )  # fmt: skip


def embed_examples(examples: Sequence[SampledExample]) -> tuple[str, int]:
    """Return the JSON of as many examples as fit, and how many these are."""
    written: list[str] = []
    size = 0
    for example in examples:
        one = json_for_script(_compact(example))
        size += len(one)
        if size > LARGEST:
            break
        written.append(one)
    return f"[{','.join(written)}]", len(written)


def _labelled(label: str, control: Html) -> Html:
    return tag("label", tag("span", label), control)


def _choice(name: str, first: str) -> Html:
    """Return a list of choices; the script adds those that the examples have."""
    return tag("select", tag("option", first), id=name)


def _compact(example: SampledExample) -> dict[str, Any]:
    """Return an example as the script reads it; long texts cut, links only where they are safe."""
    names = ("source", "split", "method", "subject", "domain", "licence")
    return {
        "id": shortened(example.id, 200),
        **{name: getattr(example, name)[:_LONGEST_FACT] for name in names},
        "url": [example.url[:_LONGEST_FACT], bool(safe_url(example.url))],
        "labels": [shortened(label) for label in example.labels[:_MOST_PIECES]],
        "messages": [
            [
                message.role[:40],
                message.content[:LONGEST_TEXT],
                max(0, len(message.content) - LONGEST_TEXT),
            ]
            for message in example.messages[:_MOST_PIECES]
        ],
        "scores": [
            [f"{one.scorer}: {one.name}"[:_LONGEST_FACT], one.value, one.detail[:_LONGEST_FACT]]
            for one in example.scores[:_MOST_PIECES]
        ],
        "steps": [_step(step) for step in example.steps[:_MOST_PIECES]],
    }


def _step(step: LineageStep) -> dict[str, Any]:
    return {
        "title": shortened(step.title),
        "facts": [
            [shortened(fact.name), fact.value[:_LONGEST_FACT], bool(safe_url(fact.value))]
            for fact in step.facts[:_MOST_PIECES]
        ],
        "passages": [
            [shortened(passage.title), *_excerpt(passage.excerpt)]
            for passage in step.passages[:_MOST_PIECES]
        ],
    }


def _excerpt(shown: Excerpt) -> list[Any]:
    """Return the pieces of an excerpt and what is left out; again no more than may be shown."""
    pieces: list[list[str]] = []
    room = 2 * LONGEST_TEXT
    cut = 0
    for piece in shown.pieces:
        text = piece.text[:room]
        room -= len(text)
        cut += len(piece.text) - len(text)
        if text or piece.mark == "gap":
            pieces.append([text, piece.mark])
    return [pieces, shown.before, shown.after + cut]
