"""The names of the evaluation's stages."""

ANSWERS = "answers"
ITEM_SCORES = "item_scores"
