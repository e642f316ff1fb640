"""Taxonomy files: read from a disk or a bucket, written, and changed in place."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gleanery.tasks.edited_files import NO_OPTIONS, read_text, write_new_text, write_text
from gleanery.tasks.file_problems import FileError
from gleanery.tasks.taxonomy.tree import Taxonomy
from gleanery.tasks.taxonomy.tree_edits import edit_text
from gleanery.tasks.taxonomy.tree_reading import read_nodes
from gleanery.tasks.taxonomy.tree_rules import find_problems
from gleanery.tasks.taxonomy.tree_writing import render
from gleanery.tasks.yaml_values import read_yaml

DEFAULT = "default"
_DEFAULT_FILE = Path(__file__).with_name("disciplines.yaml")


def load_taxonomy(path: str, options: Mapping[str, Any] = NO_OPTIONS) -> Taxonomy:
    """Return the taxonomy in a file: local, `s3://…`, or "default" for the one of this package.

    `options` go to fsspec. Raises `FileError` with every problem and its line, and
    `FileNotFoundError`. That a discipline is left is checked by `Taxonomy.disciplines`.
    """
    return parse_taxonomy(taxonomy_text(path, options), path)


def parse_taxonomy(text: str, source: str) -> Taxonomy:
    """Return the taxonomy in a YAML text. Raises `FileError`; `source` is what it names."""
    value, problems = read_yaml(text, source)
    nodes, more = read_nodes(value)
    taxonomy = Taxonomy(nodes, source)
    problems += [*more, *find_problems(taxonomy)]
    if problems:
        raise FileError(source, problems)
    return taxonomy


def write_taxonomy(
    taxonomy: Taxonomy, path: str, header: str = "", options: Mapping[str, Any] = NO_OPTIONS
) -> None:
    """Write a taxonomy as YAML; `header` is put above it as comments. An existing file is replaced.

    Raises `FileError` if the taxonomy breaks a rule; then nothing is written.
    """
    write_text(render(taxonomy, header), path, options)


def write_new_taxonomy(
    taxonomy: Taxonomy, path: str, header: str = "", options: Mapping[str, Any] = NO_OPTIONS
) -> None:
    """Write a taxonomy as `write_taxonomy` does, to a file that is not there yet.

    Raises `AlreadyThere` if it is.
    """
    write_new_text(render(taxonomy, header), path, options)


def update_taxonomy(
    path: str,
    change: Callable[[Taxonomy], Taxonomy],
    options: Mapping[str, Any] = NO_OPTIONS,
) -> tuple[Taxonomy, Taxonomy, bool]:
    """Change votes and statuses in a file; return it before and after, and if its layout was kept.

    Comments and layout stay as they are, but for a layout that cannot be edited in place (a name
    as an explicit key, `? name`): that file is written anew, without its comments.
    """
    if path == DEFAULT:
        raise ValueError(
            "the default taxonomy belongs to the package: write a copy of it to a file of your own "
            "(`gleanery taxonomy copy FILE`) and change that"
        )
    text = read_text(path, "taxonomy", options)
    before = parse_taxonomy(text, path)
    after = change(before)
    if after.nodes == before.nodes:
        return before, before, True
    edited = edit_text(text, before, after)
    write_text(render(after) if edited is None else edited, path, options)
    return before, after, edited is not None


def taxonomy_text(path: str, options: Mapping[str, Any] = NO_OPTIONS) -> str:
    """Return the text of a taxonomy's file, or of the "default" one.

    Raises `FileError` with the line that is not UTF-8, and `FileNotFoundError`.
    """
    if path == DEFAULT:
        return _DEFAULT_FILE.read_text(encoding="utf-8")
    what = f"taxonomy ({DEFAULT!r} is the one of this package)"
    return read_text(path, what, options)
