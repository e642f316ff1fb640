"""The manifest of a release: what it holds, what it was made from, and its place among the others.

It is written when everything else of the release is there. What is counted and what has a digest
is the same however often, and wherever, the release is made.
"""

import re
from typing import Any

from pydantic import Field

from gleanery.infra.receipts import merge_counts
from gleanery.tasks.records import Record
from gleanery.tasks.release.curation_facts import CurationFacts

FORMAT = 2  # 1 had each licence as its page spelled it, and no `curation`


class ReleaseFile(Record):
    """A file of the release: its path below the release's folder, size, SHA-256 and rows.

    `rows` is 0 for what holds none.
    """

    path: str
    size: int
    sha256: str
    rows: int = 0


class ReleaseInput(Record):
    """A part that the release was made from, with the digest of its rows at that time."""

    pipeline: str
    stage: str
    part: str
    row_digest: str


class ModelUse(Record):
    """How many rows hold an answer of a model to a prompt, by the step that asked it."""

    step: str
    model: str
    prompt: str
    rows: int


class RowCounts(Record):
    """How many rows a release has, by the values of its columns; `models` are the most used first.

    `scored` is how many rows have each score; `tokens` are not counted: they depend on a tokenizer.
    `characters` are those of all messages. Licences and their families are "" for syntheses.
    """

    total: int
    splits: dict[str, int]
    sources: dict[str, int]
    methods: dict[str, int]
    licences: dict[str, int]
    licence_families: dict[str, int] = Field(default_factory=dict)
    subjects: dict[str, int]
    scored: dict[str, int]
    characters: int
    models: list[ModelUse]


class SourceChanges(Record):
    """What changed of one source's rows: `changed` are those whose text or split is another.

    `annotated` have the same text in the same split, but another score or lineage. `reasons` says
    why rows were removed.
    """

    added: int = 0
    removed: int = 0
    changed: int = 0
    annotated: int = 0
    unchanged: int = 0
    reasons: dict[str, int] = Field(default_factory=dict)


class Changes(Record):
    """What changed against another release, by source; `curation` says in words what else did."""

    against: str
    sources: dict[str, SourceChanges]
    curation: list[str] = Field(default_factory=list)

    @property
    def removed(self) -> dict[str, int]:
        """How many rows are gone for each reason, over all sources."""
        return merge_counts(changes.reasons for changes in self.sources.values())

    @property
    def total(self) -> SourceChanges:
        """The sum over all sources."""
        parts = self.sources.values()
        names = [name for name in SourceChanges.model_fields if name != "reasons"]
        counts = {name: sum(getattr(part, name) for part in parts) for name in names}
        return SourceChanges(**counts, reasons=self.removed)


class Manifest(Record):
    """What a release is.

    `version` is the running number and the first eight characters of `content_digest`, which
    covers every file and what this manifest says of them, but neither `created` nor `writer`.
    `row_digest` covers the rows alone, in their order: two releases that share it hold the same
    data. `curation` is what was looked for in them. `previous` is the version before, "" for the
    first. `left_out` counts what curation left out, by reason; `recipe` is the configuration that
    chose the rows.
    """

    format: int = FORMAT
    name: str
    version: str
    number: int = Field(ge=1)
    previous: str
    content_digest: str
    row_digest: str
    gleanery: str
    rows: RowCounts
    score_columns: list[str]
    left_out: dict[str, int]
    recipe: dict[str, Any]
    curation: CurationFacts | None = None
    inputs: list[ReleaseInput]
    changes: Changes | None
    files: list[ReleaseFile]
    created: str
    writer: str

    @property
    def folder(self) -> str:
        """The release's folder, below the root of its store."""
        return release_folder(self.version)

    def says_the_same(self, row_digest: str, curation: CurationFacts) -> bool:
        """Return whether a release of these rows would say what this one says of them."""
        same_rows = self.row_digest == row_digest
        return same_rows and self.curation is not None and self.curation.digest == curation.digest

    def data_files(self, split: str) -> list[str]:
        """Return the paths of a split's Parquet files, in order."""
        start = f"data/{split}-"
        return [file.path for file in self.files if file.path.startswith(start)]


def release_folder(version: str) -> str:
    """Return a release's folder, below the root of its store."""
    return f"releases/{version}"


def version_name(number: int, content_digest: str) -> str:
    """Return the name of a version: `v0003-1a2b3c4d`."""
    return f"v{number:04d}-{content_digest[:8]}"


def version_number(name: str) -> int | None:
    """Return the number of a version's name, or `None` if it is no such name."""
    found = re.fullmatch(r"v(\d{4,})-[0-9a-f]{8}", name)
    return int(found[1]) if found else None
