"""One round of calibration: train, choose the threshold, recall the calibration corpus.

After MAmmoTH2 (arXiv 2405.03548, section 2.1): the first round's positives are seeds, its negatives
random pages of the corpus; later rounds draw positives from the approved sites, negatives from the
others and from the corpus at large. What is recalled in a round is only used to judge sites and to
draw examples from.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.digests import digest
from gleanery.tasks.recall.classifier import Classifier, ClassifierConfig
from gleanery.tasks.recall.cross_fitting import LabelledText, cross_fit
from gleanery.tasks.recall.site_groups import key_of
from gleanery.tasks.recall.thresholds import Evaluation, ThresholdConfig, evaluate
from gleanery.tasks.records import Record


class RoundsConfig(Config):
    """How the rounds of calibration draw their examples, and when they stop."""

    rounds: int = Field(2, ge=1, le=10, description="Most rounds; the paper takes two.")
    overlap: float = Field(
        0.98,
        gt=0,
        le=1,
        description="Stop when two rounds in a row recall this share of pages in common "
        "(DeepSeekMath stopped at 0.98).",
    )
    corpus_negatives: int = Field(
        100_000, ge=0, description="Random corpus pages taken as negatives; 100K in the paper."
    )
    drawn_positives: int = Field(
        100_000, ge=0, description="Most pages drawn from approved sites after a round."
    )
    drawn_per_site: int = Field(1_000, ge=1, description="Most pages drawn from one site.")


class CalibrationPage(Record):
    """A page of the calibration corpus, as far as calibration needs it.

    `raw_view` is what a prefilter reads of it, "" if there is to be none.
    """

    id: str
    url: str
    domain: str
    title: str
    text: str
    raw_view: str


class RecalledPage(Record):
    """A page that a round has recalled."""

    id: str
    url: str
    domain: str
    title: str
    score: float


@dataclass(frozen=True)
class RoundResult:
    """What one round has trained, measured and recalled."""

    classifier: Classifier
    evaluation: Evaluation
    recalled: list[RecalledPage]
    examples: int


def run_round(
    seeds: Sequence[LabelledText],
    pages: Sequence[CalibrationPage],
    verdicts: Mapping[str, bool],
    recalled_before: Iterable[RecalledPage],
    classifier: ClassifierConfig,
    threshold: ThresholdConfig,
    rounds: RoundsConfig,
) -> RoundResult:
    """Return a classifier trained on seeds and drawn pages, its evaluation, and what it recalls.

    `verdicts` and `recalled_before` come from the round before; in the first round they are empty.
    The threshold is chosen on scores that each example got without its own site. Raises
    `ValueError` when the examples do not suffice.
    """
    before = {page.id for page in recalled_before}
    seeded = {site for _, positive, site in seeds if positive}
    examples = [*seeds, *draw_examples(pages, verdicts, before, seeded, rounds)]
    fitted = cross_fit(examples, classifier)
    evaluation = evaluate(fitted.scores, threshold)
    scored = ((page, fitted.classifier.score(page.text, page.title)) for page in pages)
    recalled = [
        RecalledPage(
            id=page.id, url=page.url, domain=page.domain, title=page.title, score=round(score, 6)
        )
        for page, score in scored
        if score >= evaluation.threshold
    ]
    return RoundResult(fitted.classifier, evaluation, recalled, len(examples))


def draw_examples(
    pages: Sequence[CalibrationPage],
    verdicts: Mapping[str, bool],
    recalled_before: set[str],
    seeded_sites: set[str],
    config: RoundsConfig,
) -> Iterator[LabelledText]:
    """Yield examples drawn from the calibration corpus, the same ones on every machine.

    Positives are recalled pages of approved sites. Negatives are pages of refused sites, then
    random pages of the corpus that are neither on an approved site nor on one that a positive
    seed is from.
    """
    ordered = sorted(pages, key=lambda page: digest(page.id))  # a fixed random order
    keys = {page.id: key_of(page.url, page.domain, verdicts) for page in ordered}
    judged = {page.id: verdicts.get(keys[page.id] or "") for page in ordered}
    taken: dict[str, int] = {}
    positives = 0
    for page in ordered:
        site = keys[page.id] or page.domain
        fits = positives < config.drawn_positives and taken.get(site, 0) < config.drawn_per_site
        if judged[page.id] and page.id in recalled_before and fits:
            taken[site] = taken.get(site, 0) + 1
            positives += 1
            yield f"{page.title}\n{page.text}", True, page.domain
    refused_first = sorted(ordered, key=lambda page: judged[page.id] is not False)
    negatives = [
        page
        for page in refused_first
        if judged[page.id] is False or (not judged[page.id] and page.domain not in seeded_sites)
    ]
    for page in negatives[: config.corpus_negatives]:
        yield f"{page.title}\n{page.text}", False, page.domain


def overlap(before: Sequence[RecalledPage], now: Sequence[RecalledPage]) -> float:
    """Return the share of pages recalled in either round that were recalled in both."""
    first, second = {page.id for page in before}, {page.id for page in now}
    return len(first & second) / len(first | second) if first | second else 1.0
