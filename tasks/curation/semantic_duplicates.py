"""Candidates that ask the same in other words: near by their vectors, and with the same facts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks.curation.semantic_clusters import ClusteredSearch
from gleanery.tasks.curation.semantic_guard import why_different
from gleanery.tasks.curation.semantic_neighbours import AnyVectors, Keys, similar_pairs
from gleanery.tasks.curation.who_stays import (
    STAYS,
    Numbers,
    Similarities,
    SimilarPairs,
    who_stays,
)

SEMANTIC = "semantic"


class SemanticConfig(Config):
    """From where on two texts say the same. Models differ in how near they put paraphrases."""

    words_threshold: float = Field(
        0.6, gt=0, le=1, description="Least cosine of vectors made from the words of the dataset."
    )
    embedding_threshold: float = Field(
        0.87, gt=0, le=1, description="Least cosine of an embedding model's vectors."
    )
    exhaustive_rows: int = Field(
        100_000,
        ge=1_000,
        description="So many texts with the same numbers are compared each with each; more are "
        "searched by clusters, which is faster and misses some pairs.",
    )
    search: ClusteredSearch = Field(ClusteredSearch(), description="The search by clusters.")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared: `count` originals in the order of their rank, and their followers.

    Originals have the first rows of `vectors`, `keys` and the texts. Behind them stand followers,
    near duplicates that were found before; `leaders` (ascending) are the originals that these point
    to. `embedded` says that the vectors are an embedding model's.
    """

    count: int
    vectors: AnyVectors
    keys: Keys
    text: Callable[[int], str]
    leaders: Numbers
    embedded: bool = False

    def followers(self, original: int) -> range:
        """Return the rows that point to an original."""
        first, last = np.searchsorted(self.leaders, [original, original + 1]).tolist()
        return range(self.count + first, self.count + last)


def semantic_duplicates(
    compared: Comparison, threshold: float, config: SemanticConfig
) -> tuple[Numbers, Similarities, dict[str, int]]:
    """Return for each row the original that it goes for, their cosine, and how many pairs differed.

    The number is `STAYS` for a row that stays; what differed is counted by what it differed in. A
    pair has the same numbers, a cosine of at least `threshold` and no difference that
    `why_different` finds. What is removed reaches all this itself with what stays; so do the near
    duplicates that point to it: they come along, and an original whose followers do not, stays.
    """
    differed: dict[str, int] = {}
    found = similar_pairs(
        compared.vectors[: compared.count],
        compared.keys[: compared.count],
        threshold,
        config.exhaustive_rows,
        config.search,
    )
    verified = (_verified(compared, pairs, threshold, differed) for pairs in found)
    kept_for, similarity = who_stays(compared.count, verified)
    following = kept_for[compared.leaders]
    cosines = np.zeros(len(following), np.float32)
    for place in np.flatnonzero(following != STAYS).tolist():
        cosines[place] = _cosine(compared, int(following[place]), compared.count + place)
    return (
        np.concatenate([kept_for, following]),
        np.concatenate([similarity, cosines]),
        dict(sorted(differed.items())),
    )


def _verified(
    compared: Comparison, pairs: SimilarPairs, threshold: float, differed: dict[str, int]
) -> SimilarPairs:
    """Return the pairs that do not differ in what their texts hold to."""
    kept = []
    for place, (one, other) in enumerate(
        zip(pairs.one.tolist(), pairs.other.tolist(), strict=True)
    ):
        stays, goes = min(one, other), max(one, other)
        reason = _difference(compared, stays, goes, threshold)
        if reason is None:
            kept.append(place)
        else:
            differed[reason] = differed.get(reason, 0) + 1
    return SimilarPairs(pairs.one[kept], pairs.other[kept], pairs.similarity[kept])


def _difference(compared: Comparison, stays: int, goes: int, threshold: float) -> str | None:
    if reason := why_different(compared.text(stays), compared.text(goes), compared.embedded):
        return reason
    for row in compared.followers(goes):
        near = _cosine(compared, stays, row) >= threshold
        if not near or why_different(compared.text(stays), compared.text(row), compared.embedded):
            return "followers"
    return None


def _cosine(compared: Comparison, one: int, other: int) -> float:
    left, right = (compared.vectors[row].astype(np.float32) for row in (one, other))
    return float(left @ right)
