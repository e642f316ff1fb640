"""How many of the answers sampled to a question agree, as the score that their example carries."""

import re

from gleanery.tasks.records import Score

AGREEMENT = "agreement"
_SAMPLES = re.compile(r"of (\d+) answers")


def sampled_agreement(share: float, samples: int) -> Score:
    """Return the score of an answer with which this share of the samples agrees, itself too."""
    return Score(name=AGREEMENT, value=share, detail=f"of {samples} answers")


def samples_of(score: Score) -> int | None:
    """Return how many samples a score of agreement is of, or None for any other score."""
    found = _SAMPLES.fullmatch(score.detail) if score.name == AGREEMENT else None
    return int(found[1]) if found else None
