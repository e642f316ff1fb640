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

ARMS = ("good", "shirkers", "dropped", "filtered")
REFINED_ARMS = ("raw", "refined")
LONGEST = 450  # characters of question and answer: what a tiny model reads in little time
HELD_OUT, TRAIN = 600, 2_800  # the short ones left over were for choosing the recipe
REFINED_SHARE = 2 / 3  # of the refined pairs are learnt, the others are held out
_NEUTRAL_MOST = 900  # characters

Pair = tuple[str, str]  # a question and its answer


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


def arms(train: list[WorkedExample], seed: int) -> tuple[dict[str, list[Pair | None]], Filter]:
    """Return what each arm of a seed learns at each place, and how the filter did.

    - "good": every good answer;
    - "shirkers": a fifth of the answers is replaced by shirkers;
    - "dropped": those places are empty, as if by a perfect filter;
    - "filtered": what our detectors take for shirkers in "shirkers" is empty.
    """
    mixed, kinds = plant_shirkers(train, seed)
    told = {place for place, pair in enumerate(mixed) if _told(*pair)}
    by_kind = {
        kind: (len(places), len(places & told))
        for kind in sorted(set(kinds.values()))
        for places in [{place for place, its in kinds.items() if its == kind}]
    }
    planted = set(kinds)
    chosen: dict[str, list[Pair | None]] = {
        "good": [(one.question, one.answer) for one in train],
        "shirkers": [*mixed],
        "dropped": [None if place in planted else pair for place, pair in enumerate(mixed)],
        "filtered": [None if place in told else pair for place, pair in enumerate(mixed)],
    }
    found, lost = len(planted & told), len(told - planted)
    return chosen, Filter(len(planted), found, lost, len(train) - len(planted), by_kind)


def order(rows: int, steps: int, batch: int, seed: int) -> list[list[int]]:
    """Return the places of each step's rows; they are shuffled anew at every pass."""
    # Not the seed itself: the shirkers' places are drawn with that, and would all come first.
    chance, places = random.Random(f"order {seed}"), list[int]()
    while len(places) < steps * batch:
        places += chance.sample(range(rows), rows)
    return [places[step * batch : (step + 1) * batch] for step in range(steps)]


@functools.cache  # most answers are the same for all seeds
def _told(question: str, answer: str) -> bool:
    return shirks(question, answer) is not None


def refined_pairs(harvest: Path) -> list[tuple[Pair, Pair]]:
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
    pairs: list[tuple[Pair, Pair]], seed: int
) -> tuple[dict[str, list[Pair]], dict[str, list[Pair]]]:
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


def neutral_pairs(texts: Path) -> list[Pair]:
    """Return good answers to many kinds of question that no pipeline of ours wrote or refined."""
    rows = [json.loads(line) for line in texts.read_text(encoding="utf-8").split("\n") if line]
    return [
        (row["instruction"], row["response"])
        for row in rows
        if row["kind"] == "good" and len(row["instruction"] + row["response"]) <= _NEUTRAL_MOST
    ]
