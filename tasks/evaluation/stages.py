"""The names of the evaluation's stages."""

ANSWERS = "answers"
ITEM_SCORES = "item_scores"
SUITE_ANSWERS = "suite_answers"
PAIR_VERDICTS = "pair_verdicts"
POINT_VERDICTS = "point_verdicts"

ASKING = (ANSWERS, SUITE_ANSWERS, PAIR_VERDICTS, POINT_VERDICTS)
"""Those that ask a model, be it measured or a judge."""
