"""Seven ways to shirk, told from good answers.

The texts are those of a large language model that had never seen the detectors: 100 good answers
and 25 that shirk in each of seven ways, twice, by two writers on other topics. The detectors were
tuned on one set; the other one was only ever scored.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from gleanery.tasks.shirking import shirks

HERE = Path(__file__).parent
KINDS = (
    "brevity",
    "vagueness",
    "filler",
    "meta_talk",
    "refusal",
    "revision_leak",
    "cut_off",
)


@dataclass(frozen=True)
class Found:
    """How well a kind, a fifth of the answers, is told from the good ones."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


@cache
def flagged(name: str) -> dict[str, list[bool]]:
    """Return which answers of each kind are flagged, whatever the reason."""
    found: dict[str, list[bool]] = defaultdict(list)
    for line in (HERE / f"shirking_texts_{name}.jsonl").read_text().splitlines():
        row = json.loads(line)
        found[row["kind"]].append(bool(shirks(row["instruction"], row["response"])))
    return found


def score(name: str, kinds: tuple[str, ...]) -> Found:
    """Return precision and recall of flagging these kinds among the good answers."""
    answers = flagged(name)
    bad = [is_flagged for kind in kinds for is_flagged in answers[kind]]
    return Found(sum(bad) / (sum(bad) + sum(answers["good"])), sum(bad) / len(bad))


def test_sets_hold_a_fifth_of_each_kind_beside_good_answers() -> None:
    for name in ("tuning", "held_out"):
        counts = {kind: len(answers) for kind, answers in flagged(name).items()}
        assert counts == {"good": 100} | dict.fromkeys(KINDS, 25)


# Unseen texts are what counts. Brevity and breaks in mid-text are the hardest to tell there: a
# short answer may be all that was asked, and a list may end without a full stop.
@pytest.mark.parametrize(
    ("kind", "least"),
    [(kind, 0.9) for kind in KINDS if kind not in ("brevity", "cut_off")]
    + [("brevity", 0.85), ("cut_off", 0.87)],
)
def test_each_kind_is_told_from_good_answers_that_the_detectors_never_saw(
    kind: str, least: float
) -> None:
    found = score("held_out", (kind,))
    print(f"{kind}: precision {found.precision:.2f}, recall {found.recall:.2f}, F1 {found.f1:.3f}")
    assert found.f1 >= least


def test_all_kinds_together_are_told_from_unseen_good_answers() -> None:
    found = score("held_out", KINDS)
    print(f"all: precision {found.precision:.2f}, recall {found.recall:.2f}, F1 {found.f1:.3f}")
    assert found.f1 >= 0.95
