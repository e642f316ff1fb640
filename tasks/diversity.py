"""How diverse texts are: in how they begin, in their words, and in what they are about."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks.diversity_cosines import (
    TFIDF,
    Cosines,
    Embedder,
    Spread,
    embedded_cosines,
    measure_spread,
    tfidf_cosines,
    word_rarity,
)
from gleanery.tasks.diversity_words import (
    Openings,
    Runs,
    count_words,
    measure_openings,
    measure_runs,
)
from gleanery.tasks.records import Record
from gleanery.tasks.seeded import draw, key


class DiversityConfig(Config):
    """How much is measured; all that is drawn follows the seed."""

    seed: int = Field(0, ge=0, lt=2**63, description="Another seed draws other subsamples.")
    texts: int = Field(
        2000, ge=2, le=100_000, description="Texts of each group that are compared, at most."
    )
    least_texts: int = Field(
        10, ge=2, le=100_000, description="A group with fewer texts is left out of a comparison."
    )
    opening_words: int = Field(4, ge=1, le=50, description="Words that make an opening.")
    words: int = Field(
        20_000, ge=100, le=1_000_000, description="Words in which runs of words are counted."
    )
    subsamples: int = Field(
        5, ge=1, le=100, description="Subsamples of so many words that are averaged."
    )
    pairwise: int = Field(
        500,
        ge=2,
        le=4000,
        description="Texts of each group that are compared two by two, at most.",
    )


DEFAULT = DiversityConfig()


class Diversity(Record):
    """What was measured of some texts; `None` where there are too few of them."""

    texts: int
    openings: Openings | None
    runs: Runs | None
    spread: Spread | None


class GroupDiversity(Record):
    """A group of a comparison: `texts` it has in all, and what its sample shows."""

    group: str
    texts: int
    diversity: Diversity | None


def measure_diversity(
    texts: Sequence[str], config: DiversityConfig = DEFAULT, embedder: Embedder | None = None
) -> Diversity:
    """Return the diversity of some texts. The same texts in the same order give the same.

    Openings are counted over all of them, runs of words in subsamples of `config.words` words,
    and `config.pairwise` texts compared two by two: a hundred thousand texts take seconds.
    """
    (cosines,) = _cosines([texts], config, embedder)
    return _measure(texts, config, config.words, cosines, embedder.name if embedder else TFIDF)


def compare_diversity(
    groups: Mapping[str, Sequence[str]],
    config: DiversityConfig = DEFAULT,
    embedder: Embedder | None = None,
) -> list[GroupDiversity]:
    """Return the diversity of each group, measured in samples of equal size.

    Of each group, the first texts are taken: as many as the smallest group has, and at most
    `config.texts`; so give them in random order. Words, too, are equally many: at most half of
    what the group with the fewest has, or its subsamples would be all the same. Groups below
    `config.least_texts` are listed, not measured.
    """
    measured = {name: texts for name, texts in groups.items() if len(texts) >= config.least_texts}
    size = min([config.texts, *map(len, measured.values())])
    samples = {name: texts[:size] for name, texts in measured.items()}
    words = min([config.words, *(count_words(s, 2 * config.words) // 2 for s in samples.values())])
    cosines = _cosines(list(samples.values()), config, embedder)
    found = {
        name: _measure(sample, config, words, between, embedder.name if embedder else TFIDF)
        for (name, sample), between in zip(samples.items(), cosines, strict=True)
    }
    return [
        GroupDiversity(group=name, texts=len(texts), diversity=found.get(name))
        for name, texts in groups.items()
    ]


def _cosines(
    samples: Sequence[Sequence[str]], config: DiversityConfig, embedder: Embedder | None
) -> Iterator[Cosines]:
    """Yield the cosines within each sample; all samples together say how rare a word is."""
    drawn = [_drawn(sample, config) for sample in samples]
    if embedder:
        for texts in drawn:
            written = [text for text in texts if text.strip()]  # a blank text has no embedding
            yield embedded_cosines(embedder.embed(written)) if written else np.zeros((0, 0))
        return
    rarity = word_rarity(chain.from_iterable(drawn))
    for texts in drawn:
        yield tfidf_cosines(texts, rarity)


def _drawn(texts: Sequence[str], config: DiversityConfig) -> list[str]:
    order = np.argsort(draw(key("pairwise", config.seed), np.arange(len(texts))), kind="stable")
    return [texts[place] for place in order[: config.pairwise].tolist()]


def _measure(
    texts: Sequence[str], config: DiversityConfig, words: int, cosines: Cosines, vectors: str
) -> Diversity:
    return Diversity(
        texts=len(texts),
        openings=measure_openings(texts, config.opening_words),
        runs=measure_runs(texts, words, key("runs", config.seed), config.subsamples),
        spread=measure_spread(cosines, vectors),
    )
