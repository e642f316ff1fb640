"""What to read: the configuration of a corpus."""

from typing import Literal

from pydantic import Field

from gleanery.infra.config import Config

SourceFormat = Literal["warc", "wet", "parquet", "jsonl", "datasets"]


class SourceConfig(Config):
    """A corpus: its files, their format and, for tables, the columns that matter."""

    format: SourceFormat = Field("warc", description="What the files are.")
    paths: tuple[str, ...] = Field(
        (),
        description="Files, globs, folders or Common Crawl path lists (*.paths, *.paths.gz); "
        "local or s3://. For `datasets`: dataset names or folders.",
    )
    base_url: str = Field(
        "s3://commoncrawl/",
        description="What the lines of a path list are below: a bucket or a folder.",
    )
    text_column: str = Field("text", description="Column of rendered text; '' if there is none.")
    html_column: str = Field("", description="Column of HTML; used instead of the text if set.")
    url_column: str = Field("url", description="Column of the page's address.")
    date_column: str = Field("", description="Column of the date; '' if there is none.")
    id_column: str = Field("", description="Column of the row's own id; '' if there is none.")
    dataset_config: str = Field("", description="For `datasets`: the configuration's name.")
    split: str = Field("train", description="For `datasets`: the split.")
    data_files: tuple[str, ...] = Field(
        (), description="For `datasets`: the data files, if not the dataset's own."
    )
    page_bytes: int = Field(
        4 * 2**20,
        ge=1024,
        le=2**30,
        description="Largest page, decompressed, in bytes; larger ones are rejected.",
    )
