"""What makes two texts duplicates, exact or near, and the rows that say so."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks.curation.near_duplicates import Removed
from gleanery.tasks.curation.near_index import SignatureIndex
from gleanery.tasks.dataset_records import Duplicate

EXACT, NEAR = "exact", "near"
Level = Literal["document", "question", "example", "released"]

_ROWS_AT_ONCE = 10_000


class DuplicatesConfig(Config):
    """How alike two texts must be for the worse of them to be a duplicate."""

    threshold: float = Field(
        0.75,
        ge=0.7,
        le=1,
        description="Least estimated Jaccard similarity of the word 5-grams of two texts. At "
        "0.75, 99.8 % of the pairs at 0.8 or more are found, and one in six at 0.7 to 0.75.",
    )
    levels: tuple[Level, ...] = Field(
        ("document", "released", "question", "example"),
        min_length=1,
        description="What is compared, in this order: pages, examples as they are trained on, "
        "questions, and questions with their answers, both as they were before they were "
        "rewritten. What goes at one level is not compared at the next, and what it points to "
        "stays: so the text that is trained on comes first.",
    )


def duplicate_rows(index: SignatureIndex, found: Removed, level: str) -> Iterator[Duplicate]:
    """Yield a row for each duplicate that was found at one level, in the order of arrival."""
    for at in range(0, len(found.rows), _ROWS_AT_ONCE):
        block = slice(at, at + _ROWS_AT_ONCE)
        ids, kept_ids = index.ids(found.rows[block]), index.ids(found.kept[block])
        for row_id, kept_id, alike, same in zip(
            ids.to_pylist(),
            kept_ids.to_pylist(),
            found.similarity[block].tolist(),
            found.exact[block].tolist(),
            strict=True,
        ):
            yield Duplicate(
                id=row_id,
                kept_id=kept_id,
                kind=EXACT if same else NEAR,
                level=level,
                similarity=round(alike, 4),
            )
