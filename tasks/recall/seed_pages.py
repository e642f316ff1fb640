"""Turning question-answer pairs into texts that look like the pages they are found on.

Pairs come bare; pages come with headings, votes, menus and prose around them. A classifier trained
on bare pairs learns the file format they were kept in. So pairs are laid out in several of the ways
that textbooks, exams and forums do, and half of the exercises are put into other pages' prose: the
same prose without them is among the negatives, so only the exercises make the difference.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from pydantic import Field

from gleanery.infra.config import Config

_EXERCISE_HEADS = (
    "Exercise",
    "Exercise",
    "Problem",
    "Challenge",
    "Question",
    "Example",
    "Practice problem",
)
_EXERCISE_NUMBERS = (
    "{head} {n}",
    "{head} {n}",
    "{head}",
    "{head} {chapter}.{n}",
    "{n}.",
    "{n})",
    "Q{n}.",
)
_SOLUTION_HEADS = (
    "Solution",
    "Solution",
    "Solution {n}",
    "Solution.",
    "Sample solution",
    "Show solution",
    "Show me the solution",
    "Answer",
    "Answer:",
    "Show answer",
    "See the answer",
    "Hint",
)
_QUESTION_AND_ANSWER_HEADS = (
    ("Q: ", "A: "),
    ("Q. ", "A. "),
    ("Q{n}: ", "A{n}: "),
    ("Question: ", "Answer: "),
    ("Question {n}\n\n", "Answer {n}\n\n"),
)
_PAIRS_PER_PAGE = (1, 2, 3, 4, 6, 8, 12)
_LEAST_HOST_CHARACTERS = 1_500
_MOST_HOST_PARAGRAPHS = 40


class SeedPair(NamedTuple):
    """A question and its answer, the title of the page or chapter they stand in, and its source."""

    question: str
    answer: str
    title: str
    source: str


class SeedPagesConfig(Config):
    """How pages are made of pairs."""

    pages_per_source: int = Field(400, ge=1, description="Most pages made of one source's pairs.")
    embedded_share: float = Field(
        0.5, ge=0, le=1, description="Share of exercise pages that stand in another page's prose."
    )
    seed: int = Field(0, ge=0, description="Seed of every choice made here.")


def assemble_pages(
    pairs: Iterable[SeedPair], hosts: Sequence[str], config: SeedPagesConfig
) -> list[tuple[str, bool, str]]:
    """Return positive examples (text, True, source) made of the pairs, the same ones every time.

    Pairs that share source and title go together, up to 12 a page. A question that begins with its
    title is laid out as a forum thread, any other as exercises. `hosts` are texts of other pages,
    taken for prose around the exercises; without them every page stands alone.
    """
    draw = random.Random(config.seed)
    prose = [host for host in hosts if len(host) >= _LEAST_HOST_CHARACTERS]
    chapters: defaultdict[str, defaultdict[str, list[SeedPair]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for pair in pairs:
        chapters[pair.source][pair.title].append(pair)
    pages = []
    for source in sorted(chapters):
        groups = [
            group
            for title in sorted(chapters[source])
            for group in _cut(chapters[source][title], draw)
        ]
        draw.shuffle(groups)
        for group in groups[: config.pages_per_source]:
            pages.append((_page(group, prose, config.embedded_share, draw), True, source))
    return pages


def _cut(pairs: list[SeedPair], draw: random.Random) -> list[list[SeedPair]]:
    """Return the pairs of one chapter in pages of different sizes."""
    pages, start = [], 0
    while start < len(pairs):
        size = 1 if _is_thread(pairs[start]) else draw.choice(_PAIRS_PER_PAGE)
        pages.append(pairs[start : start + size])
        start += size
    return pages


def _is_thread(pair: SeedPair) -> bool:
    return bool(pair.title) and pair.question.startswith(pair.title)


def _page(
    pairs: list[SeedPair], prose: list[str], embedded_share: float, draw: random.Random
) -> str:
    title = pairs[0].title
    if _is_thread(pairs[0]):
        question = pairs[0].question.removeprefix(title).strip() or title
        return draw.choice(_THREADS)(title, question, pairs[0].answer, draw)
    blocks = draw.choice(_EXERCISES)(pairs, draw)
    if prose and draw.random() < embedded_share:
        blocks = _embedded(blocks, draw.choice(prose), draw)
    return "\n\n".join([title, *blocks])


def _embedded(blocks: list[str], host: str, draw: random.Random) -> list[str]:
    """Return the blocks after some prose, or scattered over it in their order."""
    paragraphs = [paragraph for paragraph in host.split("\n\n") if paragraph.strip()]
    paragraphs = paragraphs[: draw.randint(5, _MOST_HOST_PARAGRAPHS)]
    if draw.random() < 0.5:
        return paragraphs + blocks
    places = sorted(draw.randint(min(2, len(paragraphs)), len(paragraphs)) for _ in blocks)
    for shift, (place, block) in enumerate(zip(places, blocks, strict=True)):
        paragraphs.insert(place + shift, block)
    return paragraphs


def _exercises_with_solutions(pairs: list[SeedPair], draw: random.Random) -> list[str]:
    head, number = draw.choice(_EXERCISE_HEADS), draw.choice(_EXERCISE_NUMBERS)
    solution = draw.choice(_SOLUTION_HEADS)
    after_number = " " if number.endswith((".", ")")) else draw.choice((" ", "\n\n", "\n\n"))
    after_solution = draw.choice((" ", "\n\n", "\n\n"))
    chapter = draw.randint(1, 12)
    return [
        number.format(head=head, n=n, chapter=chapter)
        + after_number
        + f"{pair.question}\n\n{solution.format(n=n)}{after_solution}{pair.answer}"
        for n, pair in enumerate(pairs, start=1)
    ]


def _exercises_with_key(pairs: list[SeedPair], draw: random.Random) -> list[str]:
    number = draw.choice(("{n}. ", "{n}) ", "  {n}. ", "Question {n}: ", "Q{n}. "))
    head = draw.choice(
        ("Exercises", "Problems", "Practice Problems", "Review Questions", "Homework", "Quiz")
    )
    key = draw.choice(("Answers", "Solutions", "Answer key", "Answers to exercises"))
    questions = [number.format(n=n) + pair.question for n, pair in enumerate(pairs, start=1)]
    answers = [number.format(n=n) + pair.answer for n, pair in enumerate(pairs, start=1)]
    return [head, *questions, key, *answers]


def _questions_and_answers(pairs: list[SeedPair], draw: random.Random) -> list[str]:
    asks, says = draw.choice(_QUESTION_AND_ANSWER_HEADS)
    return [
        f"{asks.format(n=n)}{pair.question}\n\n{says.format(n=n)}{pair.answer}"
        for n, pair in enumerate(pairs, start=1)
    ]


def _voted_thread(title: str, question: str, answer: str, draw: random.Random) -> str:
    year = draw.randint(2009, 2025)
    return (
        f"{title}\n\n"
        f"Asked {draw.randint(1, 9)} years ago\n\nViewed {draw.randint(1, 90)}k times\n\n"
        f"{draw.randint(0, 40)}\n\n{question}\n\nShare\n\nImprove this question\n\n"
        f"asked Mar {draw.randint(1, 28)}, {year}\n\nAdd a comment\n\n1 Answer\n\n"
        f"Sorted by: Highest score\n\n{draw.randint(0, 30)}\n\n{answer}\n\nShare\n\n"
        f"Improve this answer\n\nanswered Jun {draw.randint(1, 28)}, {year}\n\n"
        f"  • Thanks, that was it. Commented Jul {draw.randint(1, 28)}, {year}\n\nAdd a comment"
    )


def _posts(title: str, question: str, answer: str, draw: random.Random) -> str:
    day, year = draw.randint(1, 28), draw.randint(2005, 2025)
    ending = draw.choice(("Reply Quote", "Like 3", "Marked as solution", "Helpful? Yes No"))
    said = draw.choice(("Posted", "Replied"))
    return (
        f"{title}\n\nnewcomer{day}\n\nPosted {day} May {year}\n\n#1\n\n{question}\n\n"
        f"Reply Quote\n\n"
        f"regular{year}\n\n{said} {day} May {year}\n\n#2\n\n{answer}\n\n{ending}"
    )


def _best_answer(title: str, question: str, answer: str, draw: random.Random) -> str:
    return (
        f"{title}\n\nQuestion\n\nasked by newcomer{draw.randint(1, 999)}\n\n{question}\n\n"
        f"Best Answer\n\n{answer}\n\nUpvote {draw.randint(0, 20)}"
    )


_EXERCISES: tuple[Callable[[list[SeedPair], random.Random], list[str]], ...] = (
    _exercises_with_solutions,
    _exercises_with_solutions,
    _exercises_with_solutions,
    _exercises_with_key,
    _questions_and_answers,
)
_THREADS: tuple[Callable[[str, str, str, random.Random], str], ...] = (
    _voted_thread,
    _posts,
    _best_answer,
)
