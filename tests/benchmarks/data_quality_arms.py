"""What the models of `data_quality.py` learn and are measured on."""

import functools
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from data_quality_shirkers import plant_shirkers
from training_examples import WorkedExample, read_gsm8k

from gleanery.tasks.shirking import shirks

ARMS = ("good", "shirkers", "filtered")
REFINED_ARMS = ("raw", "refined")
LONGEST = 450  # characters of question and answer: what a tiny model reads in little time
TRAIN, HELD_OUT = 3_008, 600
REFINED_SHARE = 2 / 3  # of the refined pairs are learnt, the others are held out
_NEUTRAL_MOST = 900  # characters

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Filter:
    """What the product's detectors make of planted shirkers: how many there are, and are told.

    `by_kind` has planted and found of each kind; `lost` are good answers that are taken for bad.
    """

    planted: int
    found: int
    lost: int
    good: int
    by_kind: Mapping[str, tuple[int, int]]

    @property
    def recall(self) -> float:
        """The share of the shirkers that is told."""
        return self.found / self.planted

    @property
    def precision(self) -> float:
        """The share of shirkers in what is told to be one."""
        return self.found / max(1, self.found + self.lost)


def split_examples(data: Path) -> tuple[list[WorkedExample], list[WorkedExample]]:
    """Return the examples to learn and the held-out ones: GSM8K's short ones, shuffled once."""
    short = [one for one in read_gsm8k(data) if len(one.question) + len(one.answer) <= LONGEST]
    random.Random(0).shuffle(short)
    return short[HELD_OUT : HELD_OUT + TRAIN], short[:HELD_OUT]


def arms(train: list[WorkedExample], seed: int) -> tuple[dict[str, Pairs], Filter]:
    """Return what each arm of a seed learns, and how the filter did.

    - "good": every good answer;
    - "shirkers": a fifth of the answers is replaced by shirkers;
    - "filtered": what our detectors take for shirkers left out of "shirkers".
    """
    good = [(one.question, one.answer) for one in train]
    mixed, kinds = plant_shirkers(train, seed)
    told = {place for place, pair in enumerate(mixed) if _told(*pair)}
    by_kind = {
        kind: (len(places), len(places & told))
        for kind in sorted(set(kinds.values()))
        for places in [{place for place, its in kinds.items() if its == kind}]
    }
    planted = set(kinds)
    chosen = {
        "good": good,
        "shirkers": mixed,
        "filtered": [pair for place, pair in enumerate(mixed) if place not in told],
    }
    found, lost = len(planted & told), len(told - planted)
    return chosen, Filter(len(planted), found, lost, len(good) - len(planted), by_kind)


@functools.cache  # most answers are the same for all seeds
def _told(question: str, answer: str) -> bool:
    return shirks(question, answer) is not None


def refined_pairs(harvest: Path) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Return each raw pair of a harvest with its refined version, unchanged ones left out.

    `harvest` is the folder of the harvest's store. Raises `FileNotFoundError` where there is none.
    """
    files = sorted(harvest.glob("parts/refine/*/data-*.parquet"))
    if not files:
        raise FileNotFoundError(
            f"no refined pairs below {harvest}: run `GLEANERY_ROOT={harvest.parent} gleanery run "
            "deployments/quickstart/harvest.yaml`"
        )
    rows = sorted(
        (row for file in files for row in pq.read_table(file).to_pylist()),
        key=lambda row: str(row["id"]),
    )
    return [
        ((row["original_question"], row["original_answer"]), (row["question"], row["answer"]))
        for row in rows
        if row["outcome"] != "unchanged"
    ]


def split_refined(
    pairs: list[tuple[tuple[str, str], tuple[str, str]]], seed: int
) -> tuple[dict[str, Pairs], dict[str, Pairs]]:
    """Return what the two arms of a seed learn, and what is held out: the same pairs, both ways."""
    places = list(range(len(pairs)))
    random.Random(seed).shuffle(places)
    learnt = places[: round(REFINED_SHARE * len(pairs))]
    held_out = places[len(learnt) :]
    sides = dict(enumerate(REFINED_ARMS))
    return (
        {arm: [pairs[place][side] for place in learnt] for side, arm in sides.items()},
        {arm: [pairs[place][side] for place in held_out] for side, arm in sides.items()},
    )


def neutral_pairs(texts: Path) -> Pairs:
    """Return good answers to many kinds of question that no pipeline of ours wrote or refined."""
    rows = [json.loads(line) for line in texts.read_text(encoding="utf-8").split("\n") if line]
    return [
        (row["instruction"], row["response"])
        for row in rows
        if row["kind"] == "good" and len(row["instruction"] + row["response"]) <= _NEUTRAL_MOST
    ]
