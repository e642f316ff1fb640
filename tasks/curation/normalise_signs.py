"""Signs as part of the word that they stand before: `2 * (3 + 4)` is three words."""

import numpy as np
import numpy.typing as npt

from gleanery.tasks.ngram_hashes import WordHashes

_BASE = np.uint64(0xC2B2AE3D27D4EB4F)  # odd; another than that of n-grams


def with_signs(tokens: WordHashes, signs: npt.NDArray[np.bool_]) -> WordHashes:
    """Return the words among the tokens, each hashed with the signs before it, in their order.

    `signs` says which tokens are signs. Those that end a text are a word of their own. Spaces
    around signs do not count. As words of their own, signs would outweigh the words of code.
    """
    if not signs.any():
        return tokens
    ends_word = ~signs
    ends_word[tokens.offsets[1:][np.diff(tokens.offsets) > 0] - 1] = True
    last = np.flatnonzero(ends_word)
    first = np.concatenate([[0], last[:-1] + 1])
    before = np.repeat(last, last - first + 1) - np.arange(len(signs))
    powers = np.full(int(before.max()) + 1, _BASE, np.uint64)
    powers[0] = 1
    weights = np.cumprod(powers, dtype=np.uint64)[before]
    return WordHashes(
        hashes=np.add.reduceat(tokens.hashes * weights, first),
        offsets=np.searchsorted(last, tokens.offsets).astype(np.int64),
        starts=tokens.starts[first],
        ends=tokens.ends[last],
    )
