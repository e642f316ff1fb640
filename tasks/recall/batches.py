"""Batches: input that arrived together, sealed before any work is done on it.

A sealed batch fixes which source files it takes in, how they are grouped into parts, the names of
those parts and the policy that recalls them. Nothing that arrives later moves any of it.
"""

import datetime
import posixpath
import uuid
from collections.abc import Sequence

import orjson
from pydantic import BaseModel, ConfigDict

from gleanery.infra.digests import digest
from gleanery.infra.storage import Store
from gleanery.tasks.recall.source_files import SourceFile


class _Sealed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BatchPart(_Sealed):
    """A group of source files that are worked on together, under a name that never changes."""

    name: str
    files: tuple[SourceFile, ...]


class Batch(_Sealed):
    """A sealed batch; `policy` is the generation of the recall policy that it is recalled with."""

    number: int
    parts: tuple[BatchPart, ...]
    policy: int
    previous: int
    created: str
    writer: str

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """All source files of the batch."""
        return tuple(file for part in self.parts for file in part.files)


def read_batches(store: Store) -> list[Batch]:
    """Return all sealed batches in their order."""
    return [
        Batch.model_validate(orjson.loads(store.read(info.path)))
        for info in store.list("batches")
        if posixpath.basename(info.path).startswith("batch-")
    ]


def seal_batch(
    store: Store, found: Sequence[SourceFile], policy: int, part_bytes: int
) -> Batch | None:
    """Seal what is new among the source files found; return `None` if nothing is.

    A file is new when no sealed batch holds it with the same ETag. Two runs that seal at once
    agree: the second sees the batch of the first and takes in only what that one left.
    """
    while True:
        batches = read_batches(store)
        known = {(file.uri, file.etag) for batch in batches for file in batch.files}
        new = [file for file in found if (file.uri, file.etag) not in known]
        if not new:
            return None
        number = batches[-1].number + 1 if batches else 1
        batch = Batch(
            number=number,
            parts=group_files(number, new, part_bytes),
            policy=policy,
            previous=number - 1,
            created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            writer=uuid.uuid4().hex[:12],
        )
        path = f"batches/batch-{number:06d}.json"
        if store.create(path, orjson.dumps(batch.model_dump(mode="json"))):
            return batch


def group_files(batch: int, files: Sequence[SourceFile], part_bytes: int) -> tuple[BatchPart, ...]:
    """Return the files in order, grouped until a group holds `part_bytes` bytes.

    A file without a known size (0) makes a part of its own.
    """
    groups: list[list[SourceFile]] = []
    room = 0
    for file in files:
        if not groups or file.size == 0 or file.size > room:
            groups.append([])
            room = part_bytes
        groups[-1].append(file)
        room -= file.size or room
    return tuple(
        BatchPart(
            # By the files' own names: where a corpus lies makes its parts no others.
            name=f"{batch:06d}-{index:04d}-{digest([_own_name(file) for file in group])[:8]}",
            files=tuple(group),
        )
        for index, group in enumerate(groups)
    )


def _own_name(file: SourceFile) -> str:
    return posixpath.basename(file.uri.rstrip("/"))


def mark_finished(store: Store, batch: Batch) -> None:
    """Note that every part of the batch is closed in every stage, so that no run looks again."""
    store.write(f"batches/finished-{batch.number:06d}.json", b"{}")


def mark_open(store: Store, batch: Batch) -> None:
    """Take a batch up again, for a retry or a backfill."""
    store.delete(f"batches/finished-{batch.number:06d}.json")


def open_batches(store: Store) -> list[Batch]:
    """Return the batches that still have work, oldest first."""
    finished = {
        int(posixpath.basename(info.path)[len("finished-") : -len(".json")])
        for info in store.list("batches")
        if posixpath.basename(info.path).startswith("finished-")
    }
    return [batch for batch in read_batches(store) if batch.number not in finished]
