"""Folders on this machine's disk for the time of a `with` block, also after a kill.

A process that is killed leaves its folders; the next one on the machine that makes one removes
them. Their names say whose they are: the process, and what its number is unique in.
"""

import os
import re
import shutil
import tempfile
import threading
from pathlib import Path

from gleanery.infra.digests import digest
from gleanery.infra.processes import process_place, process_started

_PLACE_CHARACTERS = 8
_NAME = re.compile(
    rf"gleanery-(?P<place>[0-9a-f]{{{_PLACE_CHARACTERS}}})-(?P<pid>\d+)-(?P<started>\d+)-\w+$"
)
_looked = threading.Event()  # once per process


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a new empty folder below the machine's temporary one; it goes with its `with` block.

    Folders of processes that are gone are removed first. Where there is no /proc nobody can be
    said to be gone, and they stay.
    """
    if not _looked.is_set():
        _looked.set()
        remove_orphans(Path(tempfile.gettempdir()))
    place, pid = process_place(), os.getpid()
    whose = f"{_short(place)}-{pid}-{process_started(pid)}-" if place else ""
    return tempfile.TemporaryDirectory(prefix=f"gleanery-{whose}")


def remove_orphans(folder: Path) -> None:
    """Remove what processes of this machine and container have left here and are gone."""
    place = process_place()
    for path in folder.glob("gleanery-*"):
        match = _NAME.match(path.name)
        if not (place and match and match["place"] == _short(place)):
            continue
        if process_started(int(match["pid"])) != match["started"]:
            shutil.rmtree(path, ignore_errors=True)  # another process may be at it too


def _short(place: str) -> str:
    return digest(place)[:_PLACE_CHARACTERS]
