"""Files on a local disk, written so that a reader sees each one whole or not at all."""

import contextlib
import io
import os
import shutil
import uuid
from typing import BinaryIO

TEMPORARY = ".tmp"


def put_file(path: str, data: bytes) -> None:
    """Write a file; an existing one is replaced in one step."""
    temporary = _write_temporary(path, io.BytesIO(data))
    os.replace(temporary, path)
    _make_durable(os.path.dirname(path))


def copy_file(path: str, source: str) -> None:
    """Write a copy of another file; an existing one is replaced in one step."""
    with open(source, "rb") as content:
        temporary = _write_temporary(path, content)
    os.replace(temporary, path)
    _make_durable(os.path.dirname(path))


def put_new_file(path: str, data: bytes) -> None:
    """Write a file that is not there yet. Raises `FileExistsError` if it is."""
    temporary = _write_temporary(path, io.BytesIO(data))
    try:
        os.link(temporary, path)  # atomic, and refused if the name is taken
    finally:
        os.unlink(temporary)
    _make_durable(os.path.dirname(path))


def list_files(path: str, temporary: bool = False) -> list[tuple[str, int, float]]:
    """Return path, size and time of change (seconds since 1970) of all files below a folder.

    The path of a file lists that file. With `temporary`, only the temporary ones are listed, which
    are left out otherwise. What does not exist is empty; a folder that cannot be read raises its
    `OSError`, for to leave it out would make its files look as if they had never been written.
    """
    try:
        with os.scandir(path) as entries:
            found = list(entries)
    except FileNotFoundError:
        return []
    except NotADirectoryError:
        return _file_itself(path)
    files: list[tuple[str, int, float]] = []
    for entry in found:
        if entry.is_dir():
            files += list_files(entry.path, temporary)
        elif entry.name.endswith(TEMPORARY) == temporary:
            with contextlib.suppress(FileNotFoundError):  # removed since the folder was listed
                status = entry.stat()
                files.append((entry.path, status.st_size, status.st_mtime))
    return files


def _file_itself(path: str) -> list[tuple[str, int, float]]:
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [(path, status.st_size, status.st_mtime)]


def _write_temporary(path: str, content: BinaryIO) -> str:
    folder = os.path.dirname(path)
    try:
        os.makedirs(folder, exist_ok=True)
    except FileExistsError as error:  # not to be taken for "the file to create exists"
        raise NotADirectoryError(f"{error.filename} is a file, not a folder") from error
    temporary = f"{path}.{uuid.uuid4().hex[:12]}{TEMPORARY}"
    try:
        with open(temporary, "wb") as file:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):  # a full disk should not stay full of our leftovers
            os.unlink(temporary)
        raise
    return temporary


def _make_durable(folder: str) -> None:
    """Let the folder's new entry survive a power failure, as the file's content does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
