"""The scores that a dataset's rows can have, known from its configuration alone."""

from collections.abc import Mapping

from gleanery.flows.dataset_config import DatasetConfig
from gleanery.tasks.scoring.agreement import AGREEMENT_SCORER
from gleanery.tasks.scoring.heuristics import HEURISTICS_SCORER
from gleanery.tasks.scoring.judge_scores import JUDGE_SCORER, judge_scorer
from gleanery.tasks.scoring.score_meanings import (
    AGREEMENT_MEANINGS,
    HEURISTICS_MEANINGS,
    JUDGE_MEANINGS,
    METHOD_MEANINGS,
)


def known_scores(config: DatasetConfig) -> Mapping[str, Mapping[str, str]]:
    """Return who scores the rows of this dataset, with what each scores and what that says.

    Several judges are each a scorer of their own, beside the one that has their means. Pages come
    with no scores, so that a harvest is none.
    """
    known = {HEURISTICS_SCORER: HEURISTICS_MEANINGS, AGREEMENT_SCORER: AGREEMENT_MEANINGS}
    if config.judges:
        known[JUDGE_SCORER] = JUDGE_MEANINGS
    if len(config.judges) > 1:
        known |= {judge_scorer(judge.identity): JUDGE_MEANINGS for judge in config.judges}
    methods = {source.method for source in config.sources}
    return known | {name: says for name, says in METHOD_MEANINGS.items() if name in methods}
