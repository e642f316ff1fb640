"""Heuristics as a stage: scores of a part's candidates, computed in a worker process."""

from collections.abc import Sequence

from gleanery.infra.config import Config
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.scoring.heuristics import heuristic_scores
from gleanery.tasks.scoring.scoring_part import Scored, Scorer
from gleanery.tasks.scoring.stages import HEURISTICS

VERSION = 4


class HeuristicsConfig(Config):
    """Nothing to choose: thresholds on these scores are the release's."""


def heuristics_scorer() -> Scorer:
    """Return the scorer that asks no model."""
    return Scorer(HEURISTICS, VERSION, HeuristicsConfig(), score_heuristics)


def score_heuristics(candidates: Sequence[Candidate], config: HeuristicsConfig) -> Scored:
    """Return the scores of all candidates."""
    return Scored([score for candidate in candidates for score in heuristic_scores(candidate)])
