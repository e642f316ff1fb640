"""Everything that a source holds, page by page, whatever its format."""

from collections.abc import Iterator, Mapping
from typing import Any

from gleanery.infra.losses import Loss
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.source_streams import FILE_ERRORS
from gleanery.tasks.recall.source_tables import read_dataset, read_jsonl, read_parquet
from gleanery.tasks.recall.warc import read_warc


def read_source(
    uri: str, config: SourceConfig, options: Mapping[str, Any] | None = None
) -> Iterator[RawPage | Loss]:
    """Yield a source's pages in their order, and a `Loss` for everything that is no page.

    A file that cannot be opened or parsed at all gives one `Loss` with reason `unreadable_file`
    (or `not_a_warc`) that names it. `options` go to fsspec. Raises `StorageError` when the storage
    itself keeps failing: that is no fault of the file, and it is to be read again.
    """
    options = options or {}
    try:
        if config.format in {"warc", "wet"}:
            yield from read_warc(uri, options, config.page_bytes)
        elif config.format == "parquet":
            yield from read_parquet(uri, config, options)
        elif config.format == "jsonl":
            yield from read_jsonl(uri, config, options)
        else:
            yield from read_dataset(uri, config, options)
    except (*FILE_ERRORS, PermissionError) as error:  # a local file that may not be read
        detail = f"{type(error).__name__}: {error}"
        yield Loss(row_id=uri, reason="unreadable_file", detail=detail, source=uri)
