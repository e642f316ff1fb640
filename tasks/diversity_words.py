"""What texts are made of, word by word: how they begin, and how often runs of words come again."""

import lzma
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from statistics import fmean, pstdev

import numpy as np

from gleanery.tasks.records import Record
from gleanery.tasks.seeded import Words, draw

# Scripts without spaces between words: each sign counts as one.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
# Marks that belong to a word and that \w leaves out: accents, Arabic and Indic vowels.
_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0970-\u0d7f"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}_])[\w{_MARKS}])+(?:['’](?!_)\w+)?")

_SHOWN_OPENINGS = 5


class Opening(Record):
    """First words that several texts share."""

    words: str
    texts: int


class Openings(Record):
    """The share of first words that are different, and those that come most often.

    The share falls with the number of texts: compare with equally many.
    """

    distinct: float
    common: list[Opening]


class Mean(Record):
    """A mean over subsamples, and the standard deviation between them."""

    value: float
    deviation: float


class Runs(Record):
    """How often the same runs of words come again in `words` words.

    - `distinct_1`, `distinct_2`, `distinct_3`: share of the single words, pairs and runs of three
      that are different (distinct-n: Li et al., arXiv 1510.03055). It falls with every word that
      is added (Liu et al., arXiv 2202.13587): compare with equally many.
    - `compression`: how many times shorter compression makes the words; more is less diverse
      (compression ratio: Shaib et al., arXiv 2403.00553).
    """

    words: int
    distinct_1: Mean
    distinct_2: Mean
    distinct_3: Mean
    compression: Mean


def words_of(text: str) -> Iterator[str]:
    """Return the words of a text in lower case; a sign of a script without spaces is a word."""
    return (found.group() for found in _WORD.finditer(text.casefold()))


def count_words(texts: Sequence[str], enough: int) -> int:
    """Return the number of words in all texts, or `enough` where there are more."""
    count = 0
    for text in texts:
        count += sum(1 for _ in islice(words_of(text), enough - count))
        if count >= enough:
            break
    return count


def measure_openings(texts: Sequence[str], length: int) -> Openings | None:
    """Return how texts begin: with which `length` words. `None` for no text."""
    if not texts:
        return None
    counts = Counter(" ".join(islice(words_of(text), length)) for text in texts)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    common = [Opening(words=words, texts=count) for words, count in ranked if count > 1]
    return Openings(distinct=round(len(counts) / len(texts), 4), common=common[:_SHOWN_OPENINGS])


def measure_runs(texts: Sequence[str], words: int, key: Words, subsamples: int) -> Runs | None:
    """Return what `words` words show, or as many as there are; `None` for none at all.

    It is the mean over subsamples. Each takes texts in a random order of its own until it has its
    words; the last text is cut, and no run goes from one text into the next.
    """
    words = count_words(texts, words)
    if not words:
        return None
    taken = [_subsample(texts, words, draw(key, number)) for number in range(subsamples)]
    one, two, three = (
        _mean([_distinct_share(subsample, length) for subsample in taken]) for length in (1, 2, 3)
    )
    return Runs(
        words=words,
        distinct_1=one,
        distinct_2=two,
        distinct_3=three,
        compression=_mean([_compression(subsample) for subsample in taken]),
    )


def _subsample(texts: Sequence[str], words: int, key: Words) -> list[list[str]]:
    order = np.argsort(draw(key, np.arange(len(texts))), kind="stable")
    subsample = []
    for place in order.tolist():
        taken = list(islice(words_of(texts[place]), words))
        subsample.append(taken)
        words -= len(taken)
        if not words:
            break
    return subsample


def _distinct_share(subsample: Sequence[Sequence[str]], length: int) -> float:
    runs = [
        run for words in subsample for run in zip(*(words[n:] for n in range(length)), strict=False)
    ]
    return len(set(runs)) / len(runs) if runs else 1.0


def _compression(subsample: Sequence[Sequence[str]]) -> float:
    # LZMA: the window of gzip, 32 KB, would miss what texts far apart have in common.
    data = "\n".join(" ".join(words) for words in subsample).encode()
    packed = lzma.compress(data, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "preset": 6}])
    return len(data) / len(packed)


def _mean(values: Sequence[float]) -> Mean:
    return Mean(value=round(fmean(values), 4), deviation=round(pstdev(values), 4))
