"""Which row of similar ones stays: the better ranked, and each removed one is like it itself.

Rows of one origin (rewrites, sampled answers) are siblings: one text is compared for all of them,
and what it comes to holds for all. Such an original has the number of its rank, 0 for the best.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation.exact_rows import first_siblings

Numbers = npt.NDArray[np.int64]
Similarities = npt.NDArray[np.float32]

STAYS = -1
_LOOP_PAIRS = 1 << 20


class SimilarPairs(NamedTuple):
    """Pairs of originals, by their numbers, that reach a threshold, and how similar they are."""

    one: Numbers
    other: Numbers
    similarity: Similarities


@dataclass(frozen=True, slots=True, eq=False)
class Originals:
    """What is compared once: the rows that share an origin.

    `rows` are numbers of rows, the best ranked first, and `of` is the number of the original of
    each; `best` is the row that stands for each original, its best ranked one.
    """

    rows: Numbers
    of: Numbers
    best: Numbers


def ranked_originals(
    rows: Numbers, groups: npt.NDArray[np.uint64], ranks: npt.NDArray[np.float32]
) -> Originals:
    """Return the originals in the order of their rank: the best first, then the earliest.

    `rows` are numbers in the order of arrival. For each of them, `groups` is the same for siblings
    and 0 for a row without any, and `ranks` is the more, the better. An original is as good as the
    best of its rows.
    """
    order = np.argsort(-ranks, kind="stable")
    first = first_siblings(groups[order])
    is_first = first == np.arange(len(order))
    number = np.cumsum(is_first) - 1
    return Originals(rows[order], number[first], rows[order][is_first])


def who_stays(count: int, pairs: Iterable[SimilarPairs]) -> tuple[Numbers, Similarities]:
    """Return for each of `count` originals the one it is a duplicate of, and how similar they are.

    The number is `STAYS` for one that stays. Greedy, from the best rank down: an original goes if
    one that stays is a pair with it, the best ranked of these. So no two that stay are a pair, and
    whatever goes is a pair with what it points to: a chain of pairs removes nothing by itself.
    The pairs may come in any order, twice, and in blocks; memory is some 60 bytes for each.
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
    gone = bytearray(count)
    for at in range(0, len(order), _LOOP_PAIRS):
        block = order[at : at + _LOOP_PAIRS]
        for place, high, low in zip(
            block.tolist(), better[block].tolist(), worse[block].tolist(), strict=True
        ):
            if high != low and not gone[low] and not gone[high]:
                gone[low] = 1
                kept_for[low], similarity[low] = high, alike[place]
    return kept_for, similarity
