"""A small dataset for the chaos tests: a harvest written by hand, and the configuration over it."""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "flows"))

from harvested import pages, pair, write_batch

from gleanery.infra.storage import Store
from gleanery.tasks.release.forgotten import forget_source, page_source

RESPONDER = str(Path(__file__).with_name("dataset_answers.py"))
JUDGE, GUARD = "stub-model", "stub-guard"
JUDGED_AT_ONCE = 2  # requests: what a kill may lose is to be much less than all answers
HARVEST, DATASET = "web", "chaos"
# How the prompts of both judges begin.
PROMPTS = {"paraphrase": "You guard tests", "judgement": "You grade examples"}

RIDE = (
    "A cyclist rides 24 km in 90 minutes. What is her average speed in km/h?",
    "90 minutes are 1.5 hours, and 24 divided by 1.5 is 16. The answer is 16 km/h.",
)
RIDE_REWORDED = (
    "What average speed, in kilometres per hour, does a woman on a bicycle reach if she covers "
    "24 km within 90 minutes?",
    "She needs 1.5 hours for them, which makes 24 / 1.5 = 16 kilometres per hour.",
)
SALE = (
    "After being marked down by 15 %, a jacket costs 85 euros. Determine its original price.",
    "What is left is 85 % of the price, and 85 / 0.85 = 100. The answer is 100 euros.",
)
SALE_IN_THE_EXAM = (
    "A shop sells a jacket for 85 euros after a discount of 15 percent. What did it cost before?"
)
LEAKED = 3  # the number of the pair that stands in the benchmark word for word
FORGOTTEN_PAGE = pages(2, 1)[0]


def write_first_batches(root: str) -> None:
    """Write a harvest of two batches, and put one of its pages on the list of what to forget.

    The second batch has a mirror of a page, a copied question, one asked in other words, another
    text of a page of the first batch, and a mirror of the page that is to be forgotten.
    """
    harvest = Store(f"{root}/{HARVEST}")
    own = [("https://motion.example/ride", "", [RIDE]), ("https://shop.example/sale", "", [SALE])]
    write_batch(harvest, 1, [*pages(0, 6), *own])
    mirrored, copied, again = pages(0, 1)[0][2], pages(1, 1)[0][2][0], pages(4, 1)[0][0]
    write_batch(
        harvest,
        2,
        [
            *pages(6, 4),
            ("https://mirror.example/a", "", mirrored),
            ("https://mirror.example/b", "CC BY-SA 4.0", FORGOTTEN_PAGE[2]),
            ("https://copies.example/c", "", [copied, pair(70)]),
            ("https://wheels.example/d", "", [RIDE_REWORDED]),
            (again, "", [pair(71)]),
        ],
    )
    forget_source(Store(f"{root}/{DATASET}"), page_source(FORGOTTEN_PAGE[0]))


def write_another_batch(root: str) -> None:
    """Write the third batch: new pages, and a copy of an old one."""
    copied = pages(7, 1)[0][2]
    mirror = ("https://mirror.example/e", "", copied)
    write_batch(Store(f"{root}/{HARVEST}"), 3, [*pages(40, 4), mirror])


def dataset_config(folder: Path, root: str, engine: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of the dataset; its benchmark is written to `folder`.

    `engine` is the judge's; the guard against paraphrases has another name.
    """
    engine = engine | {"max_in_flight": JUDGED_AT_ONCE, "initial_in_flight": JUDGED_AT_ONCE}
    exam = folder / "exam.jsonl"
    asked = [pair(LEAKED)[0].upper().replace(" ", "  "), SALE_IN_THE_EXAM]
    items = [{"id": f"q{n}", "question": text, "answer": "?"} for n, text in enumerate(asked)]
    exam.write_text("".join(f"{json.dumps(item)}\n" for item in items))
    return {
        "method": "dataset",
        "name": DATASET,
        "root": root,
        "refresh": False,
        "sources": [{"method": "harvest", "name": HARVEST, "root": root}],
        "decontamination": {"benchmarks": [{"name": "exam", "path": str(exam)}]},
        "vectors": {"dimensions": 64},
        "semantic": {"words_threshold": 0.45},  # so few words make poor vectors
        "judges": [engine],
        "paraphrase_judge": {**engine, "model": GUARD},
        "recipe": {
            "filters": [{"score": "judge.correct", "least": 0.3}],
            "validation": {"share": 0.2},
        },
    }
