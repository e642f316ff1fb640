"""The files of a corpus: found, sized and tagged, before any is read."""

import gzip
import os
from collections.abc import Iterator, Mapping
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from gleanery.infra.digests import digest
from gleanery.infra.storage import StorageError
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.records import Record

_ENDINGS = {
    "warc": (".warc", ".warc.gz", ".warc.zst"),
    "wet": (".wet", ".wet.gz", ".warc.gz", ".warc.wet.gz"),
    "parquet": (".parquet",),
    "jsonl": (".jsonl", ".jsonl.gz", ".jsonl.zst", ".json.gz", ".ndjson"),
}


class SourceFile(Record):
    """One file of a corpus. `etag` changes with its content; `size` is in bytes, 0 if unknown."""

    uri: str
    etag: str
    size: int


def list_sources(config: SourceConfig, options: Mapping[str, Any]) -> list[SourceFile]:
    """Return the files that the paths name, in the order of the paths, each once.

    Files of a folder or a glob come sorted, and only those whose ending fits the format. A path
    list (`.paths`, `.paths.gz`) stands for its lines, each below `base_url`; they are not looked
    up, since a crawl has 90,000 of them that never change, so their ETag is their name. Raises
    `FileNotFoundError` for a path that names nothing.
    """
    found: dict[str, SourceFile] = {}
    for path in config.paths:
        if config.format == "datasets":
            files = iter([_dataset(path, config)])
        elif path.endswith((".paths", ".paths.gz")):
            files = _listed(path, config.base_url, options)
        else:
            files = _stored(path, _ENDINGS[config.format], options)
        named = 0
        for file in files:
            named += 1
            found.setdefault(file.uri, file)
        if not named:
            raise FileNotFoundError(
                f"no {config.format} file at {path}: check the path and the format"
            )
    return list(found.values())


def _stored(
    path: str, endings: tuple[str, ...], options: Mapping[str, Any]
) -> Iterator[SourceFile]:
    fs, base = fsspec.core.url_to_fs(path, **options)
    if isinstance(fs, LocalFileSystem):
        base = path.removeprefix("file://")
    try:
        if any(sign in base for sign in "*?["):
            infos = [info for info in fs.glob(base, detail=True).values() if info["type"] == "file"]
        elif fs.isdir(base):
            infos = [
                info
                for name, info in fs.find(base, detail=True).items()
                if name.lower().endswith(endings)
            ]
        else:
            infos = [fs.info(base)]
    except (FileNotFoundError, PermissionError):
        raise
    except Exception as error:
        raise StorageError(
            f"cannot list {path}: {type(error).__name__}: {error}. Is the storage up?"
        ) from error
    for info in sorted(infos, key=lambda info: str(info["name"])):
        yield SourceFile(
            uri=_uri(fs, str(info["name"])), etag=_etag(fs, info), size=int(info["size"] or 0)
        )


def _listed(path: str, base_url: str, options: Mapping[str, Any]) -> Iterator[SourceFile]:
    fs, name = fsspec.core.url_to_fs(path, **options)
    data = bytes(fs.cat_file(name))
    text = (gzip.decompress(data) if path.endswith(".gz") else data).decode()
    for line in text.split():
        yield SourceFile(uri=base_url.rstrip("/") + "/" + line.lstrip("/"), etag="listed", size=0)


def _dataset(name: str, config: SourceConfig) -> SourceFile:
    shown = {"config": config.dataset_config, "split": config.split, "files": config.data_files}
    return SourceFile(uri=name, etag=digest(shown), size=0)


def _uri(fs: Any, name: str) -> str:
    return name if isinstance(fs, LocalFileSystem) else str(fs.unstrip_protocol(name))


def _etag(fs: Any, info: Mapping[str, Any]) -> str:
    if isinstance(fs, LocalFileSystem):
        return f"{info['size']}-{os.stat(info['name']).st_mtime_ns}"
    tag = info.get("ETag") or info.get("etag") or info.get("md5Hash") or info.get("LastModified")
    return str(tag or info["size"]).strip('"')
