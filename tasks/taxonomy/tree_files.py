"""Taxonomy files: read from a disk or a bucket, and written so that none is ever half there."""

import posixpath
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gleanery.infra.storage import Store
from gleanery.tasks.taxonomy.tree import Taxonomy
from gleanery.tasks.taxonomy.tree_edits import edit_text
from gleanery.tasks.taxonomy.tree_problems import Problem, TaxonomyError
from gleanery.tasks.taxonomy.tree_reading import read_nodes
from gleanery.tasks.taxonomy.tree_rules import find_problems
from gleanery.tasks.taxonomy.tree_text import read_yaml
from gleanery.tasks.taxonomy.tree_writing import render

DEFAULT = "default"
_DEFAULT_FILE = Path(__file__).with_name("disciplines.yaml")

_NO_OPTIONS: Mapping[str, Any] = {}


class AlreadyThere(ValueError):
    """A file that would have been written over."""


def load_taxonomy(path: str, options: Mapping[str, Any] = _NO_OPTIONS) -> Taxonomy:
    """Return the taxonomy in a file: local, `s3://…`, or "default" for the one of this package.

    `options` go to fsspec. Raises `TaxonomyError` with every problem and its line, and
    `FileNotFoundError`. That a discipline is left is checked by `Taxonomy.disciplines`.
    """
    return parse_taxonomy(read_text(path, options), path)


def parse_taxonomy(text: str, source: str) -> Taxonomy:
    """Return the taxonomy in a YAML text. Raises `TaxonomyError`; `source` is what it names."""
    value, problems = read_yaml(text, source)
    nodes, more = read_nodes(value)
    taxonomy = Taxonomy(nodes, source)
    problems += [*more, *find_problems(taxonomy)]
    if problems:
        raise TaxonomyError(source, problems)
    return taxonomy


def write_taxonomy(
    taxonomy: Taxonomy, path: str, header: str = "", options: Mapping[str, Any] = _NO_OPTIONS
) -> None:
    """Write a taxonomy as YAML; `header` is put above it as comments. An existing file is replaced.

    Raises `TaxonomyError` if the taxonomy breaks a rule; then nothing is written.
    """
    text = render(taxonomy, header)
    store, name = _store_of(path, options)
    store.write(name, text.encode())


def write_new_taxonomy(
    taxonomy: Taxonomy, path: str, header: str = "", options: Mapping[str, Any] = _NO_OPTIONS
) -> None:
    """Write a taxonomy as `write_taxonomy` does, to a file that is not there yet.

    Raises `AlreadyThere` if it is.
    """
    write_new_text(render(taxonomy, header), path, options)


def write_new_text(text: str, path: str, options: Mapping[str, Any] = _NO_OPTIONS) -> None:
    """Write a text to a file that is not there yet. Raises `AlreadyThere` if it is."""
    store, name = _store_of(path, options)
    if not store.create(name, text.encode()):
        raise AlreadyThere(f"{path} is there already: choose another name, or delete it")


def update_taxonomy(
    path: str,
    change: Callable[[Taxonomy], Taxonomy],
    options: Mapping[str, Any] = _NO_OPTIONS,
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
    text = read_text(path, options)
    before = parse_taxonomy(text, path)
    after = change(before)
    if after.nodes == before.nodes:
        return before, before, True
    edited = edit_text(text, before, after)
    store, name = _store_of(path, options)
    store.write(name, (render(after) if edited is None else edited).encode())
    return before, after, edited is not None


def read_text(path: str, options: Mapping[str, Any] = _NO_OPTIONS) -> str:
    """Return the text of a UTF-8 file, local or `s3://…`, or of the "default" taxonomy.

    Raises `TaxonomyError` with the line that is not UTF-8, and `FileNotFoundError`.
    """
    if path == DEFAULT:
        return _DEFAULT_FILE.read_text(encoding="utf-8")
    store, name = _store_of(path, options)
    try:
        data = store.read(name)
    except FileNotFoundError:
        raise FileNotFoundError(
            f"no file at {path}: check the path; {DEFAULT!r} is the taxonomy of this package"
        ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TaxonomyError(path, [Problem(line, "is not UTF-8: save the file as such")]) from None


def _store_of(path: str, options: Mapping[str, Any]) -> tuple[Store, str]:
    folder, name = posixpath.split(path.removeprefix("file://"))
    if not name or folder.endswith(":"):
        raise ValueError(f"{path} names no file")
    return Store(folder or ".", options), name
