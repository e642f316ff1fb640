from gleanery.tasks.scoring.agreement import AGREEMENT_SCORES
from gleanery.tasks.scoring.heuristics import CHECKS, QUALITY
from gleanery.tasks.scoring.judge_prompt import CRITERIA
from gleanery.tasks.scoring.score_meanings import (
    AGREEMENT_MEANINGS,
    HEURISTICS_MEANINGS,
    JUDGE_MEANINGS,
    METHOD_MEANINGS,
)


def test_every_score_that_is_given_has_a_meaning_and_no_other() -> None:
    assert set(HEURISTICS_MEANINGS) == {*CHECKS, QUALITY}
    assert set(JUDGE_MEANINGS) == set(CRITERIA)
    assert set(AGREEMENT_MEANINGS) == set(AGREEMENT_SCORES)


def test_meanings_fit_a_cell_and_differ() -> None:
    tables = (HEURISTICS_MEANINGS, JUDGE_MEANINGS, AGREEMENT_MEANINGS, *METHOD_MEANINGS.values())
    for meanings in tables:
        assert len({*meanings.values()}) == len(meanings)
        assert all(10 < len(says) < 120 for says in meanings.values())
