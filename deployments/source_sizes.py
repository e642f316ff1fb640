"""How big source files are that tell no size: those of a path list, which nobody looked up."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import fsspec

from gleanery.tasks.recall.source_files import SourceFile

_LOG = logging.getLogger(__name__)


def typical_size(files: Sequence[SourceFile], options: Mapping[str, Any]) -> int:
    """Return the mean size in bytes of three of the files that tell none: first, middle, last.

    Returns 0 if all of them tell their size, or none can be looked up (a dataset's name).
    """
    unknown = [file for file in files if file.size == 0]
    if not unknown:
        return 0
    places = sorted({0, len(unknown) // 2, len(unknown) - 1})
    sizes = [_look_up(unknown[place].uri, options) for place in places]
    found = [size for size in sizes if size]
    return round(sum(found) / len(found)) if found else 0


def with_sizes(files: Iterable[SourceFile], size_if_unknown: int) -> list[SourceFile]:
    """Return the files, each with a size."""
    return [
        file if file.size else file.model_copy(update={"size": size_if_unknown}) for file in files
    ]


def total_size(files: Iterable[SourceFile], size_if_unknown: int) -> int:
    """Return the bytes of all files together."""
    return sum(file.size for file in with_sizes(files, size_if_unknown))


def _look_up(uri: str, options: Mapping[str, Any]) -> int:
    try:
        fs, path = fsspec.core.url_to_fs(uri, **options)
        return int(fs.info(path)["size"] or 0)
    except (OSError, ValueError, ImportError) as error:
        _LOG.warning("cannot look up the size of %s: %s", uri, error)
        return 0
