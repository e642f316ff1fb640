"""A folder of files in a store, whole or absent: files first, and last the receipt that counts.

The files of one attempt lie below a prefix of their own, so that whoever is killed half-way leaves
nothing that another takes for whole. The receipt is created once: of two writers the first counts.
"""

import hashlib
import shutil
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

from gleanery.infra.digests import digest
from gleanery.infra.storage import StorageError, Store

RECEIPT = "receipt.json"


class StoredFile(BaseModel):
    """A file of a folder: its path there, its bytes and their SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    size: int
    sha256: str


class FolderReceipt(BaseModel):
    """What makes a folder whole; `at` is the prefix that its files lie below."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    at: str
    files: tuple[StoredFile, ...]
    notes: dict[str, Any] = Field(default_factory=dict)
    writer: str

    @property
    def digest(self) -> str:
        """The digest of what all files hold, whoever wrote them and wherever they lie."""
        return digest([[file.path, file.sha256] for file in self.files])

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def store_folder(
    store: Store, name: str, folder: Path, notes: Mapping[str, Any] | None = None
) -> FolderReceipt:
    """Return the receipt of a stored copy of a local folder; one that is there already stands."""
    if standing := find_folder(store, name):
        return standing
    writer = uuid.uuid4().hex
    at, files = f"{name}/{writer}", tuple(_described(folder))
    for file in files:
        store.write_file(f"{at}/{file.path}", folder / file.path)
    receipt = FolderReceipt(name=name, at=at, files=files, notes=dict(notes or {}), writer=writer)
    data = orjson.dumps(receipt.model_dump(), option=orjson.OPT_INDENT_2)
    if store.create(f"{name}/{RECEIPT}", data):
        return receipt
    for file in files:
        store.delete(f"{at}/{file.path}")
    return _read(store, f"{name}/{RECEIPT}")


def find_folder(store: Store, name: str) -> FolderReceipt | None:
    """Return the receipt of a folder, or `None` where there is no whole one."""
    try:
        return _read(store, f"{name}/{RECEIPT}")
    except FileNotFoundError:
        return None


def stored_folders(store: Store, prefix: str) -> list[FolderReceipt]:
    """Return the receipts of all whole folders below a prefix, in the order of their names."""
    end = f"/{RECEIPT}"
    names = [info.path.removesuffix(end) for info in store.list(prefix) if info.path.endswith(end)]
    found = [find_folder(store, name) for name in names if name.count("/") == prefix.count("/") + 1]
    return [receipt for receipt in found if receipt]


def fetch_folder(store: Store, receipt: FolderReceipt, folder: Path) -> None:
    """Copy a stored folder to this machine, in place of what is there.

    Raises `StorageError` where a file is gone or is not what the receipt says.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in receipt.files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        address = f"{receipt.at}/{file.path}"
        try:
            store.read_file(address, path)
        except FileNotFoundError as error:
            raise StorageError(
                f"{store.uri(address)} is gone, which {receipt.name} is made of"
            ) from error
        if file_digest(path) != file.sha256:
            raise StorageError(
                f"{store.uri(address)} is not what was stored there: its SHA-256 is another"
            )


def remove_folder(store: Store, name: str) -> None:
    """Remove a folder, the receipt first; what is left of one without a receipt goes too."""
    store.delete(f"{name}/{RECEIPT}")
    for info in store.list(name):
        store.delete(info.path)


def _described(folder: Path) -> Iterator[StoredFile]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            relative = path.relative_to(folder).as_posix()
            yield StoredFile(path=relative, size=path.stat().st_size, sha256=file_digest(path))


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a local file, in hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _read(store: Store, path: str) -> FolderReceipt:
    return FolderReceipt.model_validate(orjson.loads(store.read(path)))
