"""Files that people edit, taxonomies and skill sets: read whole, written whole or not at all."""

import posixpath
from collections.abc import Mapping
from typing import Any

from gleanery.infra.storage import Store
from gleanery.tasks.file_problems import FileError, Problem

NO_OPTIONS: Mapping[str, Any] = {}


class AlreadyThere(ValueError):
    """A file that would have been written over."""


def read_text(path: str, what: str, options: Mapping[str, Any] = NO_OPTIONS) -> str:
    """Return the text of a UTF-8 file, local or `s3://…`; `options` go to fsspec.

    Raises `FileError` with the line that is not UTF-8, and `FileNotFoundError` that says `what`
    was looked for.
    """
    store, name = _opened(path, options)
    try:
        data = store.read(name)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no {what} at {path}: check the path") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(path, [Problem(line, "is not UTF-8: save the file as such")]) from None


def write_text(text: str, path: str, options: Mapping[str, Any] = NO_OPTIONS) -> None:
    """Write a text to a file, whole or not at all; what was there is replaced."""
    store, name = _opened(path, options)
    store.write(name, text.encode())


def write_new_text(text: str, path: str, options: Mapping[str, Any] = NO_OPTIONS) -> None:
    """Write a text to a file that is not there yet. Raises `AlreadyThere` if it is."""
    store, name = _opened(path, options)
    if not store.create(name, text.encode()):
        raise AlreadyThere(f"{path} is there already: choose another name, or delete it")


def _opened(path: str, options: Mapping[str, Any] = NO_OPTIONS) -> tuple[Store, str]:
    """Return the folder of a file as a store, and the file's name in it."""
    folder, name = posixpath.split(path.removeprefix("file://"))
    if not name or folder.endswith(":"):
        raise ValueError(f"{path} names no file")
    return Store(folder or ".", options), name
