"""The recall classifier: what a page says (fastText) and how it is built (a few counted features).

fitted = cross_fit(examples, ClassifierConfig())  # (text, positive, site) for each example
fitted.classifier.score(text, title)              # 0 to 1: holds questions with answers
fitted.scores                                     # each example, scored without its own site
classifier.save(path); Classifier.load(path)
Classifier.from_bytes(classifier.to_bytes())
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import orjson
from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.digests import digest_bytes
from gleanery.tasks.recall.fasttext_model import open_model, positive_probability
from gleanery.tasks.recall.features import FEATURES, structure

BIAS = "bias"
WORDS = "words"  # the log-odds that fastText gives
_MARKS = ".,!?:;()[]{}\"'/*+-=<>|#$"
_LEAST_PROBABILITY = 1e-6


class ClassifierConfig(Config):
    """How the classifier is trained and how much of a page it reads."""

    dim: int = Field(256, ge=2, le=1024, description="Size of fastText's hidden layer in training.")
    epoch: int = Field(
        0,
        ge=0,
        le=100,
        description="Passes over the examples; 0 takes the paper's 3 from 100,000 examples on, "
        "5 below, and up to 50 for fewer than 4,000.",
    )
    lr: float = Field(
        0.0,
        ge=0,
        le=5,
        description="Learning rate at the start; 0 takes the paper's 0.1 from 100,000 examples on "
        "and 0.5 below, where 0.1 hardly leaves the starting point.",
    )
    word_ngrams: int = Field(3, ge=1, le=5, description="Longest run of words used as a feature.")
    min_count: int = Field(3, ge=1, description="Words seen less often than this are ignored.")
    bucket: int = Field(
        0,
        ge=0,
        le=20_000_000,
        description="Hash buckets for word runs; 0 scales them to the training text.",
    )
    seed: int = Field(0, ge=0, description="Seed of training and of the order of examples.")
    max_characters: int = Field(
        20_000,
        ge=200,
        description="Characters of a page whose structure is read. Of a longer page the first "
        "three quarters of that and the last quarter, since exercises stand at the end.",
    )
    word_characters: int = Field(
        4_000,
        ge=200,
        description="Characters whose words are read, chosen in the same way; words cost most.",
    )
    pages_per_site: int = Field(
        400, ge=1, description="Most examples of one site and label, so that none dominates."
    )
    folds: int = Field(
        3, ge=2, le=10, description="Parts, split by site, for scoring examples unseen."
    )
    ridge: float = Field(
        0.0075, gt=0, description="Penalty on the weights of the second stage; more means flatter."
    )


class ClassifierError(ValueError):
    """The classifier cannot be trained on these examples, or its file cannot be read."""


def read_part(text: str, most: int) -> str:
    """Return the part of a page that is read: three quarters of it its beginning, one its end."""
    return text if len(text) <= most else f"{text[: most * 3 // 4]}\n{text[-(most // 4) :]}"


def normalise(lowered: str, most: int) -> str:
    """Return lower-case text as fastText reads it, in training and in scoring: one line.

    Marks become words of their own. Chained `str.replace` costs an eighth of a regular
    expression here.
    """
    line = read_part(lowered, most).replace("\n", " ").replace("\r", " ").replace("\0", " ")
    for mark in _MARKS:
        line = line.replace(mark, f" {mark} ")
    line = line.replace("__label__", "label")  # else the page could name its own label
    return line.encode("utf-8", "replace").decode()  # half a surrogate pair stops fastText


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability, kept away from infinity."""
    kept = min(max(probability, _LEAST_PROBABILITY), 1 - _LEAST_PROBABILITY)
    return math.log(kept / (1 - kept))


class Classifier:
    """A folded fastText model, and the weights that join it with a page's structure.

    `weights` holds one number for "words" (fastText's log-odds), one for each of `FEATURES` and
    the "bias": the score is the logistic function of their weighted sum.
    """

    def __init__(
        self, model: bytes, weights: Mapping[str, float], config: ClassifierConfig
    ) -> None:
        self.config = config
        self.weights = dict(weights)
        self._bytes = model
        self._model = open_model(model)
        self._bias, self._words = self.weights[BIAS], self.weights[WORDS]
        self._structure = [self.weights[name] for name, _ in FEATURES]

    def score(self, text: str, title: str = "") -> float:
        """Return how probable it is, 0 to 1, that a page holds questions with their answers.

        The scale is that of a corpus with as many such pages as others.
        """
        lowered = read_part(f"{title}\n{text}", self.config.max_characters).lower()
        line = normalise(lowered, self.config.word_characters)
        total = self._bias + self._words * log_odds(positive_probability(self._model, line))
        for weight, feature in zip(self._structure, structure(lowered), strict=True):
            total += weight * feature
        return logistic(total)

    def to_bytes(self) -> bytes:
        """Return the classifier as one archive; equal classifiers give equal bytes."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as target:
            for name, data in (
                ("config.json", self.config.model_dump_json().encode()),
                ("weights.json", orjson.dumps(self.weights, option=orjson.OPT_SORT_KEYS)),
                ("model.bin", self._bytes),
            ):
                entry = zipfile.ZipInfo(name)  # a fixed date, so that the bytes are reproducible
                entry.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(entry, data, compresslevel=1)
        return archive.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Classifier:
        """Return the classifier kept in `data`. Raises `ClassifierError` if it holds none."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                config = ClassifierConfig.model_validate_json(archive.read("config.json"))
                weights = orjson.loads(archive.read("weights.json"))
                return cls(archive.read("model.bin"), weights, config)
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise ClassifierError(f"these {len(data)} bytes hold no classifier: {error}") from error

    def save(self, path: Path) -> None:
        """Write the classifier to a local file."""
        path.write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: Path) -> Classifier:
        """Return the classifier kept in a local file."""
        return cls.from_bytes(path.read_bytes())

    @property
    def digest(self) -> str:
        """The name of exactly this classifier, for receipts and part keys."""
        return digest_bytes(self.to_bytes())


def train_classifier(
    positives: Iterable[str], negatives: Iterable[str], config: ClassifierConfig
) -> Classifier:
    """Return a classifier for texts whose sites are not known; each counts as a site of its own.

    Where sites are known `cross_fit` is better: pages of one site flatter a classifier that has
    seen another of its pages.
    """
    from gleanery.tasks.recall.cross_fitting import cross_fit  # it builds on this module

    examples = [(text, True, f"positive {number}") for number, text in enumerate(positives)]
    examples += [(text, False, f"negative {number}") for number, text in enumerate(negatives)]
    return cross_fit(examples, config).classifier


def logistic(total: float) -> float:
    """Return the logistic function of a sum of weighted features."""
    return 1 / (1 + math.exp(-min(max(total, -500.0), 500.0)))
