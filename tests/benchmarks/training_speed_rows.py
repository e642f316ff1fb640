"""Rows for measuring speed: words at random, of the lengths that instruction data has."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_WORDS = 4_000
_QUESTION, _ANSWER = (60, 0.8), (180, 0.9)  # median words of a log-normal length, and its sigma


def made_up_talks(count: int, most_words: int, seed: int = 0) -> list[tuple[str, str]]:
    """Return questions and answers whose lengths vary as those of real ones do."""
    chance = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randrange(2, 10))) for _ in range(_WORDS)]

    def text(median: int, sigma: float) -> str:
        length = int(median * chance.lognormvariate(0, sigma))
        return " ".join(chance.choices(words, k=max(3, min(length, most_words))))

    return [(text(*_QUESTION), text(*_ANSWER)) for _ in range(count)]


def write_rows(file: Path, talks: list[tuple[str, str]]) -> None:
    """Write the columns of a release that a training reads."""
    asked = [[{"role": "user", "content": question}] for question, _ in talks]
    said = [[{"role": "assistant", "content": answer}] for _, answer in talks]
    table = {
        "id": [f"row-{number}" for number in range(len(talks))],
        "messages": [[*before, *after] for before, after in zip(asked, said, strict=True)],
        "prompt": asked,
        "completion": said,
    }
    pq.write_table(pa.table(table), file)
