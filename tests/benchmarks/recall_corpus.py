"""The labelled corpus and the seeds of the recall benchmark, and how they are split.

Labels come from the manifest and are for scoring; training may use the seeds' own labels only.
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from gleanery.infra.losses import Loss
from gleanery.tasks.recall.cross_fitting import LabelledText
from gleanery.tasks.recall.page_text import first_text
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.seed_pages import SeedPair

CARPENTRIES = {"swcarpentry.github.io", "datacarpentry.github.io", "librarycarpentry.github.io"}
WANTED = {"qa_edu", "qa_forum"}
COLLECTIONS = {
    "Murrough-Foley/web-content-extraction-benchmark": 0,
    "swcarpentry": 1,
    "datacarpentry": 1,
    "LibraryCarpentry": 1,
    "QuantEcon": 2,
    "scipy-lectures": 3,
}  # the news collections together are the fifth


@dataclass(frozen=True)
class Page:
    """A page of the corpus with its label; `text` is "" if it renders to nothing."""

    id: str
    site: str
    repo: str
    label: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        """Title and text, as the classifier reads them."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True)
class Seeds:
    """The seeds, as they come and as they are used."""

    positive_pages: frozenset[str]
    pairs: list[SeedPair]
    pair_documents: list[LabelledText]
    negatives: list[LabelledText]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def read_pages(folder: Path) -> list[Page]:
    """Return every page of the corpus, rendered as the recall stage renders it."""
    rows = {row["record_id"]: row for row in read_lines(folder / "manifest.jsonl.gz")}
    pages = []
    for path in sorted(folder.glob("*.warc.gz")):
        for record in ArchiveIterator(str(path), record_types=WarcRecordType.response):
            row = rows[record.record_id.strip("<>")]
            raw = RawPage(
                url=row["url"],
                source=path.name,
                offset=row["offset"],
                record_id=row["record_id"],
                date="",
                content_type="text/html",
                charset="",
                body=record.reader.read(),
                text=None,
                is_html=True,
            )
            shown = first_text(raw)
            title, text = ("", "") if isinstance(shown, Loss) else (shown.title, shown.text)
            label = row["qa"]
            if label == "none":
                label = "textbook without" if row["page_type"] == "textbook" else "other"
            pages.append(Page(row["record_id"], row["site"], row["repo"], label, title, text))
    return pages


def read_seeds(folder: Path, pages: Sequence[Page]) -> Seeds:
    """Return the seeds that are not pages of the corpus, and the ids of those that are."""
    corpus = {page.id for page in pages}
    positives = list(read_lines(folder / "positives_docs.jsonl.gz"))
    negatives = list(read_lines(folder / "negatives_docs.jsonl.gz"))
    return Seeds(
        positive_pages=frozenset(row["id"] for row in positives if row["id"] in corpus),
        pairs=[
            SeedPair(row["question"], row["answer"], row["title"], row["source"])
            for row in read_lines(folder / "positives_pairs.jsonl.gz")
            if "gh-pages" not in row["id"] and row["domain"] and not _from_corpus(row["source"])
        ],
        pair_documents=[
            (row["text"], True, row["source"]) for row in positives if row["id"] not in corpus
        ],
        negatives=[
            (row["text"], False, row.get("site") or _seed_site(row))
            for row in negatives
            if row["id"] not in corpus
        ],
    )


def _from_corpus(source: str) -> bool:
    """Tell whether pairs of this source were cut from pages of the corpus."""
    return source.split("/")[0] in COLLECTIONS


def _seed_site(row: dict[str, Any]) -> str:
    return str(row["source"] if row["kind"].startswith("gov") else row["id"])


def fold_of(page: Page, split: str) -> int:
    """Return the part of a split in which the page is scored."""
    if split == "site":
        sites = [*sorted(CARPENTRIES), "quantecon.org", "scipy-lectures.org"]
        return sites.index(page.site) if page.site in sites else _hashed(page.site, 5)
    if split == "family":
        families = {"quantecon.org": 1, "scipy-lectures.org": 2}
        return 0 if page.site in CARPENTRIES else families.get(page.site, _hashed(page.site, 3))
    if split == "collection":
        return COLLECTIONS.get(page.repo, COLLECTIONS.get(page.repo.split("/")[0], 4))
    return _hashed(page.site, 3)


def _hashed(site: str, parts: int) -> int:
    return zlib.crc32(site.encode()) % parts
