"""A few pages of the corpus, read and recalled as a run would, and kept nowhere."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Parts
from gleanery.tasks.recall.classifier import Classifier
from gleanery.tasks.recall.policy import NoPolicy, Policy, read_policy
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.recall_config import RecallConfig
from gleanery.tasks.recall.recall_pages import Recaller, recall_pages
from gleanery.tasks.recall.recall_stage import load_recaller
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.source_files import SourceFile
from gleanery.tasks.recall.sources import read_source
from gleanery.tasks.records import Document

_PACKING = 4  # how much smaller text becomes in a compressed table


@dataclass(slots=True)
class Sample:
    """Pages read in the order of their files, and what recall made of them.

    `bytes_read` counts bytes as the files store them: exact for archives and for files read to
    their end, else guessed from the size of the pages (`is_exact` is false then).
    """

    pages: int = 0
    files: int = 0
    bytes_read: float = 0.0
    is_exact: bool = True
    seconds: float = 0.0
    documents: list[Document] = field(default_factory=list)
    losses: Counter[str] = field(default_factory=Counter)


NO_POLICY = Policy(0, "", "", 0.0, 0.0, None, {})  # every page with text passes


class _KeepsAll(Classifier):
    """Stands in for the classifier that is not trained yet."""

    def __init__(self) -> None:
        """Load nothing."""

    def score(self, *page: Any, **_: Any) -> float:
        return 1.0


def open_recaller(parts: Parts, or_all: bool = False) -> Recaller:
    """Return the newest policy of a pipeline with its classifier.

    Without one raises `NoPolicy`, or with `or_all` returns what keeps every page.
    """
    try:
        policy = read_policy(parts)
    except NoPolicy:
        if or_all:
            return Recaller(NO_POLICY, _KeepsAll(), None)
        raise
    return load_recaller(parts.store, policy)


def sample_documents(
    files: Sequence[SourceFile],
    recaller: Recaller,
    source: SourceConfig,
    config: RecallConfig,
    options: Mapping[str, Any],
    most_pages: int,
    most_documents: int,
) -> Sample:
    """Return what recall makes of the files' first pages; stops at either limit.

    A page that comes twice is taken once.
    """
    started = time.monotonic()
    sample = Sample()
    seen: set[str] = set()
    for file in files:
        sample.files += 1
        reader = _Reader(file, most_pages - sample.pages)
        items = reader.pages(read_source(file.uri, source, options))
        for outcome in recall_pages(items, recaller, config):
            if isinstance(outcome, Loss):
                sample.losses[outcome.reason] += 1
            elif outcome.id not in seen:
                seen.add(outcome.id)
                sample.documents.append(outcome)
            if len(sample.documents) >= most_documents:
                break
        sample.pages += reader.count
        sample.bytes_read += reader.bytes_read
        sample.is_exact = sample.is_exact and reader.is_exact
        if len(sample.documents) >= most_documents or sample.pages >= most_pages:
            break
    sample.seconds = time.monotonic() - started
    return sample


class _Reader:
    """Passes on the first pages of a file, and knows how far it got."""

    def __init__(self, file: SourceFile, most_pages: int) -> None:
        self.count = 0
        self._file, self._most_pages = file, most_pages
        self._offset = self._characters = 0
        self._ended = False

    def pages(self, items: Iterator[RawPage | Loss]) -> Iterator[RawPage | Loss]:
        for item in items:
            if self.count >= self._most_pages:
                return
            self.count += 1
            self._offset = max(self._offset, item.offset)
            if isinstance(item, RawPage):
                self._characters += len(item.body or item.text or "")
            yield item
        self._ended = True

    @property
    def is_exact(self) -> bool:
        return self._ended or self._is_archive

    @property
    def bytes_read(self) -> float:
        if self._ended and self._file.size:
            return self._file.size
        if self._is_archive:  # an archive's offsets are bytes of the file, a table's are rows
            return self._offset
        packed = not self._file.uri.endswith(".jsonl")
        guess = self._characters / (_PACKING if packed else 1)
        return min(self._file.size or guess, guess)

    @property
    def _is_archive(self) -> bool:
        return self._file.uri.endswith((".warc.gz", ".warc", ".wet.gz", ".wet"))
