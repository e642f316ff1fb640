"""Agreement as a stage: the versions of each question of a part, compared in a worker process."""

from collections.abc import Sequence

from gleanery.tasks.comparing import Comparer
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.scoring.agreement import agreement_scores
from gleanery.tasks.scoring.agreement_config import AgreementConfig
from gleanery.tasks.scoring.scoring_part import Scored, Scorer
from gleanery.tasks.scoring.stages import AGREEMENT

VERSION = 3


def agreement_scorer(config: AgreementConfig) -> Scorer:
    """Return the scorer that compares versions."""
    return Scorer(AGREEMENT, VERSION, config, score_agreement)


def score_agreement(candidates: Sequence[Candidate], config: AgreementConfig) -> Scored:
    """Return the agreement of candidates; comparisons that were given up are counted in a note."""
    with Comparer(config.compute) as comparer:
        scores, losses = agreement_scores(candidates, comparer.same, config.most_versions)
    return Scored(scores, losses, {"comparisons_given_up": comparer.given_up})
