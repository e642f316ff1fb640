"""Pages made of real question-answer pairs, in the layouts that such pages come in."""

import gzip
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gleanery.tasks.extraction.locate import PageIndex
from gleanery.tasks.extraction.located import LocatedPair
from gleanery.tasks.extraction.pairing import locate_pairs

sys.path.insert(0, str(Path(__file__).parent))

NAMES = ("lena", "tomk", "m_ross", "Prof. Adler", "quark42", "Ines")
REMARKS = (
    "I had the same problem last week.",
    "Have you tried to look it up?",
    "Not sure, but I would start from the definition.",
    "This was asked here before, please use the search.",
)


@dataclass(frozen=True)
class MadePage:
    """A page's text, the (question, answer) pairs in it, and the name of its layout."""

    layout: str
    text: str
    pairs: tuple[tuple[str, str], ...]


Pair = tuple[str, str]


def exercises(pairs: list[Pair], draw: random.Random) -> Iterator[str]:
    chapter = draw.randint(1, 12)
    for number, (question, answer) in enumerate(pairs, start=draw.randint(1, 30)):
        yield f"Exercise {chapter}.{number}\n\n{question}\n\nSolution\n\n{answer}\n\n"
        if draw.random() < 0.2:
            yield "Advertisement\n\n"


def answer_key(pairs: list[Pair], draw: random.Random) -> Iterator[str]:
    first = draw.randint(1, 60)
    yield "Review questions\n\n"
    for number, (question, _) in enumerate(pairs, start=first):
        yield f"{number}. {question}\n"
    yield "\nSummary\n\nYou have seen the most important ideas of this chapter.\n\nAnswers\n\n"
    for number, (_, answer) in enumerate(pairs, start=first):
        yield f"{number}. {answer}\n"


def problem_sheet(pairs: list[Pair], draw: random.Random) -> Iterator[str]:
    sheet = draw.randint(1, 12)
    for number, (question, _) in enumerate(pairs, start=1):
        yield f"Problem {sheet}.{number} {question}\n\n"
    yield "Hand in by Friday noon. Late sheets are not marked.\n\nSolutions\n\n"
    for number, (_, answer) in enumerate(pairs, start=1):
        yield f"{sheet}.{number} {answer}\n\n"


def forum(pairs: list[Pair], draw: random.Random) -> Iterator[str]:
    for question, answer in pairs:
        yield f"{question}\n\nasked by {draw.choice(NAMES)}, {draw.randint(0, 40)} votes\n\n"
        for _ in range(draw.randint(0, 3)):
            yield f"{draw.choice(NAMES)}: {draw.choice(REMARKS)}\n\n"
        yield f"Reply by {draw.choice(NAMES)} (accepted)\n\n{answer}\n\n"
        yield f"Thanks, that helped! - {draw.choice(NAMES)}\n\n"


def questions_and_answers(pairs: list[Pair], _: random.Random) -> Iterator[str]:
    for question, answer in pairs:
        yield f"Q: {question}\nA: {answer}\n\n"


def definitions(pairs: list[Pair], _: random.Random) -> Iterator[str]:
    for question, answer in pairs:
        yield f"{question}\n{answer}\n\n"


LAYOUTS: tuple[Callable[[list[Pair], random.Random], Iterator[str]], ...] = (
    exercises,
    answer_key,
    problem_sheet,
    forum,
    questions_and_answers,
    definitions,
)


@pytest.fixture(scope="session")
def made_pages(shared_data: Path) -> list[MadePage]:
    """Return 400 pages of 5 to 12 pairs: neighbours of one source, of all domains, all layouts."""
    with gzip.open(shared_data / "recall_seed" / "positives_pairs.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    by_domain: dict[str, list[Pair]] = {}
    for row in rows:
        if len(row["question"]) + len(row["answer"]) < 3_000:
            by_domain.setdefault(row["domain"], []).append((row["question"], row["answer"]))
    draw = random.Random(11)
    pages = []
    for number in range(400):
        domain = sorted(by_domain)[number % len(by_domain)]
        count = draw.randint(5, 12)
        start = draw.randrange(len(by_domain[domain]) - count)
        pairs = list(dict(by_domain[domain][start : start + count]).items())
        layout = LAYOUTS[draw.randrange(len(LAYOUTS))]
        text = (
            "Home | Chapters | Forum\n\n" + "".join(layout(pairs, draw)) + "\nAbout us | Contact\n"
        )
        pages.append(MadePage(layout.__name__, text, tuple(pairs)))
    return pages


def stay(page: PageIndex, pairs: Iterable[Pair]) -> list[bool]:
    """Return which of the pairs that a model returned for a page stay."""
    located = locate_pairs(page, [(question, [answer]) for question, answer in pairs])
    return [isinstance(pair, LocatedPair) for pair in located]


class Shares:
    """Counts of yes and no by kind, with an example of each no."""

    def __init__(self) -> None:
        self.yes: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.misses: list[tuple[str, Any]] = []

    def add(self, kind: str, good: bool, example: Any) -> None:
        self.all[kind] += 1
        self.yes[kind] += good
        if not good:
            self.misses.append((kind, example))

    def __str__(self) -> str:
        rows = [f"{kind:24} {self.yes[kind]:5} of {self.all[kind]:5}" for kind in sorted(self.all)]
        return "\n".join([*rows, f"{'together':24} {self.share():.4f}"])

    def share(self, kind: str | None = None) -> float:
        if kind is None:
            return self.yes.total() / self.all.total()
        return self.yes[kind] / self.all[kind]


@pytest.fixture(scope="session")
def kept() -> Callable[[PageIndex, Iterable[Pair]], list[bool]]:
    return stay


@pytest.fixture(scope="session")
def new_shares() -> type[Shares]:
    return Shares
