"""The words of texts, for telling duplicates: in two forms, both without typography.

Of a page the plain words count, as is usual: it stays the same in other case, punctuation and
markup. Of questions and examples, which may be short, signs of mathematics and code count with the
word behind them (`normalise_signs`), for `2 * (3 + 4)` is not `2 * 3 + 4`, and C# is not C; so does
case where it says something (`normalise_case`), and the indentation of code (`normalise_depth`).
"""

from collections.abc import Sequence

import numpy as np

from gleanery.tasks.curation.normalise_case import keep_case, verbatim_spans
from gleanery.tasks.curation.normalise_depth import indented_lines
from gleanery.tasks.curation.normalise_signs import (
    IS_WORD,
    LOWER,
    MARGIN,
    SIGN,
    WORD,
    Flags,
    Places,
    read_characters,
)
from gleanery.tasks.curation.normalise_unicode import encode_plain
from gleanery.tasks.ngram_hashes import WordHashes, chunks, hash_words, joined_words, word_hashes

_LETTERS = bytes(code if IS_WORD[code] else ord(" ") for code in LOWER)
_DEPTH, _ALL_BITS = 0xA24BAED4963EE407, (1 << 64) - 1
_BASE = np.uint64(0xC2B2AE3D27D4EB4F)  # odd; another than that of n-grams


def plain_words(texts: Sequence[str]) -> WordHashes:
    """Return the words of texts, hashed: letters and digits, case-folded, in any script.

    Letters of scripts without spaces are words.
    """
    return word_hashes([encode_plain(text, signs=False).translate(_LETTERS) for text in texts])


def words_and_signs(texts: Sequence[str]) -> WordHashes:
    """Return the words of texts, hashed with the signs before them.

    Places are those in the encoded texts.

    Letters are in their compatible form (NFKC) and, where case says nothing, case-folded, in any
    script. A hyphen between two words, a point after one, and apostrophes are no signs; a minus, a
    decimal point and the prime of a derivative are. The first word of an indented line of code is
    another one at each depth.
    """
    encoded = [encode_plain(text) for text in texts]
    return joined_words(map(_hashed, chunks(encoded)))


def spelt_out(text: str) -> str:
    """Return the words and signs of one text with single spaces between them, to look at."""
    data, starts, ends, _ = _found([encode_plain(text)])
    words = (data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
    return b" ".join(words).decode()


def _hashed(encoded: Sequence[bytes]) -> WordHashes:
    data, starts, ends, signs = _found(encoded)
    words = hash_words(data, starts, ends, [len(text) for text in encoded])
    for place, depth in indented_lines(data):
        word = int(np.searchsorted(starts, place))
        if word < len(starts):
            words.hashes[word] = int(words.hashes[word]) + depth * _DEPTH & _ALL_BITS
    return _with_signs(words, signs)


def _found(encoded: Sequence[bytes]) -> tuple[bytes, Places, Places, Flags]:
    """Return the texts as one, where each word or sign starts and ends in it, which are signs."""
    framed = bytes(MARGIN) + bytes(1).join(encoded) + bytes(MARGIN)
    spans = list(verbatim_spans(framed))
    read = read_characters(framed, np.array(spans, np.int64).ravel())
    word, sign = read.kind == WORD, read.kind == SIGN
    starts, ends = sign.copy(), sign.copy()
    starts[1:] |= word[1:] & ~word[:-1]
    ends[:-1] |= word[:-1] & ~word[1:]
    first, last = np.flatnonzero(starts), np.flatnonzero(ends)
    keep_case(read, (first, last))
    for start, end in spans:
        read.lowered[start:end] = read.text[start:end]
    data = read.lowered[MARGIN:].tobytes()
    return data, first - MARGIN, last + (1 - MARGIN), read.kind[first] == SIGN


def _with_signs(tokens: WordHashes, signs: Flags) -> WordHashes:
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
