"""Which words tell that a text declines, talks of itself, says nothing, or says it in many words?

A logistic regression per kind over the words and pairs of words of a text. The weights come from
texts that a large language model wrote for the purpose and from answers that people gave
(`tests/tasks/train_shirking.py`), and serve English.
"""

import functools
import itertools
import re
from pathlib import Path

from gleanery.tasks.linear_model import LinearModel
from gleanery.tasks.shirking_prose import plain_prose

WEIGHTS = Path(__file__).with_name("shirking_weights.json")
_FEWEST_PROSE = 40  # words under which a text is brief and not empty
_VOICE = 1.0  # log-odds by which a text has to tell more where somebody speaks in it
_LONGEST_REFUSAL = 260  # words over which a text answers, whatever it says besides
_TOKEN = re.compile(r"[a-z']+|\d+|[^\sa-z\d]")


def refusal(text: str, has_voice: bool = False) -> str | None:
    """Return the words by which a text declines to do what was asked.

    Here and below, somebody who speaks (`has_voice`: a letter, a speech) may decline and thank.
    """
    if text.count(" ") >= _LONGEST_REFUSAL:
        return None
    return _told("refusal", text, _VOICE if has_voice else 0.0)


def meta_talk(text: str, has_voice: bool = False) -> str | None:
    """Return the words by which a text speaks of task, answer and writer, not of the subject."""
    return _told("meta_talk", text, _VOICE if has_voice else 0.0)


def vagueness(text: str) -> str | None:
    """Return the words of advice that would fit any question of its sort."""
    return _told("vagueness", text) if text.count(" ") >= _FEWEST_PROSE else None


def filler(text: str) -> str | None:
    """Return the words that turn a thought over and over."""
    return _told("filler", text) if text.count(" ") >= _FEWEST_PROSE else None


def _told(kind: str, text: str, least: float = 0.0) -> str | None:
    model, phrases = models()[kind], phrases_of(plain_prose(text))
    if model.score_by_length(phrases) <= least:
        return None
    return ", ".join(f"“{phrase}”" for phrase in model.telling(phrases))


@functools.cache
def models() -> dict[str, LinearModel]:
    """Return the models by the reason that they tell."""
    return LinearModel.read_all(WEIGHTS)


def tokens(prose: str) -> list[str]:
    """Return words and marks in their order; every number is "0"."""
    return ["0" if token[0].isdigit() else token for token in _TOKEN.findall(prose)]


@functools.lru_cache(maxsize=8)  # several models in a row look at the same text
def phrases_of(prose: str) -> frozenset[str]:
    """Return the words and the pairs of neighbouring words of what `plain_prose` returns."""
    words = tokens(prose)
    return frozenset([*words, *map(" ".join, itertools.pairwise(words))])
