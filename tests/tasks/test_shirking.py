"""Seven ways to shirk, told from good answers.

The texts are those of a large language model that had never seen the detectors: each writer wrote
50 good answers to instructions of his own and 13 that shirk in each of seven ways. The held-out
ones come from writers whose texts were never learned from nor looked at, and are scored only.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from gleanery.tasks import answer_checks
from gleanery.tasks.shirking import shirks
from gleanery.tasks.shirking_asked import asks_for_voice
from gleanery.tasks.shirking_brevity import brevity
from gleanery.tasks.shirking_cut_off import cut_off, unfinished
from gleanery.tasks.shirking_revision_leak import revision_leak
from gleanery.tasks.shirking_words import filler, meta_talk, refusal, vagueness

HERE = Path(__file__).parent
Detector = Callable[[str, str], object]
DETECTORS: dict[str, Detector] = {
    "brevity": brevity,
    "vagueness": lambda asked, text: vagueness(text),
    "filler": lambda asked, text: filler(text),
    "meta_talk": lambda asked, text: meta_talk(text, asks_for_voice(asked)),
    "refusal": lambda asked, text: (
        (not asks_for_voice(asked) and answer_checks.refusal(text))
        or refusal(text, asks_for_voice(asked))
    ),
    "revision_leak": revision_leak,
    "cut_off": lambda asked, text: cut_off(text) or unfinished(asked, text),
}
SHARE = 0.2  # of the answers that shirk in one way


@dataclass(frozen=True)
class Told:
    """How well something is told where it makes a fifth of the answers."""

    recall: float
    false_alarms: float

    @property
    def precision(self) -> float:
        right = SHARE * self.recall
        return right / (right + (1 - SHARE) * self.false_alarms)

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}, recall {self.recall:.3f}, F1 {self.f1:.3f}"


@cache
def held_out() -> dict[str, list[tuple[str, str]]]:
    """Return instructions and responses by kind."""
    texts: dict[str, list[tuple[str, str]]] = {}
    with (HERE / "shirking_texts_held_out.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            texts.setdefault(row["kind"], []).append((row["instruction"], row["response"]))
    return texts


def told(detector: Detector, bad: list[tuple[str, str]]) -> Told:
    good = held_out()["good"]
    return Told(
        recall=sum(bool(detector(*text)) for text in bad) / len(bad),
        false_alarms=sum(bool(detector(*text)) for text in good) / len(good),
    )


def test_held_out_writers_gave_good_answers_and_each_way_to_shirk() -> None:
    counts = {kind: len(texts) for kind, texts in held_out().items()}
    assert counts == {"good": 150} | dict.fromkeys(DETECTORS, 39)


@pytest.mark.parametrize("kind", DETECTORS)
def test_each_way_to_shirk_is_told_from_good_answers_of_unknown_writers(kind: str) -> None:
    found = told(DETECTORS[kind], held_out()[kind])
    print(f"{kind}: {found}")
    assert found.f1 >= 0.9


def test_all_ways_together_are_told_by_all_detectors_together() -> None:
    bad = [text for kind in DETECTORS for text in held_out()[kind]]
    found = told(shirks, bad)
    print(f"all: {found}, false alarms {found.false_alarms:.3f}")
    assert found.recall >= 0.9
    assert found.false_alarms <= 0.05
