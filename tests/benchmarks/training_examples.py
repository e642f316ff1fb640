"""Questions and worked answers as a release, for the benchmarks of training.

GSM8K's training split (Cobbe et al., 2021) where its file is at hand: the calculator's notes are
left out, and the result is said in a sentence. Elsewhere made-up sums of the same length.
"""

import json
import random
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks" / "release"))

from released_candidates import REPORT, candidate

from gleanery.infra.storage import Store
from gleanery.tasks.records import ChatMessage
from gleanery.tasks.release.card_facts import CardFacts
from gleanery.tasks.release.curation_facts import CurationFacts
from gleanery.tasks.release.publish import ReleaseFacts, publish
from gleanery.tasks.release.rows import released_row
from gleanery.tasks.release.rows_shards import ReleaseShards, ShardLimits

_CALCULATOR = re.compile(r"<<[^>]*>>")


class WorkedExample(NamedTuple):
    """A question, its answer with the way there, and the result alone."""

    question: str
    answer: str
    result: str


def read_gsm8k(data: Path) -> list[WorkedExample]:
    """Return GSM8K's training split, in the file's order."""
    with (data / "benchmarks" / "gsm8k_train.jsonl").open(encoding="utf-8") as lines:
        return [_worked(json.loads(line)) for line in lines]


def _worked(row: dict[str, str]) -> WorkedExample:
    steps = _CALCULATOR.sub("", row["solution"]).split("####")[0].strip()
    return WorkedExample(row["question"], f"{steps}\nThe answer is {row['answer']}.", row["answer"])


def made_up(count: int, seed: int = 0) -> list[WorkedExample]:
    """Return sums in three steps."""
    chance = random.Random(seed)
    examples = []
    for _ in range(count):
        a, b, c = (chance.randrange(2, 900) for _ in range(3))
        question = (
            f"A farm sells {a} crates of pears on Monday and {b} more crates on Tuesday than on "
            f"Monday. On Wednesday {c} crates come back. How many crates are sold for good?"
        )
        steps = (
            f"On Tuesday the farm sells {a} + {b} = {a + b} crates.\n"
            f"On both days together it sells {a} + {a + b} = {2 * a + b} crates.\n"
            f"Of these {c} come back, and {2 * a + b} - {c} = {2 * a + b - c} are left."
        )
        result = str(2 * a + b - c)
        examples.append(WorkedExample(question, f"{steps}\nThe answer is {result}.", result))
    return examples


def publish_examples(
    store: Store, train: Iterable[tuple[str, str]], validation: Iterable[tuple[str, str]] = ()
) -> None:
    """Publish questions and answers as a release, each in its split and in the order given."""
    with ReleaseShards(ShardLimits()) as shards:
        number = 0
        for split, pairs in (("train", train), ("validation", validation)):
            for question, answer in pairs:
                messages = [
                    ChatMessage(role="user", content=question),
                    ChatMessage(role="assistant", content=answer),
                ]
                made = candidate(number, messages=messages, split=split)
                shards.extend([released_row(made, split, [])])
                number += 1
        shards.close()
        facts = ReleaseFacts(
            name="benchmark", card=CardFacts(title="Benchmark"), recipe={}, inputs=[], left_out={},
            curation=CurationFacts(), changes=None,
        )  # fmt: skip
        publish(store, shards, facts, REPORT, None)
