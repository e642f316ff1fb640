"""A trace as a tree: page, pairs, versions, and where each has gone."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from gleanery.deployments.terminal import printable
from gleanery.deployments.trace_records import (
    ASKED,
    KEPT,
    MIRROR,
    NEAR,
    Trace,
    TracedCandidate,
    TracedLoss,
    TracedPage,
    TracedPair,
    TracedRow,
)
from gleanery.infra.digests import digest

_MOST_SHOWN = 30  # of pages, and of other lines
_QUESTION = 72  # characters of a question that are shown
_FOUND_BY = {
    ASKED: "Pages under the address",
    MIRROR: "Mirrors: pages with the same text",
    NEAR: "Pages that are nearly the same",
}


def print_trace(trace: Trace, console: Console) -> None:
    """Print what was made from a source, with the ids that `gleanery show` takes."""
    console.print(Text(printable(trace.address), style="bold underline"), soft_wrap=True)
    console.print(Text(summary(trace)))
    for name in trace.forgotten_in:
        console.print(Text(printable(f"Forgotten by {name}: no next release has it.")))
    places = _Places(trace.candidates, trace.rows)
    for found_by, title in _FOUND_BY.items():
        pages = [page for page in trace.pages if page.found_by == found_by]
        if pages:
            console.print(_pages(f"{title} ({len(pages):,})", pages, places))
    if left := places.left():
        console.print(_flat(f"Rows of no page above ({len(left):,})", left))
    if trace.pages:
        console.print(Text("`gleanery show ID` shows a row's whole lineage.", style="dim"))


def summary(trace: Trace) -> str:
    """Return the counts of a trace in one line."""
    pages = Counter(page.found_by for page in trace.pages)
    pairs = [pair for page in trace.pages for pair in page.pairs]
    rows = Counter((row.dataset, row.release) for row in trace.rows)
    released = [f"{count:,} in {dataset} {release}" for (dataset, release), count in rows.items()]
    return ", ".join(
        [
            _count(pages[ASKED], "page"),
            _count(pages[MIRROR], "mirror"),
            *([_count(pages[NEAR], "near copy", "near copies")] if pages[NEAR] else []),
            _count(len(pairs), "pair"),
            _count(sum(len(pair.versions) for pair in pairs), "refined version"),
            _count(len(trace.candidates), "candidate"),
            f"released rows: {'; '.join(released) or 'none'}",
        ]
    )


class _Places:
    """Where each row stands: among which datasets' candidates, and in which releases."""

    def __init__(self, candidates: Sequence[TracedCandidate], rows: Sequence[TracedRow]) -> None:
        self._places: dict[str, list[str]] = defaultdict(list)
        self._about: dict[str, str] = {}
        for candidate in candidates:
            selection = f", {candidate.selection}" if candidate.selection else ""
            self._places[candidate.id].append(f"candidate of {candidate.dataset}{selection}")
            self._about[candidate.id] = f"{candidate.why}: {_short(candidate.question)}"
        for row in rows:
            place = f"in release {row.release} of {row.dataset} ({row.split})"
            self._places[row.id].append(place)
            self._about.setdefault(row.id, f"from {row.url}")

    def take(self, row_id: str) -> str:
        """Return in words where the row of an id stands, once; "" for nowhere."""
        return "; ".join(self._places.pop(row_id, ()))

    def left(self) -> list[str]:
        """Return a line for each row that nobody has taken."""
        return [
            f"{row_id} {'; '.join(places)}, {self._about[row_id]}"
            for row_id, places in self._places.items()
        ]


def _pages(title: str, pages: Sequence[TracedPage], places: _Places) -> Tree:
    tree = _tree(title)
    for number, page in enumerate(pages):
        branch = _page(page, places)
        if number < _MOST_SHOWN:
            tree.add(branch)
    _add_more(tree, len(pages))
    return tree


def _page(page: TracedPage, places: _Places) -> Tree:
    tree = _tree(page.url)
    batch = f"batch {page.batch}" if page.batch else "no batch"
    _add(tree, f"{page.pipeline}, {batch}, part {page.part}, document {page.document_id}")
    fields = (page.title, page.date, page.licence, f"{page.archive} at {page.offset}")
    _add(tree, ", ".join(filter(None, fields)))
    _add(tree, f"{page.outcome}: {page.detail}" if page.detail else page.outcome)
    for loss in page.losses:
        _add(tree, _loss(loss))
    for pair in page.pairs:
        tree.add(_pair(pair, places))
    if page.outcome == KEPT and not page.pairs and not page.losses:
        _add(tree, "no pair was found in it, or it is not read yet")
    return tree


def _pair(pair: TracedPair, places: _Places) -> Tree:
    place = places.take(digest(["extracted", pair.id]))
    tree = _tree(f"pair {pair.id} {_short(pair.question)}{f', {place}' if place else ''}")
    for version in pair.versions:
        place = places.take(version.id)
        said = f"{version.id} {version.outcome} by {version.refiner}"
        _add(tree, f"{said}, {place}" if place else said)
    for loss in pair.losses:
        _add(tree, _loss(loss))
    return tree


def _flat(title: str, lines: Sequence[str]) -> Tree:
    tree = _tree(title)
    for line in lines[:_MOST_SHOWN]:
        _add(tree, line)
    _add_more(tree, len(lines))
    return tree


def _add_more(tree: Tree, count: int) -> None:
    if count > _MOST_SHOWN:
        _add(tree, f"and {count - _MOST_SHOWN:,} more: --json lists all")


def _loss(loss: TracedLoss) -> str:
    return f"nothing from {loss.stage}: {loss.reason}, {_short(loss.detail)}"


def _tree(label: str) -> Tree:
    return Tree(Text(printable(label)))


def _add(tree: Tree, label: str) -> None:
    tree.add(Text(printable(label)))


def _short(text: str) -> str:
    """Return the beginning of a text in one line."""
    line = " ".join(text.split())
    return line if len(line) <= _QUESTION else f"{line[: _QUESTION - 1]}…"


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number:,} {one if number == 1 else more or one + 's'}"
