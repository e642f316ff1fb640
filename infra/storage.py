"""Objects under one root, on a disk or in a bucket, with writes that are whole or absent."""

import contextlib
import errno
import math
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import fsspec
from fsspec.implementations.local import LocalFileSystem

from gleanery.infra.local_files import copy_file, list_files, put_file, put_new_file

T = TypeVar("T")

_WAITS_S = (0.1, 0.5, 2.0, 5.0, 10.0)  # between tries: an outage of some 17 s is bridged

# All retrying is `_keep_trying`: botocore and s3fs would each multiply our tries by their own,
# and a storage that hangs would hold a run for hours.
_S3_CONFIG = {"connect_timeout": 10, "read_timeout": 30, "retries": {"max_attempts": 0}}
_S3FS_TRIES = 1


class StorageError(RuntimeError):
    """The storage did not do what was asked; never raised for an object that is just not there."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """A stored object: its path below the root, its size in bytes, and when it was written.

    `modified` is in seconds since 1970, by the storage's clock; two objects may differ in it.
    """

    path: str
    size: int
    modified: float = field(default=math.inf, compare=False)  # unknown is as good as now


@dataclass(slots=True)
class Store:
    """Objects below `root`: a folder, or `s3://bucket/prefix`.

    `options` go to fsspec and may hold credentials, so they are in no `repr`. Every method
    raises `StorageError` when the storage keeps failing; only `FileNotFoundError` means that an
    object does not exist.
    """

    root: str
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    _fs: Any = field(init=False, repr=False, default=None)
    _base: str = field(init=False, repr=False, default="")

    def __post_init__(self) -> None:
        """Open the file system; nothing is read or written yet."""
        options = dict(self.options)
        if self.root.startswith("s3://"):
            # A cached listing hides what another run has written since.
            options = {"use_listings_cache": False, "config_kwargs": _S3_CONFIG, **options}
        self._fs, base = fsspec.core.url_to_fs(self.root, **options)
        if self.root.startswith("s3://"):
            self._fs.retries = _S3FS_TRIES
        self._base = base.rstrip("/")

    def __hash__(self) -> int:
        """Allow a store as a cache key; its options (unhashable) take part in `==` alone."""
        return hash(self.root)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to a worker process as root and options; connections stay here."""
        return (Store, (self.root, dict(self.options)))

    @property
    def is_local(self) -> bool:
        """Whether objects are files on this machine's disks."""
        return isinstance(self._fs, LocalFileSystem)

    def below(self, prefix: str) -> "Store":
        """Return the store whose root is `prefix` below this one."""
        return Store(f"{self.root.rstrip('/')}/{prefix}", self.options)

    def uri(self, path: str) -> str:
        """Return the full address of an object, to show to people."""
        return f"{self.root.rstrip('/')}/{path}"

    def read(self, path: str) -> bytes:
        """Return an object's bytes. Raises `FileNotFoundError` if it does not exist."""
        # One GET on S3; left to itself s3fs asks for the size first.
        options = {} if self.is_local else {"max_concurrency": 1}
        full = self._full(path)
        return bytes(self._keep_trying("read", path, lambda: self._fs.cat_file(full, **options)))

    def read_file(self, path: str, file: Path) -> None:
        """Copy an object's content to a local file. Raises `FileNotFoundError` as `read` does."""
        full = self._full(path)
        self._keep_trying("read", path, lambda: self._fs.get_file(full, str(file)))

    def exists(self, path: str) -> bool:
        """Return whether the object exists."""
        return any(info.path == path for info in self.list(path))

    def list_temporary(self) -> list[ObjectInfo]:
        """Return the files that writes have not finished, or never will; a bucket has none."""
        if not self.is_local:
            return []
        cut = len(self._base) + 1
        found = self._keep_trying("list", "", lambda: list_files(self._base, temporary=True))
        return [ObjectInfo(path[cut:], size, when) for path, size, when in sorted(found)]

    def folders(self) -> list[str]:
        """Return the names of the folders right below the root, sorted; none where it is not."""

        def find() -> list[str]:
            try:
                found = self._fs.ls(self._base, detail=True)
            except FileNotFoundError as error:
                if _code(error) == "NoSuchBucket":
                    raise
                return []
            names = [info["name"].rstrip("/") for info in found if info["type"] == "directory"]
            return sorted(name.rpartition("/")[2] for name in names)

        return self._keep_trying("list", "", find)

    def list(self, prefix: str) -> list[ObjectInfo]:
        """Return the objects whose path is `prefix` or lies below it, sorted by path."""
        full, cut = self._full(prefix), len(self._base) + 1

        def find() -> list[ObjectInfo]:
            if self.is_local:
                found = list_files(full)
            else:
                # Where s3fs lists nothing it asks for the prefix itself: if another run has put the
                # first object below it in between, that comes back as a folder.
                detailed = self._fs.find(full, detail=True)
                files = {p: info for p, info in detailed.items() if info["type"] == "file"}
                found = [(p, info["size"] or 0, _modified(info)) for p, info in files.items()]
            return [ObjectInfo(path[cut:], size, when) for path, size, when in sorted(found)]

        return self._keep_trying("list", prefix, find)

    def write(self, path: str, data: bytes) -> None:
        """Store an object, whole or not at all; an existing one is replaced."""
        full = self._full(path)
        self._keep_trying("write", path, lambda: self._put(full, data))

    def write_file(self, path: str, file: Path) -> None:
        """Store a local file's content, whole or not at all; an existing object is replaced."""
        full = self._full(path)

        def put() -> None:
            if self.is_local:
                copy_file(full, str(file))
            else:
                self._fs.put_file(str(file), full)

        self._keep_trying("write", path, put)

    def create(self, path: str, data: bytes) -> bool:
        """Store an object unless one exists; return whether this call made it.

        A write that landed while its answer was lost counts as made: `data` must hold something
        unique to its writer (a receipt's `writer`, say), so that it is recognised when the
        refused second try reads back what is there.
        """
        full = self._full(path)

        def attempt() -> bool:
            try:
                self._put_new(full, data)
            except FileExistsError:
                return bytes(self._fs.cat_file(full)) == data
            return True

        return self._keep_trying("create", path, attempt)

    def delete(self, path: str) -> None:
        """Remove an object; one that is gone already is no error."""
        full = self._full(path)
        with contextlib.suppress(FileNotFoundError):
            self._keep_trying("delete", path, lambda: self._fs.rm_file(full))

    def creates_conditionally(self) -> bool:
        """Return whether `create` is exclusive here, found out by trying it on a probe object.

        Some S3-compatible servers ignore `If-None-Match` and overwrite, others refuse it.
        """
        if self.is_local:
            return True
        path = f"probe-{uuid.uuid4().hex}"
        full = self._full(path)

        def second_is_refused() -> bool:
            try:
                self._put_conditionally(full, b"first")
                self._put_conditionally(full, b"second")
            except FileExistsError:
                return True
            except NotImplementedError:
                return False
            return False

        try:
            return self._keep_trying("probe", path, second_is_refused)
        finally:
            self.delete(path)

    def _full(self, path: str) -> str:
        if ".." in path.split("/"):
            raise ValueError(f"{path!r} leads out of {self.root}")
        return f"{self._base}/{path}" if path else self._base

    def _put(self, full: str, data: bytes) -> None:
        if self.is_local:
            put_file(full, data)
        else:
            self._fs.pipe_file(full, data)

    def _put_new(self, full: str, data: bytes) -> None:
        if self.is_local:
            put_new_file(full, data)
            return
        try:
            self._put_conditionally(full, data)
        except NotImplementedError:  # no such feature: the lease keeps other writers away
            if self._fs.find(full):
                raise FileExistsError(full) from None
            self._put(full, data)

    def _put_conditionally(self, full: str, data: bytes) -> None:
        try:
            self._fs.pipe_file(full, data, mode="create")
        except OSError as error:
            # 412 alone says that the object is there; 409 says that another write is under way.
            if isinstance(error, FileExistsError) or _code(error) in {"PreconditionFailed", "412"}:
                raise FileExistsError(full) from error
            if error.errno == errno.ENOSYS:
                raise NotImplementedError(f"{self.root} has no conditional writes") from error
            raise

    def _keep_trying(self, verb: str, path: str, action: Callable[[], T]) -> T:
        for wait in (*_WAITS_S, None):
            try:
                return action()
            except FileExistsError:
                raise
            except _NEVER_MENDED as error:
                raise StorageError(f"cannot {verb} {self.uri(path)}: {error}") from error
            except Exception as error:
                if _code(error) == "NoSuchBucket":
                    raise StorageError(
                        f"cannot {verb} {self.uri(path)}: there is no such bucket. Create it, or "
                        "check GLEANERY_ROOT."
                    ) from error
                if isinstance(error, FileNotFoundError) and verb in _FINDS_OUT:
                    raise
                if wait is None:
                    raise StorageError(
                        f"cannot {verb} {self.uri(path)} after {len(_WAITS_S) + 1} tries: "
                        f"{type(error).__name__}: {error}. Is the storage up? Run again when it "
                        "is; finished parts are kept."
                    ) from error
                time.sleep(wait)
        raise AssertionError("unreachable")


_NEVER_MENDED = (PermissionError, NotADirectoryError, IsADirectoryError)
_FINDS_OUT = frozenset({"read", "delete"})  # to these, a missing object is an answer


def _modified(info: Mapping[str, Any]) -> float:
    """Return when an object of a bucket was written, in seconds since 1970."""
    when = info.get("LastModified")
    return when.timestamp() if when else math.inf


def _code(error: BaseException) -> str:
    """Return the code that S3 gave with a refusal, or an empty text."""
    response = getattr(error.__cause__ or error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))
