"""Signatures: what duplicates of a text are found by, so that the text is never read again.

MinHash (Broder 1997) of the set of a text's word 5-grams. Of each of the 128 minima the lowest byte
is kept, for it estimates as well as all four (on 12,000 pairs of edited pages a root mean square
error of 0.0281 against 0.0280). 18 bands of 7 find 98.1 % of the pairs at 0.80 to 0.85, 16 of 8
would find 95.7 %; neither takes any of the 609 pairs below 0.5 for alike, at 0.75.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

from gleanery.tasks.curation.normalise import plain_words
from gleanery.tasks.ngram_hashes import WordHashes

SHINGLE = 5  # words
PERMUTATIONS = 128
BANDS, BAND_ROWS = 18, 7
DIGEST_BYTES = 16
_SEED = 42
# Signatures can be compared if all of this is the same.
FAMILY = (SHINGLE, PERMUTATIONS, BANDS, BAND_ROWS, _SEED, RMinHash.ALGORITHM_VERSION)
Reader = Callable[[Sequence[str]], WordHashes]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_BATCH = 128  # texts; their arrays stay in the processor's cache

# 12 us for a text of 400 words, reading the result included; the same in numpy takes 100.
# rensa's other mode ("rho") is faster by a hundredth of what a text takes, and merges texts that
# have nothing in common.
_minhash = RMinHash.digest_matrix_from_flat_token_hashes


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """The signatures of several texts, one row each.

    `words` counts words and signs; `digests` (16 bytes) are equal where all of these are. A text of
    fewer than five has neither `minima` (a byte each) nor `bands`: it can only be an exact
    duplicate, for a few words that are nearly the same say something else.
    """

    words: npt.NDArray[np.int32]
    digests: npt.NDArray[np.uint8]
    minima: npt.NDArray[np.uint8]
    bands: npt.NDArray[np.uint64]


def sign_texts(texts: Sequence[str], read: Reader = plain_words) -> Signatures:
    """Return the signatures of texts, the same in every process and whatever else is signed.

    `read` says what their words are. Only signatures of words that were read alike compare.
    """
    edges = range(0, max(len(texts), 1), _BATCH)
    batches = [_sign(read(texts[at : at + _BATCH])) for at in edges]
    return Signatures(
        words=np.concatenate([batch.words for batch in batches]),
        digests=np.concatenate([batch.digests for batch in batches]),
        minima=np.concatenate([batch.minima for batch in batches]),
        bands=np.concatenate([batch.bands for batch in batches]),
    )


def estimated_jaccard(
    ones: npt.NDArray[np.uint8], others: npt.NDArray[np.uint8]
) -> npt.NDArray[np.float32]:
    """Return the estimated Jaccard similarity of two rows of minima each, for rows of rows.

    The standard error is at most 0.044. One in 256 different minima has the same last byte by
    chance, which is taken off.
    """
    equal = np.count_nonzero(ones == others, axis=1) / PERMUTATIONS
    corrected: npt.NDArray[np.float64] = np.maximum((equal - 1 / 256) / (1 - 1 / 256), 0)
    return corrected.astype(np.float32)


def _sign(words: WordHashes) -> Signatures:
    shingles = words.ngrams(SHINGLE)
    offsets = shingles.offsets.astype(np.uint64)
    rows = _minhash(shingles.hashes, offsets, PERMUTATIONS, _SEED).to_rows()
    minima = np.array(rows, np.uint32).reshape(len(words.offsets) - 1, PERMUTATIONS)
    return Signatures(
        words=np.diff(words.offsets).astype(np.int32),
        digests=_digests(words.hashes, words.offsets),
        minima=minima.astype(np.uint8),
        bands=_bands(minima),
    )


def _digests(
    words: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint8]:
    """Return a digest of each text's words, of which each has its own 64 bits."""
    data, ends = words.astype("<u8").tobytes(), (offsets * 8).tolist()
    digests = b"".join(
        hashlib.blake2b(data[start:end], digest_size=DIGEST_BYTES).digest()
        for start, end in pairwise(ends)
    )
    return np.frombuffer(digests, np.uint8).reshape(-1, DIGEST_BYTES)


def _bands(minima: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    """Return a hash of each band of minima."""
    used = minima[:, : BANDS * BAND_ROWS].astype(np.uint64)
    hashes = np.zeros((len(minima), BANDS), np.uint64)
    for row in range(BAND_ROWS):
        hashes = (hashes + used[:, row::BAND_ROWS]) * _MULTIPLIER
        hashes ^= hashes >> _SHIFT
    return hashes
