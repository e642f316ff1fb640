"""Reading releases: which there are, what one says of itself, and its rows."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import fsspec
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from gleanery.infra.storage import StorageError, Store
from gleanery.tasks.records import Record
from gleanery.tasks.release.manifest import Manifest, ReleaseFile, release_folder, version_number
from gleanery.tasks.release.rows import COLUMNS, SCORE_PREFIX, SPLITS, ReleasedRow

LATEST = "latest"
POINTER = "releases/latest.json"  # for whoever reads the storage without us
COMMITTED = "releases/committed"
_ROWS_AT_ONCE = 1000


class UnknownRelease(ValueError):
    """There is no release of this name."""


class Commit(Record):
    """What makes a version a release: the first to be created under its number."""

    number: int
    version: str
    created: str
    writer: str


def list_releases(store: Store) -> list[str]:
    """Return the versions of all releases, the oldest first; withdrawn ones are among them."""
    return [commit.version for commit in read_commits(store)]


def read_commits(store: Store, last: int = 0) -> list[Commit]:
    """Return the commits of all releases (or of the `last` so many), by their numbers."""
    paths = [info.path for info in store.list(COMMITTED) if info.path.endswith(".json")]
    paths.sort(key=lambda path: int(path.removeprefix(f"{COMMITTED}/").removesuffix(".json")))
    return [Commit.model_validate(orjson.loads(store.read(path))) for path in paths[-last:]]


def newest_release(store: Store) -> Manifest | None:
    """Return the manifest of the newest release, or `None` before the first.

    One that was withdrawn, its folder removed by hand, is passed over.
    """
    for commit in reversed(read_commits(store)):
        with contextlib.suppress(UnknownRelease):
            return _manifest(store, commit.version)
    return None


def read_manifest(store: Store, version: str = LATEST) -> Manifest:
    """Return a release's manifest; "latest" is the one of the highest number.

    Raises `UnknownRelease`, which names those that there are.
    """
    if version == LATEST:
        if manifest := newest_release(store):
            return manifest
        raise UnknownRelease(f"there is no release at {store.uri('releases')} yet: build one first")
    known = list_releases(store)
    if version not in known:
        raise UnknownRelease(
            f"there is no release {version} at {store.uri('releases')}; there are: "
            f"{', '.join(known) or 'none'}"
        )
    return _manifest(store, version)


def _manifest(store: Store, version: str) -> Manifest:
    path = f"{release_folder(version)}/manifest.json"
    try:
        return Manifest.model_validate(orjson.loads(store.read(path)))
    except FileNotFoundError:
        raise UnknownRelease(
            f"release {version} was withdrawn: there is nothing at {store.uri(path)}. Bring its "
            "folder back, or name another release"
        ) from None


def released_rows(
    store: Store, version: str = LATEST, splits: Sequence[str] = SPLITS
) -> Iterator[ReleasedRow]:
    """Yield the rows of a release in their order, split by split; memory holds a thousand."""
    manifest = read_manifest(store, version)
    for file in _data_files(manifest, splits):
        for values in _read_file(store, manifest, file, None):
            yield _row(values)


def released_ids(
    store: Store, version: str = LATEST, splits: Sequence[str] = SPLITS
) -> Iterator[str]:
    """Yield the ids of a release's rows in their order; no other column is read."""
    for values in released_columns(store, version, ["id"], splits):
        yield values["id"]


def released_columns(
    store: Store, version: str, columns: Sequence[str], splits: Sequence[str] = SPLITS
) -> Iterator[dict[str, Any]]:
    """Yield some columns of a release's rows; only those are read."""
    manifest = read_manifest(store, version)
    for file in _data_files(manifest, splits):
        yield from _read_file(store, manifest, file, list(columns))


def _data_files(manifest: Manifest, splits: Sequence[str]) -> list[ReleaseFile]:
    return [
        file
        for split in splits
        for file in manifest.files
        if file.path.startswith(f"data/{split}-")
    ]


def _row(values: dict[str, Any]) -> ReleasedRow:
    fixed = {name: values.get(name, "") for name in COLUMNS}  # an earlier format has fewer
    scores = {
        name: value
        for name, value in values.items()
        if name.startswith(SCORE_PREFIX) and value is not None
    }
    return ReleasedRow(**fixed, scores=scores)


def _read_file(
    store: Store, manifest: Manifest, file: ReleaseFile, columns: list[str] | None
) -> Iterator[dict[str, Any]]:
    with _opened(store, f"{manifest.folder}/{file.path}") as parquet:
        for group in range(parquet.num_row_groups):  # what is read ahead is one group, not all
            for batch in parquet.iter_batches(_ROWS_AT_ONCE, row_groups=[group], columns=columns):
                yield from batch.to_pylist()


@contextlib.contextmanager
def _opened(store: Store, path: str) -> Iterator[pq.ParquetFile]:
    try:
        with (
            fsspec.open(store.uri(path), "rb", **store.options) as stream,
            pq.ParquetFile(stream, pre_buffer=True) as file,
        ):
            yield file
    except FileNotFoundError as error:
        raise StorageError(
            f"a file of the release is not at {store.uri(path)}: bring it back, or name another "
            "release"
        ) from error
    except (OSError, pa.ArrowException) as error:
        raise StorageError(f"cannot read {store.uri(path)}: {error}") from error


def leftovers(store: Store) -> list[str]:
    """Return the paths of files that belong to no release and can belong to none any more.

    They are in folders whose number another version has taken, or an earlier one: a run that
    still writes there is going to find that out when it commits.
    """
    commits = read_commits(store)
    if not commits:
        return []
    taken, highest = {commit.version for commit in commits}, commits[-1].number
    found = []
    for info in store.list("releases"):
        folder = info.path.split("/")[1]
        number = version_number(folder)
        if number is not None and number <= highest and folder not in taken:
            found.append(info.path)
    return sorted(found, key=lambda path: not path.endswith("/manifest.json"))
