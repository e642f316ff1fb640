"""Benchmark items in texts: which, and where in the text."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation.leaks_folding import Origins, fold, fold_with_origins
from gleanery.tasks.curation.leaks_index import (
    ANCHOR,
    SIDES,
    HashTable,
    LeakIndex,
    WholeTexts,
    runs_of,
)
from gleanery.tasks.curation.leaks_telling import tells_enough
from gleanery.tasks.curation.leaks_whole import stands_alone
from gleanery.tasks.dataset_records import Leak
from gleanery.tasks.ngram_hashes import WordHashes, word_hashes

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_BATCH_CHARACTERS = 1 << 19
_COVERED = 0.5  # of a finding's words; beyond it an item of the same benchmark explains them


@dataclass(frozen=True, slots=True)
class _Finding:
    """A sought text in one of the texts, from word `first` up to `end` (of all words hashed)."""

    text: int
    sought: int
    kind: str
    first: int
    end: int
    alone: bool = False


def find_leaks(texts: Iterable[tuple[str, str]], index: LeakIndex) -> list[Leak]:
    """Return the benchmark items found in texts, each given with the id that its leaks will have.

    A leak is a run of n words or more of an item that tells enough of it, or a whole question; its
    span is the longest such run, in characters of the text. Where items of one benchmark share
    words, those that account for most of them are named. The order is that of the texts.
    """
    return [leak for batch in _batches(texts) for leak in _leaks_of_batch(batch, index)]


def _batches(texts: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    batch: list[tuple[str, str]] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text[1])
        if size >= _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _leaks_of_batch(batch: Sequence[tuple[str, str]], index: LeakIndex) -> Iterator[Leak]:
    folded = [fold(text) for _, text in batch]
    words = word_hashes(folded)
    findings = [*_by_ngrams(folded, words, index), *_by_whole_texts(words, index)]
    of_text: dict[int, list[_Finding]] = defaultdict(list)
    for finding in findings:
        of_text[finding.text].append(finding)
    for number in sorted(of_text):
        identity, text = batch[number]
        yield from _leaks_of_text(identity, text, of_text[number], words, index)


def _hits(words: WordHashes, n: int, table: HashTable) -> tuple[Places, Places, Places]:
    """Return text, first word and value of every n-gram that the table has."""
    first, values = table.find(words.windows(n))
    texts = np.searchsorted(words.offsets, first, side="right") - 1
    in_one = np.flatnonzero(first + n <= words.offsets[texts + 1])
    return texts[in_one], first[in_one], values[in_one]


def _by_ngrams(folded: Sequence[bytes], words: WordHashes, index: LeakIndex) -> Iterator[_Finding]:
    """Yield the longest run of n-grams of each sought text in each text, if all tell enough."""
    places: dict[tuple[int, int], list[int]] = defaultdict(list)
    hits = _hits(words, index.n, index.ngrams)
    for text, word, value in zip(*(part.tolist() for part in hits), strict=True):
        places[text, value].append(word)
    for (text, sought), found in places.items():
        runs = list(runs_of(found, index.n))
        shared = [
            word
            for first, end in runs
            for word in folded[text][words.starts[first] : words.ends[end - 1]].split()
        ]
        if tells_enough(shared, index.texts.text(sought)):
            first, end = max(runs, key=lambda run: run[1] - run[0])
            yield _Finding(text, sought, "ngram", first, end)


def _by_whole_texts(words: WordHashes, index: LeakIndex) -> Iterator[_Finding]:
    """Yield every place where a text has all words of a question, however it stands there."""
    whole = index.whole
    texts, anchors, numbers = _hits(words, ANCHOR, whole.anchors)
    first = anchors - whole.places[numbers]
    end = first + np.diff(whole.offsets)[numbers]
    inside = np.flatnonzero((first >= words.offsets[texts]) & (end <= words.offsets[texts + 1]))
    for at in inside[_all_words_are(words, whole, first[inside], numbers[inside])].tolist():
        number = int(numbers[at])
        yield _Finding(
            text=int(texts[at]),
            sought=int(whole.texts[number]),
            kind="whole_text",
            first=int(first[at]),
            end=int(end[at]),
            alone=bool(whole.alone[number]),
        )


def _all_words_are(words: WordHashes, whole: WholeTexts, first: Places, numbers: Places) -> Flags:
    """Return whether the words from each of `first` on are those of the whole text beside it."""
    lengths = np.diff(whole.offsets)[numbers]
    ends = np.cumsum(lengths)
    steps = np.arange(lengths.sum()) - np.repeat(ends - lengths, lengths)
    here = words.hashes[np.repeat(first, lengths) + steps]
    same = here == whole.hashes[np.repeat(whole.offsets[numbers], lengths) + steps]
    owners = np.repeat(np.arange(len(first)), lengths)
    alike: Flags = np.bincount(owners[~same], minlength=len(first)) == 0
    return alike


def _leaks_of_text(
    identity: str,
    text: str,
    findings: Sequence[_Finding],
    words: WordHashes,
    index: LeakIndex,
) -> Iterator[Leak]:
    origins = fold_with_origins(text)
    texts = index.texts
    found = []
    for finding in findings:
        span = _span(finding, words, origins)
        if not finding.alone or stands_alone(text, *span, texts.text(finding.sought)):
            found.append(finding)
    for finding in _telling_apart(found, index):
        start, end = _span(finding, words, origins)
        item = int(texts.items[finding.sought])
        yield Leak(
            id=identity,
            benchmark=texts.benchmarks[texts.benchmark_of[item]],
            item_id=texts.ids[item],
            kind=finding.kind,
            side=SIDES[texts.sides[finding.sought]],
            start=start,
            end=end,
            matched=text[start:end],
            item_text=texts.text(finding.sought),
        )


def _span(finding: _Finding, words: WordHashes, origins: Origins) -> tuple[int, int]:
    return origins.span(int(words.starts[finding.first]), int(words.ends[finding.end - 1]))


def _telling_apart(findings: Sequence[_Finding], index: LeakIndex) -> list[_Finding]:
    """Return the findings that others of their benchmark do not account for, in their order."""
    texts = index.texts
    covered: dict[int, set[int]] = defaultdict(set)
    kept = []
    for finding in sorted(
        findings, key=lambda f: (f.first - f.end, texts.sides[f.sought], f.sought)
    ):
        own = covered[int(texts.benchmark_of[texts.items[finding.sought]])]
        span = range(finding.first, finding.end)
        if len(own.intersection(span)) <= _COVERED * len(span):
            own.update(span)
            kept.append(finding)
    return sorted(kept, key=lambda f: (f.first, f.sought))
