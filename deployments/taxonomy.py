"""Commands around a taxonomy file: import it, check it, show it, vote on it."""

from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from gleanery.deployments.file_options import file_options
from gleanery.deployments.taxonomy_report import print_counts, print_findings, print_tree
from gleanery.deployments.terminal import open_console, printable
from gleanery.tasks.edited_files import read_text, write_new_text
from gleanery.tasks.taxonomy.import_cip import CIP_HEADER, import_cip
from gleanery.tasks.taxonomy.import_names import import_names
from gleanery.tasks.taxonomy.import_outline import OUTLINE_HEADER, import_outline
from gleanery.tasks.taxonomy.review_duplicates import find_duplicates
from gleanery.tasks.taxonomy.review_placement import find_misplaced
from gleanery.tasks.taxonomy.review_votes import (
    apply_votes,
    find_node,
    record_vote,
    status_changes,
)
from gleanery.tasks.taxonomy.tree import Taxonomy
from gleanery.tasks.taxonomy.tree_files import (
    DEFAULT,
    load_taxonomy,
    taxonomy_text,
    update_taxonomy,
    write_new_taxonomy,
)

app = typer.Typer(
    help="Import, check, show and vote on a taxonomy of disciplines.", no_args_is_help=True
)

_FILE_HELP = "Taxonomy in YAML: a path, s3://…, or `default` for the one of this package."
File = Annotated[str, typer.Argument(metavar="FILE", help=_FILE_HELP, show_default=False)]


class Source(StrEnum):
    """What can be imported."""

    CIP = "cip"
    WIKIPEDIA = "wikipedia"
    NAMES = "names"


_IMPORTERS: dict[Source, tuple[Callable[[str, str], Taxonomy], str]] = {
    Source.CIP: (import_cip, CIP_HEADER),
    Source.WIKIPEDIA: (import_outline, OUTLINE_HEADER),
    Source.NAMES: (import_names, ""),
}


@app.command(name="import")
def import_command(
    source: Annotated[
        Source,
        typer.Argument(
            help="cip: CIP 2020 as JSON lines of id, code, title, parent. wikipedia: its outline "
            "of academic disciplines as JSON lines with a path. names: one name on a line.",
            show_default=False,
        ),
    ],
    file: Annotated[str, typer.Argument(help="What to import: a path or s3://…")],
    out: Annotated[str, typer.Argument(help="The YAML file to write; it must not exist yet.")],
) -> None:
    """Turn another classification into a taxonomy that can be edited; all its nodes are kept."""
    importer, header = _IMPORTERS[source]
    taxonomy = importer(read_text(file, source.value, file_options()), file)
    write_new_taxonomy(taxonomy, out, header, file_options())
    console = open_console()
    console.print(f"Written to {printable(out)}:")
    print_counts(taxonomy, console)


@app.command()
def copy(
    out: Annotated[str, typer.Argument(help="The YAML file to write; it must not exist yet.")],
) -> None:
    """Write the default taxonomy of 126 disciplines to a file of your own, to edit it."""
    write_new_text(taxonomy_text(DEFAULT), out, file_options())
    open_console().print(
        f"Written to {printable(out)}: edit it, then `gleanery taxonomy check` it."
    )


@app.command()
def check(
    file: File,
    findings: Annotated[
        int, typer.Option(min=1, help="How many to show of each kind of thing to look at.")
    ] = 20,
) -> None:
    """Report what is wrong with a taxonomy, by line, and what its reviewers should look at.

    Ends with 1 if the file cannot be used. Duplicate and misplaced nodes are no errors: about half
    of those that may belong elsewhere do.
    """
    console = open_console()
    taxonomy = load_taxonomy(file, file_options())
    print_counts(taxonomy, console)
    print_findings([*find_duplicates(taxonomy), *find_misplaced(taxonomy)], findings, console)
    taxonomy.disciplines()  # says why if none is left


@app.command()
def show(
    file: File,
    node: Annotated[str, typer.Argument(help="Show only this node (id or name).")] = "",
    depth: Annotated[int, typer.Option(min=1, help="How many levels to show.")] = 20,
    ids: Annotated[bool, typer.Option(help="Show the ids as well.")] = False,
) -> None:
    """Show the tree with statuses, votes and the number of disciplines in use below each node."""
    console = open_console()
    taxonomy = load_taxonomy(file, file_options())
    print_tree(taxonomy, node, depth, ids, console)
    print_counts(taxonomy, console)


@app.command()
def vote(
    file: File,
    node: Annotated[str, typer.Argument(help="The node's id, or its name if it is the only one.")],
    keep: Annotated[bool, typer.Option("--keep/--remove", help="Your vote.", show_default=False)],
    who: Annotated[str, typer.Option(help="Your name; your last vote on a node counts.")],
) -> None:
    """Record one vote on a node, in the file; `apply` later lets the majority decide."""
    console = open_console()
    before, _ = _update(file, lambda taxonomy: record_vote(taxonomy, node, who, keep), console)
    path = find_node(before, node).shown_path
    console.print(printable(f"{who} votes to {'keep' if keep else 'remove'}: {path}"))


@app.command()
def apply(file: File) -> None:
    """Let the votes decide: more to keep, more to remove; a tie leaves a node as it is."""
    console = open_console()
    before, after = _update(file, apply_votes, console)
    changes = status_changes(before, after)
    if changes:
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for name in ("node", "was", "is", "votes"):
            table.add_column(name)
        for change in changes:
            votes = Counter(
                "keep" if keep else "remove" for keep in change.place.node.votes.values()
            )
            shown = (
                ", ".join(f"{count} {word}" for word, count in votes.items()) or "of those below"
            )
            path = printable(change.place.shown_path)
            table.add_row(path, change.before.value, change.after.value, shown)
        console.print(table)
    console.print(f"{len(changes):,} nodes changed.")
    print_counts(after, console)


def _update(
    file: str, change: Callable[[Taxonomy], Taxonomy], console: Console
) -> tuple[Taxonomy, Taxonomy]:
    """Change a file and return the taxonomy before and after; say so if its comments are gone."""
    before, after, layout_kept = update_taxonomy(file, change, file_options())
    if not layout_kept:
        console.print(
            f"{printable(file)} was written anew, without its comments: it is laid out in a way "
            "that cannot be edited in place."
        )
    return before, after
