"""The index of leaks, built from the items of benchmarks."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from gleanery.infra.digests import digest
from gleanery.tasks.curation import leaks_folding
from gleanery.tasks.curation.benchmark_config import DecontaminationConfig
from gleanery.tasks.curation.benchmark_items import Benchmarks
from gleanery.tasks.curation.leaks_index import (
    ANCHOR,
    SIDES,
    HashTable,
    ItemTexts,
    LeakIndex,
    WholeTexts,
    runs_of,
)
from gleanery.tasks.curation.leaks_telling import telling_words, tells_enough
from gleanery.tasks.curation.leaks_texts import SoughtText, sought_texts
from gleanery.tasks.curation.leaks_whole import must_stand_alone
from gleanery.tasks.ngram_hashes import Hashes, WordHashes, word_hashes

VERSION = 2
_LEAST_TELLING = 2  # of the words of an n-gram; what it joins to must tell more

Positions = npt.NDArray[np.int64]


def build_index(benchmarks: Benchmarks, config: DecontaminationConfig) -> LeakIndex:
    """Return the index of all benchmark items.

    An n-gram counts if it has words that tell of a subject and none of a drawing's code, and if few
    questions share it; a question whose n-grams do not tell enough is sought whole. `notes` says
    how many texts are sought how, and how many questions cannot be sought at all.
    """
    sought = list(sought_texts(benchmarks.items, config.sides, config.n))
    folded = [leaks_folding.fold(text.text) for text in sought]
    words = word_hashes(folded)
    hashes, owners = _telling_ngrams(sought, folded, words, benchmarks, config)
    has_ngrams = np.zeros(len(sought), bool)
    has_ngrams[owners] = True
    whole, never = _whole_texts(sought, folded, words, has_ngrams, config.n)
    in_use = np.zeros(len(benchmarks.items), bool)
    for kept in (np.flatnonzero(has_ngrams), whole.texts):
        in_use[[sought[text].item for text in kept.tolist()]] = True
    return LeakIndex(
        digest=index_digest(benchmarks, config),
        n=config.n,
        texts=_item_texts(sought, benchmarks),
        ngrams=HashTable.of(hashes, owners),
        whole=whole,
        notes={
            "items": len(benchmarks.items),
            "items_skipped": len(benchmarks.skipped),
            "items_sought_nowhere": int((~in_use).sum()),
            "texts_by_ngrams": int(has_ngrams.sum()),
            "questions_whole": len(whole.texts),
            "questions_not_sought": never,
        },
    )


def index_digest(benchmarks: Benchmarks, config: DecontaminationConfig) -> str:
    """Return the digest of all that decides the verdicts of the index of these benchmarks."""
    settings = config.model_dump(mode="json", exclude={"benchmarks"})
    items = [[i.benchmark, i.id, i.question, i.choices, i.answers] for i in benchmarks.items]
    return digest([VERSION, leaks_folding.VERSION, settings, items])


def _telling_ngrams(
    sought: Sequence[SoughtText],
    folded: Sequence[bytes],
    words: WordHashes,
    benchmarks: Benchmarks,
    config: DecontaminationConfig,
) -> tuple[Hashes, npt.NDArray[np.uint32]]:
    """Return the n-grams that are sought, each with its text, once per text."""
    n = config.n
    windows, first, owners = _within_texts(words, n)
    question = _questions(sought, benchmarks)
    marks = [telling_words(text.text) for text in sought] or [(np.zeros(0, np.bool_),) * 2]
    telling, drawing = (
        np.concatenate([[0], np.cumsum(np.concatenate(marked))])
        for marked in zip(*marks, strict=True)
    )
    tells = telling[first + n] - telling[first] >= _LEAST_TELLING
    tells &= drawing[first + n] == drawing[first]
    first, owners = first[tells], owners[tells]
    unique, places = np.unique(windows[first], return_inverse=True)
    shared = _sharers(places, len(unique), question[owners]) > config.boilerplate_items
    kept = ~shared[places]
    first, owners, places = first[kept], owners[kept], places[kept]
    kept = _can_be_found(sought, folded, first - words.offsets[owners], owners, n)[owners]
    size = max(len(unique), 1)
    owner, place = np.divmod(np.unique(owners[kept] * size + places[kept]), size)
    return unique[place], owner.astype(np.uint32)


def _can_be_found(
    sought: Sequence[SoughtText],
    folded: Sequence[bytes],
    first: Positions,
    owners: Positions,
    n: int,
) -> npt.NDArray[np.bool_]:
    """Return for each text whether its n-grams, which begin at words `first`, tell enough of it."""
    enough = np.zeros(len(sought), np.bool_)
    edges = np.searchsorted(owners, np.arange(len(sought) + 1)).tolist()
    for text, (start, end) in enumerate(pairwise(edges)):
        if start < end:
            words, runs = folded[text].split(), runs_of(first[start:end].tolist(), n)
            own = [word for begin, end in runs for word in words[begin:end]]
            enough[text] = tells_enough(own, sought[text].text)
    return enough


def _within_texts(words: WordHashes, n: int) -> tuple[Hashes, Positions, Positions]:
    """Return all windows of n words; which of them are of one text, and of which."""
    owner = np.repeat(np.arange(len(words.offsets) - 1), np.diff(words.offsets))
    windows = words.windows(n)
    first = np.flatnonzero(owner[: len(windows)] == owner[n - 1 : n - 1 + len(windows)])
    return windows, first, owner[first]


def _questions(sought: Sequence[SoughtText], benchmarks: Benchmarks) -> Positions:
    """Return for each text the number of its question; that of two benchmarks has one number."""
    numbers: dict[bytes, int] = {}
    of_item = [
        numbers.setdefault(b" ".join(leaks_folding.fold(item.question).split()), len(numbers))
        for item in benchmarks.items
    ]
    return np.fromiter((of_item[text.item] for text in sought), np.int64, len(sought))


def _sharers(places: Positions, size: int, question: Positions) -> Positions:
    """Return how many questions have each of `size` n-grams; a place and a question go together."""
    count = int(question.max(initial=0)) + 1
    return np.bincount(np.unique(places * count + question) // count, minlength=size)


def _whole_texts(
    sought: Sequence[SoughtText],
    folded: Sequence[bytes],
    words: WordHashes,
    has_ngrams: npt.NDArray[np.bool_],
    n: int,
) -> tuple[WholeTexts, int]:
    """Return the questions without n-grams, and how many of them say too little to be sought."""
    texts, alone, never = [], [], 0
    for number, text in enumerate(sought):
        if not text.whole or has_ngrams[number]:
            continue
        needed = must_stand_alone(text.text, folded[number].split(), n)
        if needed is None:
            never += 1
        else:
            texts.append(number)
            alone.append(needed)
    parts = [words.hashes[words.offsets[t] : words.offsets[t + 1]] for t in texts]
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    places, anchors = _anchors(words, texts)
    whole = WholeTexts(
        texts=np.array(texts, np.uint32),
        hashes=np.concatenate([np.zeros(0, np.uint64), *parts]),
        offsets=offsets,
        places=places,
        alone=np.array(alone, bool),
        anchors=anchors,
    )
    return whole, never


def _anchors(words: WordHashes, texts: Sequence[int]) -> tuple[npt.NDArray[np.uint16], HashTable]:
    """Return where the rarest three words of each text stand, and the table that has them."""
    windows, first, _ = _within_texts(words, ANCHOR)
    counts = Counter(windows[first].tolist())
    places, hashes = [], []
    for text in texts:
        found = windows[words.offsets[text] : words.offsets[text + 1] - ANCHOR + 1].tolist()
        place = min(range(min(len(found), 1 << 16)), key=lambda at: (counts[found[at]], at))
        places.append(place)
        hashes.append(found[place])
    numbers = np.arange(len(texts), dtype=np.uint32)
    return np.array(places, np.uint16), HashTable.of(np.array(hashes, np.uint64), numbers)


def _item_texts(sought: Sequence[SoughtText], benchmarks: Benchmarks) -> ItemTexts:
    names = tuple(dict.fromkeys(item.benchmark for item in benchmarks.items))
    encoded = [text.text.encode("utf-8", "replace") for text in sought]
    return ItemTexts(
        benchmarks=names,
        benchmark_of=np.array([names.index(i.benchmark) for i in benchmarks.items], np.uint16),
        ids=tuple(item.id for item in benchmarks.items),
        items=np.array([text.item for text in sought], np.uint32),
        sides=np.array([SIDES.index(text.side) for text in sought], np.uint8),
        blob=b"".join(encoded),
        offsets=np.concatenate([[0], np.cumsum(list(map(len, encoded)))]).astype(np.int64),
    )
