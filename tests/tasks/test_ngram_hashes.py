import itertools
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gleanery.tasks.ngram_hashes import ngram_hashes, word_hashes

WORDS = st.text("abé0\0", min_size=1, max_size=20) | st.sampled_from(["a" * 70, "a" * 71, "b" * 9])
TEXTS = st.lists(st.lists(WORDS, max_size=12), max_size=8)


def joined(texts: list[list[str]]) -> list[bytes]:
    return [" ".join(words).encode() for words in texts]


@given(TEXTS, st.integers(1, 6))
@example([["ab", "c"], ["a", "bc"], ["a", "b", "c"]], 1)
@example([[], ["a"], []], 1)
def test_ngrams_are_those_of_a_plain_loop(texts: list[list[str]], n: int) -> None:
    plain = [
        [tuple(words[at : at + n]) for at in range(len(words) - n + 1)]  # none if n > len(words)
        for words in texts
    ]
    found = ngram_hashes(joined(texts), n)
    assert np.diff(found.offsets).tolist() == [len(ngrams) for ngrams in plain]
    ngrams = list(itertools.chain.from_iterable(plain))
    pairs = set(zip(ngrams, found.hashes.tolist(), strict=True))
    assert len(pairs) == len(set(ngrams)) == len(set(found.hashes.tolist()))


@given(TEXTS, st.integers(1, 4))
def test_span_gives_back_the_words_of_an_ngram(texts: list[list[str]], n: int) -> None:
    encoded = joined(texts)
    found = ngram_hashes(encoded, n)
    index = 0
    for text, words in enumerate(texts):
        for at in range(len(words) - n + 1):
            start, end = found.span(index)
            assert found.text_of(index) == text
            assert encoded[text][start:end] == " ".join(words[at : at + n]).encode()
            index += 1
    assert index == len(found.hashes)


@given(TEXTS)
def test_hashes_depend_on_no_other_text_of_the_batch(texts: list[list[str]]) -> None:
    together = ngram_hashes(joined(texts), 2)
    alone = [ngram_hashes([text], 2).hashes for text in joined(texts)]
    assert together.hashes.tolist() == [value for hashes in alone for value in hashes.tolist()]


def test_batch_of_many_chunks_is_hashed_like_its_texts_alone() -> None:
    texts = [f"{number} words of text {number % 7} ".encode() * 40 for number in range(2_000)]
    texts[3], texts[1_000] = b"", b"x" * 400_000  # longer than a chunk
    together = ngram_hashes(texts, 3)
    for text in (0, 3, 4, 999, 1_000, 1_001, 1_999):
        start, end = together.offsets[text : text + 2]
        assert (together.hashes[start:end] == ngram_hashes([texts[text]], 3).hashes).all()
    last = int(together.offsets[-1]) - 1
    start, end = together.span(last)
    assert texts[1_999][start:end].split() == texts[1_999].split()[-3:]


def test_hashes_are_the_same_in_another_process_and_on_another_day() -> None:
    """Stored signatures hold them: if these change, the stage's version must as well."""
    program = (
        "from gleanery.tasks.ngram_hashes import ngram_hashes;"
        "print(ngram_hashes(['the cat sat on the mat'.encode(), b'z' * 65], 1).hashes.tolist())"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    here = ngram_hashes([b"the cat sat on the mat", b"z" * 65], 1).hashes
    assert printed.strip() == str(here.tolist())
    assert int(ngram_hashes([b"the cat sat on the mat"], 5).hashes[0]) == PINNED


PINNED = 1648807800134308755


def test_ngrams_of_few_different_words_do_not_collide() -> None:
    """Structured text is what weak hashes fail on: here all texts of 12 words from three."""
    words = [b" ".join(choice) for choice in itertools.product([b"0", b"1", b"10"], repeat=12)]
    hashes = ngram_hashes(words, 12).hashes
    assert len(np.unique(hashes)) == len(words) == 3**12
    assert abs(np.unpackbits(hashes.view(np.uint8)).mean() - 0.5) < 0.001


def test_spaces_side_by_side_and_around_part_words_once() -> None:
    spaced, plain = word_hashes([b" a  b "]), word_hashes([b"a b"])
    assert spaced.hashes.tolist() == plain.hashes.tolist()
    assert spaced.starts.tolist() == [1, 4]


def test_no_texts_have_no_ngrams() -> None:
    found = ngram_hashes([], 5)
    assert (found.hashes.tolist(), found.offsets.tolist()) == ([], [0])


def test_ngram_of_no_words_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one word, not 0"):
        ngram_hashes([b"a"], 0)
