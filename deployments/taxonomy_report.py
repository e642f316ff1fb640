"""A taxonomy in the terminal: its tree, its counts, and what its reviewers should look at."""

from collections import Counter
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from gleanery.deployments.terminal import printable
from gleanery.tasks.taxonomy.review_findings import Finding, FindingKind
from gleanery.tasks.taxonomy.review_votes import find_node
from gleanery.tasks.taxonomy.tree import Place, Status, Taxonomy

_STYLES = {Status.KEPT: "", Status.PROPOSED: "yellow", Status.REMOVED: "strike dim"}


def print_counts(taxonomy: Taxonomy, console: Console) -> None:
    """Print how many fields, sub-fields and disciplines there are, by status."""
    counts = Counter((_kind(place), place.status) for place in taxonomy.places)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for status in reversed(Status):
        table.add_column(status.value, justify="right")
    for kind in ("fields", "sub-fields", "disciplines"):
        table.add_row(kind, *(f"{counts[kind, status]:,}" for status in reversed(Status)))
    console.print(table)


def _kind(place: Place) -> str:
    if place.is_leaf:
        return "disciplines"
    return "sub-fields" if place.parent else "fields"


def print_tree(taxonomy: Taxonomy, node: str, depth: int, ids: bool, console: Console) -> None:
    """Print the tree, or what stands at and below one node (id or name), `depth` levels of it.

    Raises `UnknownNode`.
    """
    top = find_node(taxonomy, node).steps if node else ()
    used = _disciplines_below(taxonomy)
    root = Tree(Text(printable(taxonomy.source), "bold"))
    branches: dict[tuple[int, ...], Tree] = {top[:-1]: root}
    for place in taxonomy.places:
        if place.steps[: len(top)] == top and len(place.steps) < max(len(top), 1) + depth:
            label = _label(place, used[place.steps], ids)
            branches[place.steps] = branches[place.steps[:-1]].add(label)
    console.print(root)


def _label(place: Place, used: int, ids: bool) -> Text:
    node = place.node
    label = Text(printable(node.name), _STYLES[place.status])
    if not place.is_leaf:
        label.append(f"  {used:,}", "dim")
    if node.status is not Status.KEPT:
        label.append(f"  {node.status.value}", "dim")
    if node.votes:
        keep = sum(node.votes.values())
        label.append(f"  {keep} keep, {len(node.votes) - keep} remove", "dim")
    if ids:
        label.append(f"  {place.id}", "cyan")
    return label


def _disciplines_below(taxonomy: Taxonomy) -> Counter[tuple[int, ...]]:
    """Return how many disciplines in use stand below each node."""
    used: Counter[tuple[int, ...]] = Counter()
    for place in taxonomy.places:
        if place.is_leaf and place.status is Status.KEPT:
            used.update(above.steps for above in place.ancestors)
    return used


def print_findings(findings: Sequence[Finding], most: int, console: Console) -> None:
    """Print what to look at, at most so many of each kind, with the lines where it stands."""
    if not findings:
        console.print("No duplicate or misplaced nodes were found.")
        return
    table = Table(title="To look at", box=SIMPLE_HEAD, pad_edge=False, show_lines=False)
    table.add_column("what")
    table.add_column("line", justify="right")
    table.add_column("node", overflow="fold")
    for kind in FindingKind:
        of_kind = [finding for finding in findings if finding.kind is kind]
        for finding in of_kind[:most]:
            _add_finding(table, finding)
        if len(of_kind) > most:
            table.add_row(kind.value, "", f"… and {len(of_kind) - most:,} more", style="dim")
    console.print(table)


def _add_finding(table: Table, finding: Finding) -> None:
    is_elsewhere = finding.kind is FindingKind.ELSEWHERE
    for number, place in enumerate(finding.places):
        shown = printable(place.shown_path)
        table.add_row(
            finding.kind.value if number == 0 else "",
            str(place.node.line),
            f"in {shown}?" if is_elsewhere and number else shown,
        )
    if finding.detail:
        table.add_row("", "", Text(printable(finding.detail), "dim"))
