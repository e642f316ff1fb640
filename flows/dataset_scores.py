"""The scores that a dataset's rows can have, known from its configuration before any work."""

from collections.abc import Collection, Mapping

from gleanery.flows.dataset_config import DatasetConfig
from gleanery.tasks.scoring.agreement import AGREEMENT_SCORER, AGREEMENT_SCORES
from gleanery.tasks.scoring.heuristics import CHECKS, HEURISTICS_SCORER, QUALITY
from gleanery.tasks.scoring.judge_prompt import CRITERIA
from gleanery.tasks.scoring.judge_scores import JUDGE_SCORER, judge_scorer

# What examples are made with, a method's own scores. Those about single skills are in the lineage.
_MADE_WITH: Mapping[str, Collection[str]] = {
    "taxonomy": ("agreement",),
    "skills": ("verified", "exercises", "answers"),
}


def known_scores(config: DatasetConfig) -> Mapping[str, Collection[str]]:
    """Return who scores the rows of this dataset, with the names of what each scores.

    An empty collection stands for any name. Several judges are each a scorer of their own, beside
    the one that has their means. Pages come with no scores, so that a harvest is none.
    """
    known: dict[str, Collection[str]] = {
        HEURISTICS_SCORER: (*CHECKS, QUALITY),
        AGREEMENT_SCORER: AGREEMENT_SCORES,
    }
    if config.judges:
        known[JUDGE_SCORER] = CRITERIA
    if len(config.judges) > 1:
        known |= {judge_scorer(judge.identity): CRITERIA for judge in config.judges}
    methods = {source.method for source in config.sources}
    return known | {name: names for name, names in _MADE_WITH.items() if name in methods}
