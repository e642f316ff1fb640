"""What killed and superseded runs have left in a store: objects that nothing needs any more.

Nothing is known of the runs that are going on, and what they have written has no receipt yet. So
only what was written before a time counts, which is to be longer ago than any write takes from its
data to its receipt.
"""

import posixpath
import re
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from gleanery.infra.journal import journal_folder
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.storage import ObjectInfo, Store

UNFINISHED = "unfinished writes"
PROBE = "probes of the storage"
UNRECEIPTED = "rows without a receipt"
EARLIER = "earlier generations"

_TEMPORARY = re.compile(r"\.[0-9a-f]{12}\.tmp$")
_PROBE = re.compile(r"probe-[0-9a-f]{32}$")
_TABLE = re.compile(r"(?:data|losses)-[0-9a-f]{12}\.parquet$")
_PARTS_AT_ONCE = 16  # each waits for the storage


@dataclass(frozen=True, slots=True)
class Leftover:
    """An object that may go; `kind` says what it is, in words."""

    kind: str
    path: str
    size: int


def unfinished_writes(store: Store, before: float) -> list[Leftover]:
    """Return what writes killed before a time (seconds since 1970) have left."""
    found = [
        Leftover(UNFINISHED, info.path, info.size)
        for info in store.list_temporary()
        if _TEMPORARY.search(info.path) and info.modified < before
    ]
    return found + [
        Leftover(PROBE, info.path, info.size)
        for info in store.list("")
        if _PROBE.match(info.path) and info.modified < before
    ]


def leftovers_of_parts(
    store: Store, before: float, earlier: bool = False, but: Collection[str] = ()
) -> list[Leftover]:
    """Return rows and losses from before a time that no receipt names, of whatever generation.

    With `earlier` also the generations that were followed by another before that time, receipts
    first, so that no receipt is ever without its rows; but not of the stages `but`, nor of a part
    whose journal is not merged yet, for they say whose answers its rows are made of.
    """
    folders: dict[str, list[ObjectInfo]] = {}
    for info in store.list("parts"):
        folders.setdefault(posixpath.dirname(info.path), []).append(info)

    def look(folder: str) -> list[Leftover]:
        _, stage, part = folder.split("/", 2)
        infos = {info.path: info for info in folders[folder]}
        return _leftovers_of_part(store, stage, part, infos, before, earlier and stage not in but)

    with ThreadPoolExecutor(_PARTS_AT_ONCE) as pool:
        return [leftover for found in pool.map(look, folders) for leftover in found]


def remove(store: Store, leftovers: Iterable[Leftover]) -> None:
    """Remove objects in their order: cut off anywhere, what is left is whole."""
    for leftover in leftovers:
        store.delete(leftover.path)


def _leftovers_of_part(
    store: Store,
    stage: str,
    part: str,
    infos: Mapping[str, ObjectInfo],
    before: float,
    earlier: bool,
) -> list[Leftover]:
    tables = [
        path
        for path, info in infos.items()
        if _TABLE.match(posixpath.basename(path)) and info.modified < before
    ]
    if not tables:
        return []
    parts = Parts(store)
    receipts = parts.receipts(stage, part)  # listed later than the tables
    paths = [parts.receipt_path(stage, part, receipt.generation) for receipt in receipts]
    followed: list[int] = []  # newest first, as the receipts are
    if earlier and len(store.list(journal_folder(stage, part))) <= 1:
        followed = [
            number
            for number, newer in enumerate(paths, start=1)
            if number < len(paths) and newer in infos and infos[newer].modified < before
        ]
    needed = {
        path for n, receipt in enumerate(receipts) if n not in followed for path in _tables(receipt)
    }
    named = {path for receipt in receipts for path in _tables(receipt)}
    gone = [(EARLIER, paths[number]) for number in reversed(followed)]
    gone += [
        (EARLIER if path in named else UNRECEIPTED, path) for path in tables if path not in needed
    ]
    return [Leftover(kind, path, infos[path].size) for kind, path in gone]


def _tables(receipt: Receipt) -> list[str]:
    return [path for path in (receipt.data, receipt.losses) if path]
