"""Where a raw page lies, as a release says it: of a local corpus, below the folder of its source.

So the same corpus gives the same rows wherever it lies, and no release tells of a user's folders.
Addresses of other machines, and names of published datasets, stay as they are.
"""

import os
from collections.abc import Sequence

_LOCAL = "file://"
_WILDCARDS = "*?["


def source_folders(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the local folders that a source's paths name, or that hold the files they name."""
    folders = []
    for path in paths:
        if "://" in path.removeprefix(_LOCAL):
            continue
        whole = os.path.abspath(path.removeprefix(_LOCAL))
        before = min((whole.find(sign) for sign in _WILDCARDS if sign in whole), default=-1)
        if before >= 0:
            whole = os.path.dirname(whole[: before + 1])
        folders.append(whole)
    return tuple(folders)


def archive_place(archive: str, folders: Sequence[str]) -> str:
    """Return an archive's path below the first of these folders that it lies in.

    A file that is itself a source, and one in none of them, has its name alone.
    """
    path = archive.removeprefix(_LOCAL)
    if not os.path.isabs(path):
        return archive
    for folder in folders:
        if path.startswith(folder.rstrip(os.sep) + os.sep):
            return os.path.relpath(path, folder).replace(os.sep, "/")
    return os.path.basename(path)
