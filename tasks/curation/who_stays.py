"""Which row of similar ones stays: the better ranked, and each removed one is like it itself.

Rows of one origin (rewrites, sampled answers) are siblings: one text is compared for all of them,
and what it comes to holds for all. Such an original has the number of its rank, 0 for the best.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gleanery.tasks.dataset_records import Duplicate

Numbers = npt.NDArray[np.int64]
Similarities = npt.NDArray[np.float32]

STAYS = -1


class SimilarPairs(NamedTuple):
    """Pairs of originals, by their numbers, that reach a threshold, and how similar they are."""

    one: Numbers
    other: Numbers
    similarity: Similarities


@dataclass(frozen=True, slots=True)
class Original:
    """What is compared once: the rows that share an origin, the best of them first."""

    ids: tuple[str, ...]


@dataclass(slots=True)
class _Group:
    ids: list[tuple[float, int, str]] = field(default_factory=list)


def ranked_originals(rows: Iterable[tuple[str, str, float]]) -> list[Original]:
    """Return the originals in the order of their rank: quality first, then the earliest.

    A row is its id, its group (the same for siblings, "" for a row without any) and its quality,
    the more the better; rows come in the order of their arrival. An original is as good as the
    best of its rows.
    """
    groups: dict[str, _Group] = {}
    for number, (row_id, group, quality) in enumerate(rows):
        name = f"group {group}" if group else f"row {number}"
        groups.setdefault(name, _Group()).ids.append((-quality, number, row_id))
    ordered = sorted((sorted(group.ids) for group in groups.values()), key=lambda ids: ids[0])
    return [Original(tuple(row_id for _, _, row_id in ids)) for ids in ordered]


def who_stays(count: int, pairs: Iterable[SimilarPairs]) -> tuple[Numbers, Similarities]:
    """Return for each of `count` originals the one it is a duplicate of, and how similar they are.

    The number is `STAYS` for one that stays. Greedy, from the best rank down: an original goes if
    one that stays is a pair with it, the best ranked of these. So no two that stay are a pair, and
    whatever goes is a pair with what it points to: a chain of pairs removes nothing by itself.
    The pairs may come in any order, twice, and in blocks; memory is 20 bytes for each.
    """
    kept_for = np.full(count, STAYS, dtype=np.int64)
    similarity = np.zeros(count, dtype=np.float32)
    blocks = [block for block in pairs if len(block.one)]
    if not blocks:
        return kept_for, similarity
    one = np.concatenate([block.one for block in blocks])
    other = np.concatenate([block.other for block in blocks])
    alike = np.concatenate([block.similarity for block in blocks])
    better, worse = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((better, worse))
    columns = (better[order].tolist(), worse[order].tolist(), alike[order].tolist())
    for high, low, value in zip(*columns, strict=True):
        if high != low and kept_for[low] == STAYS and kept_for[high] == STAYS:
            kept_for[low], similarity[low] = high, value
    return kept_for, similarity


def duplicate_rows(
    originals: Sequence[Original],
    kept_for: Numbers,
    similarity: Similarities,
    kind: str,
    level: str,
) -> Iterator[Duplicate]:
    """Yield a row for every row of every original that goes; it points to the best one that stays.

    Siblings have the similarity of their originals, rounded to 4 decimals.
    """
    for number in np.flatnonzero(kept_for != STAYS).tolist():
        kept_id = originals[kept_for[number]].ids[0]
        alike = round(float(similarity[number]), 4)
        for row_id in originals[number].ids:
            yield Duplicate(id=row_id, kept_id=kept_id, kind=kind, level=level, similarity=alike)
