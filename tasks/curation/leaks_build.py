"""The index of leaks, built from the items of benchmarks."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gleanery.infra.digests import digest
from gleanery.tasks.curation import leaks_folding
from gleanery.tasks.curation.benchmark_config import DecontaminationConfig
from gleanery.tasks.curation.benchmark_items import Benchmarks
from gleanery.tasks.curation.leaks_index import (
    ANCHOR,
    ENOUGH_WORDS,
    SIDES,
    STRONG,
    HashTable,
    ItemTexts,
    LeakIndex,
    WholeTexts,
)
from gleanery.tasks.curation.leaks_telling import are_telling
from gleanery.tasks.curation.leaks_texts import SoughtText, sought_texts
from gleanery.tasks.curation.leaks_whole import must_stand_alone
from gleanery.tasks.ngram_hashes import Hashes, WordHashes, word_hashes

VERSION = 2
_LEAST_TELLING = 2  # of the words of an n-gram of 13; shorter ones must tell more, or be joined

Positions = npt.NDArray[np.int64]


def build_index(benchmarks: Benchmarks, config: DecontaminationConfig) -> LeakIndex:
    """Return the index of all benchmark items.

    An n-gram counts if it has words that tell of a subject, and if few items of a benchmark share
    it; a question that has no such n-gram is sought whole. `notes` says how many texts are sought
    how, and how many questions cannot be sought at all.
    """
    sought = list(sought_texts(benchmarks.items, config.sides, config.n))
    folded = [leaks_folding.fold(text.text) for text in sought]
    words = word_hashes(folded)
    hashes, owners = _telling_ngrams(sought, folded, words, benchmarks, config)
    has_ngrams = np.zeros(len(sought), bool)
    has_ngrams[owners[owners >= STRONG] - STRONG] = True
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
    """Return the n-grams that are sought, each with its text (and `STRONG`), once per text."""
    n = config.n
    windows, first, owners = _within_texts(words, n)
    telling = [are_telling(text.split()) for text in folded]
    counts = np.concatenate([[0], np.cumsum(np.concatenate([np.zeros(0, bool), *telling]))])
    tell = counts[first + n] - counts[first]
    tells = tell >= _LEAST_TELLING
    strong = tell[tells] >= _LEAST_TELLING + max(ENOUGH_WORDS - n, 0)
    hashes, owners = windows[first[tells]], owners[tells]
    unique, places = np.unique(hashes, return_inverse=True)
    shared = _boilerplate(places, len(unique), owners, sought, benchmarks, config)
    kept = ~shared[places]
    values = owners[kept] + STRONG * strong[kept]
    value, place = np.divmod(
        np.unique(values * max(len(unique), 1) + places[kept]), max(len(unique), 1)
    )
    return unique[place], value.astype(np.uint32)


def _within_texts(words: WordHashes, n: int) -> tuple[Hashes, Positions, Positions]:
    """Return all windows of n words; which of them are of one text, and of which."""
    owner = np.repeat(np.arange(len(words.offsets) - 1), np.diff(words.offsets))
    windows = words.windows(n)
    first = np.flatnonzero(owner[: len(windows)] == owner[n - 1 : n - 1 + len(windows)])
    return windows, first, owner[first]


def _boilerplate(
    places: Positions,
    size: int,
    owners: Positions,
    sought: Sequence[SoughtText],
    benchmarks: Benchmarks,
    config: DecontaminationConfig,
) -> npt.NDArray[np.bool_]:
    """Return for each n-gram whether more items of a benchmark share it than may.

    Items whose question is the same count as one.
    """
    names: dict[str, int] = {}
    questions: dict[tuple[str, str], int] = {}
    of_item = np.zeros((2, len(benchmarks.items)), np.int64)
    for number, item in enumerate(benchmarks.items):
        of_item[0, number] = names.setdefault(item.benchmark, len(names))
        key = (item.benchmark, item.question)
        of_item[1, number] = questions.setdefault(key, len(questions))
    item_of = np.fromiter((text.item for text in sought), np.int64, len(sought))
    benchmark, question = of_item[:, item_of[owners]]
    shared = np.zeros(size, bool)
    for number in range(len(names)):
        own = benchmark == number
        pairs = np.unique(places[own] * len(questions) + question[own])
        sharers = np.bincount(pairs // max(len(questions), 1), minlength=size)
        shared |= sharers > config.boilerplate_items
    return shared


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
