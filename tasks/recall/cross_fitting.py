"""Training the classifier so that each example is also scored by a model that never saw its site.

The second stage must weigh fastText by how well it does on sites it does not know, and so must
the threshold be chosen. Both use the same scores: the sites are dealt into parts, and each part
is read by a model trained on the others. The classifier that is kept has seen all examples.
"""

import heapq
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gleanery.tasks.recall.classifier import (
    BIAS,
    WORDS,
    Classifier,
    ClassifierConfig,
    ClassifierError,
    log_odds,
    logistic,
    normalise,
    read_part,
)
from gleanery.tasks.recall.fasttext_model import (
    open_model,
    positive_probability,
    scaled_bucket,
    train_fasttext,
)
from gleanery.tasks.recall.features import FEATURES, structure
from gleanery.tasks.recall.logistic import Floats, fit_logistic
from gleanery.tasks.recall.thresholds import ScoredPage

_PAPER_EXAMPLES = 100_000
_LEAST_VISITS = 20_000  # examples times passes; with fewer, the words hardly move

LabelledText = tuple[str, bool, str]  # title and text, whether it is positive, its site


@dataclass(frozen=True)
class CrossFit:
    """A classifier trained on all examples, and the examples scored without their own sites."""

    classifier: Classifier
    scores: list[ScoredPage]


def cross_fit(examples: Iterable[LabelledText], config: ClassifierConfig) -> CrossFit:
    """Return a classifier for these examples, and honest scores to choose its threshold on.

    fastText is trained `config.folds` + 1 times. Sites weigh by the square root of their number
    of examples, positives as much as negatives. The same examples give the same bytes. Raises
    `ClassifierError` when positives or negatives come from fewer than two sites.
    """
    kept = _at_most_per_site(examples, config)
    folds = _deal_sites(kept, config.folds)
    pages = [read_part(text, config.max_characters).lower() for text, _, _ in kept]
    lines = [
        (label, normalise(page, config.word_characters))
        for page, (_, label, _) in zip(pages, kept, strict=True)
    ]
    words = _unseen_log_odds(lines, folds, config)
    rows = np.column_stack([words, [structure(page) for page in pages]])
    labels = np.array([label for _, label, _ in kept], dtype=float)
    signs = np.array([1.0, *(sign for _, sign in FEATURES)])
    coefficients, bias = fit_logistic(rows, labels, _weights(kept), signs, config.ridge)
    names = [WORDS, *(name for name, _ in FEATURES)]
    weights = {BIAS: bias, **dict(zip(names, map(float, coefficients), strict=True))}
    scores = [
        ScoredPage(score=logistic(float(total)), positive=label, site=site)
        for total, (_, label, site) in zip(rows @ coefficients + bias, kept, strict=True)
    ]
    return CrossFit(Classifier(_train(lines, config), weights, config), scores)


def _at_most_per_site(
    examples: Iterable[LabelledText], config: ClassifierConfig
) -> list[LabelledText]:
    """Return the examples in a random but fixed order, none of a site beyond the allowed number."""
    shuffled = list(examples)
    random.Random(config.seed).shuffle(shuffled)
    taken: defaultdict[tuple[bool, str], int] = defaultdict(int)
    kept = []
    for example in shuffled:
        taken[example[1:]] += 1
        if taken[example[1:]] <= config.pages_per_site:
            kept.append(example)
    return kept


def _deal_sites(examples: Sequence[LabelledText], folds: int) -> list[int]:
    """Return each example's part: whole sites, the largest first, to the smallest part so far."""
    counts: defaultdict[bool, dict[str, int]] = defaultdict(dict)
    for _, label, site in examples:
        counts[label][site] = counts[label].get(site, 0) + 1
    for label, kind in ((True, "positive"), (False, "negative")):
        if len(counts[label]) < 2:
            raise ClassifierError(
                f"the {kind} examples come from {len(counts[label])} sites, at least 2 are needed: "
                "add examples, or give each its own site if they do not belong together"
            )
    dealt: dict[str, int] = {}
    for label in (True, False):  # positives first: they are fewer, and must be in every training
        sizes = [(0, part) for part in range(folds)]
        for site, count in sorted(counts[label].items(), key=lambda item: (-item[1], item[0])):
            if site not in dealt:
                size, dealt[site] = heapq.heappop(sizes)
                heapq.heappush(sizes, (size + count, dealt[site]))
    return [dealt[site] for _, _, site in examples]


def _unseen_log_odds(
    lines: Sequence[tuple[bool, str]], folds: Sequence[int], config: ClassifierConfig
) -> Floats:
    """Return fastText's log-odds for each line, by a model trained on the other parts only."""
    found = np.zeros(len(lines))
    for part in sorted(set(folds)):
        others = [line for line, fold in zip(lines, folds, strict=True) if fold != part]
        model = open_model(_train(others, config))
        for position, ((_, line), fold) in enumerate(zip(lines, folds, strict=True)):
            if fold == part:
                found[position] = log_odds(positive_probability(model, line))
    return found


def _train(lines: Sequence[tuple[bool, str]], config: ClassifierConfig) -> bytes:
    small = len(lines) < _PAPER_EXAMPLES
    passes = min(50, max(5, _LEAST_VISITS // len(lines))) if small else 3
    return train_fasttext(
        lines,
        dim=config.dim,
        epoch=config.epoch or passes,
        lr=config.lr or (0.5 if small else 0.1),
        word_ngrams=config.word_ngrams,
        min_count=config.min_count,
        bucket=config.bucket or scaled_bucket(lines),
        seed=config.seed,
    )


def _weights(examples: Sequence[LabelledText]) -> Floats:
    """Return how much each example counts: a site by the root of its size, both labels the same."""
    sizes: defaultdict[tuple[bool, str], int] = defaultdict(int)
    for _, label, site in examples:
        sizes[label, site] += 1
    weights = np.array([sizes[label, site] ** -0.5 for _, label, site in examples])
    positive = np.array([label for _, label, _ in examples])
    weights[positive] /= weights[positive].sum()
    weights[~positive] /= weights[~positive].sum()
    return weights
