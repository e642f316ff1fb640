"""What of a candidate, and of the page that it came from, is compared at which level, and how.

Pages are compared by their plain words. What is trained on counts its signs too: two exercises may
differ in one.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from gleanery.tasks.curation.normalise import plain_words, words_and_signs
from gleanery.tasks.curation.signatures import Signatures, sign_texts
from gleanery.tasks.curation.signatures_table import (
    DOCUMENT,
    EXAMPLE,
    QUESTION,
    RELEASED,
    SignedRows,
)
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import ChatMessage, Document

_ROWS = 4_096  # in one block


def signed_candidates(candidates: Sequence[Candidate]) -> Iterator[SignedRows]:
    """Yield the candidates' signatures as questions, examples and released texts, in their order.

    Where a candidate was rewritten, the question and the example are its original's: what siblings
    have in common. The released text is what is trained on; where nothing was rewritten, it is the
    example, which is not signed twice.
    """
    ids = [row.id for row in candidates]
    groups = [_group_number(row.origin) for row in candidates]
    examples = []
    unrated = [0.0] * len(candidates)
    for level in (QUESTION, EXAMPLE):
        texts = [_text(row, level) for row in candidates]
        for block in _signed(level, ids, groups, unrated, texts):
            yield block
            if level == EXAMPLE:
                examples.append(block)
    for number, block in enumerate(examples):
        yield _released(block, candidates[number * _ROWS : (number + 1) * _ROWS])


def _released(examples: SignedRows, candidates: Sequence[Candidate]) -> SignedRows:
    """Return the rows with the signatures of the texts that the candidates are released with."""
    rewritten = [number for number, row in enumerate(candidates) if row.original]
    texts = [_joined(candidates[number].messages) for number in rewritten]
    fresh = sign_texts(texts, words_and_signs)
    signed = {}
    for name in ("words", "digests", "minima", "bands"):
        signed[name] = getattr(examples.signatures, name).copy()
        signed[name][rewritten] = getattr(fresh, name)
    return replace(examples, level=RELEASED, signatures=Signatures(**signed))


def signed_documents(documents: Iterable[Document]) -> Iterator[SignedRows]:
    """Yield the signatures of the documents' texts, in their order, with the documents' scores.

    A page that was recalled twice has two rows of one id: they count as siblings.
    """
    rows = list(documents)
    yield from _signed(
        DOCUMENT,
        [row.id for row in rows],
        [_group_number(row.id) for row in rows],
        [row.score for row in rows],
        [row.text for row in rows],
    )


def _text(candidate: Candidate, level: str) -> str:
    turns: Sequence[ChatMessage] = candidate.original or candidate.messages
    if level == QUESTION:
        return next((turn.content for turn in turns if turn.role == "user"), "")
    return _joined(turns)


def _joined(turns: Sequence[ChatMessage]) -> str:
    return "\n".join(turn.content for turn in turns)


def _group_number(origin: str) -> int:
    """Return 64 bits that stand for an origin, never 0; 0 for none."""
    if not origin:
        return 0
    return int.from_bytes(hashlib.blake2b(origin.encode(), digest_size=8).digest()) or 1


def _signed(
    level: str,
    ids: Sequence[str],
    groups: Sequence[int],
    qualities: Sequence[float],
    texts: Sequence[str],
) -> Iterator[SignedRows]:
    read = plain_words if level == DOCUMENT else words_and_signs
    for at in range(0, len(ids), _ROWS):
        block = slice(at, at + _ROWS)
        yield SignedRows(
            level=level,
            ids=pa.array(ids[block], pa.string()),
            groups=np.array(groups[block], np.uint64),
            qualities=np.array(qualities[block], np.float32),
            signatures=sign_texts(texts[block], read),
        )
