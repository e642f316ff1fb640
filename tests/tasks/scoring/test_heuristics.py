# ruff: noqa: E501  (texts are one paragraph)
"""What tells a bad example, on texts broken on purpose and on real ones that are sound."""

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from gleanery.infra.compute import ComputeConfig, LocalWorkers
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan
from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.scoring.heuristics import CHECKS, FLAWS, QUALITY, heuristic_scores
from gleanery.tasks.scoring.heuristics_part import heuristics_scorer
from gleanery.tasks.scoring.scoring_part import score_part

Make = Callable[..., Candidate]

MOON = "Why do we always see the same side of the Moon?"
ORBIT = (
    "The Moon turns once around its own axis in the same time in which it goes once around the "
    "Earth. Tides raised by the Earth slowed its spin long ago, until the two periods matched. "
    "So the side that faces us stays the same, apart from a slight rocking to and fro."
)
TRAIN = "Ein Zug beschleunigt aus dem Stand und erreicht nach 60 s die Geschwindigkeit 30 m/s. Wie groß ist die Beschleunigung?"
SPEED = "Die Beschleunigung ist die Änderung der Geschwindigkeit geteilt durch die Zeit: $a = 30/60 = 0{,}5$. Sie beträgt also 0,5 m/s²."

SOUND = [
    (MOON, ORBIT),
    (TRAIN, SPEED),
    ("月球为什么总是以同一面朝向地球?", "月球自转一周的时间与绕地球公转一周的时间相同,因此我们总是看到同一面。"),
    (
        "What does this print?\n```python\nfor i in range(3):\n    print(i)\n```",
        "The loop runs for 0, 1 and 2:\n```\n0\n1\n2\n```\nIt stops before 3.",
    ),
    ("Solve $5x - 7 = 2x + 11$ for $x$.", "Subtract $2x$: $3x - 7 = 11$. Then $3x = 18$, so $x = 6$."),
    ("A shirt costs $40, less 25 %. What does it cost?", "A quarter of $40 is $10, so it costs $30."),
    ("How do I make a line bold in HTML?", "Put it into <b> and </b>, or better <strong> and </strong>."),
    (
        "The table shows the sales.\n\n| year | sales |\n|---|---|\n| 1 | 5 |\n| 2 | 9 |\n\nBy how much do "
        "the sales in the following table grow?",
        "They grow from 5 to 9, which is 4, or 80 percent of what they were in the first year.",
    ),
]  # fmt: skip

BROKEN = {
    "question_length": [("Moon", ORBIT), ("Why does it? " * 1500, ORBIT)],
    "asks": [("The Moon and its motion", ORBIT)],
    "self_contained": [
        ("Which circuit in the figure draws the most current?", "Circuit B, as it has no resistor."),
        ("Use the following table to find the mean.", "Add the five values and divide: 7."),
        ("According to the passage, who came first?", "The hare came first, and fell asleep."),
        (MOON, ORBIT + " See section 4.2 for the tides, and Figure 3."),
        ("Berechne den Winkel, den die Abbildung zeigt.", "Er beträgt 30 Grad."),
    ],
    "own_words": [
        (MOON, MOON),
        (
            "A train leaves at noon and travels at 60 km/h for two hours. How far does it get?",
            "A train leaves at noon and travels at 60 km/h for two hours. How far does it get? Far.",
        ),
    ],
    "language": [
        (MOON, SPEED + " " + SPEED),
        (TRAIN, ORBIT),
        (MOON, "月球自转一周的时间与绕地球公转一周的时间相同,因此我们总是看到月球的同一面,背面则从地球上看不到。"),
    ],
    "on_task": [
        (MOON, "I'm sorry, but I cannot help with that."),
        (MOON, "Sure! Here is the improved answer:\n\n" + ORBIT),
        (MOON, ORBIT + "\n\nI hope this helps! Let me know if you have any questions."),
    ],
    "finished": [
        (MOON, ORBIT[:-40]),
        ("Write a loop.", "Here is one:\n```python\nfor i in range(3):\n"),
        ("List five planets.", "1. Mercury\n2. Venus\n3. Earth"),
    ],
    "repetition": [
        (MOON, ORBIT + " " + ORBIT + " " + ORBIT),
        (MOON, "\n".join([ORBIT[:90]] * 6)),
        (MOON, "So it is" + "e" * 40),
        (MOON, "月球自转一周的时间与绕地球公转一周的时间相同。" * 6),
    ],
    "balanced": [
        (MOON, ORBIT + " Thus $T = \\frac{2}{3} and so on."),
        (MOON, ORBIT + "\n```python\nx = 1\n"),
        (MOON, ORBIT + " \\[ x^2 "),
        (MOON, ORBIT + " \\begin{align} x &= 1"),
        (MOON, ORBIT + " $\\frac{1}{2$ is left."),
    ],
    "characters": [
        (MOON, ORBIT.replace("'", "").replace(",", "â€™").replace(".", "Ã©")),
        (MOON, ORBIT.replace("o", "\ufffd")),
        (MOON, ORBIT.replace("e", "\x07e")),
    ],
    "markup": [
        (MOON, "<p>" + ORBIT + "</p><br/>"),
        (MOON, ORBIT.replace(" the ", "&nbsp;the&nbsp;")),
        (MOON, "[quote]" + ORBIT + "[/quote]"),
    ],
    "boilerplate": [
        (MOON, "Best answer (14 votes)\n" + ORBIT),
        (MOON, ORBIT + "\nReply | Share | Report"),
        (MOON, "Home > Science > Astronomy > Moon\n" + ORBIT),
        (MOON, "Answered by starlord_77\n" + ORBIT),
        (MOON, ORBIT + "\nThis site uses cookies. Click here to accept."),
        (MOON, "@starlord you are wrong. " + ORBIT),
        (MOON + "\nAsked 3 years ago", ORBIT),
        (TRAIN, SPEED + "\nAntworten\nTeilen\nÄhnliche Fragen"),
        (MOON, ORBIT + "\nSign up to see the full answer"),
    ],
}  # fmt: skip


def scores_of(candidate: Candidate) -> dict[str, ExampleScore]:
    return {score.name: score for score in heuristic_scores(candidate)}


@pytest.mark.parametrize(("question", "answer"), SOUND)
def test_sound_examples_have_no_flaw(question: str, answer: str) -> None:
    found = {name: check(question, answer) for name, check in FLAWS.items()}
    flaws = {name: detail for name, (value, detail) in found.items() if value < 1}
    assert not {name: text for name, text in flaws.items() if not text.startswith("brevity")}


@pytest.mark.parametrize(
    ("name", "question", "answer"),
    [(name, *texts) for name, cases in BROKEN.items() for texts in cases],
)
def test_each_flaw_is_found_and_told(name: str, question: str, answer: str) -> None:
    value, detail = FLAWS[name](question, answer)
    assert value <= 0.67
    assert detail
    assert any(FLAWS[name](*texts)[0] == 1 for texts in SOUND)


def test_every_flaw_has_its_broken_examples() -> None:
    assert BROKEN.keys() == FLAWS.keys()


def test_scores_are_rows_within_0_and_1(make_candidate: Make) -> None:
    rows = heuristic_scores(make_candidate(MOON, ORBIT))
    assert [row.name for row in rows] == [*CHECKS, QUALITY]
    assert {(row.id, row.scorer) for row in rows} == {("row", "heuristics")}
    assert all(0 <= row.value <= 1 for row in rows)


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "?", "$", "```", "a" * 20_000, "\x00", "🙂" * 500, "<" * 5000]
)
def test_no_text_breaks_a_check_or_takes_long(text: str, make_candidate: Make) -> None:
    started = time.process_time()
    for question, answer in ((text, ORBIT), (MOON, text), (text, text)):
        assert all(
            0 <= row.value <= 1 for row in heuristic_scores(make_candidate(question, answer))
        )
    assert time.process_time() - started < 5


def test_quality_ranks_flaws_before_length_and_length_among_the_flawless(
    make_candidate: Make,
) -> None:
    def quality(answer: str, question: str = MOON) -> float:
        return scores_of(make_candidate(question, answer))[QUALITY].value

    full, short = quality(ORBIT), quality(ORBIT[: ORBIT.index("Tides")].strip())
    votes = quality("Best answer (14 votes)\n" + ORBIT)
    both = quality("Best answer (14 votes)\n<p>" + ORBIT)
    assert 1 >= full > short > votes > both > 0
    assert quality(ORBIT * 1) == full
    lost = quality(ORBIT, "Which side of the Moon does the figure show?")
    assert lost < votes
    detail = scores_of(make_candidate(MOON, "Best answer (14 votes)\n" + ORBIT))[QUALITY].detail
    assert "boilerplate 0." in detail


def test_a_final_answer_is_told_and_is_no_merit(make_candidate: Make) -> None:
    scores = scores_of(make_candidate("What is 6 times 7?", "6 times 7 is 42. The answer is 42."))
    assert (scores["final_answer"].value, scores["final_answer"].detail) == (1, "42.")
    assert scores_of(make_candidate(MOON, ORBIT))["final_answer"].value == 0


def test_pairs_of_textbooks_and_forums_are_seldom_flagged(shared_data: Path) -> None:
    path = shared_data / "recall_seed" / "positives_pairs.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        pairs = [json.loads(line) for line in lines][::40]
    assert len(pairs) > 100
    flagged: Counter[str] = Counter()
    for pair in pairs:
        for name, check in FLAWS.items():
            value, detail = check(pair["question"], pair["answer"])
            flagged[name] += value < 0.67 and not detail.startswith("brevity")
    assert max(flagged.values()) <= 0.06 * len(pairs), flagged


def test_a_part_is_scored_in_a_worker_and_stands(tmp_path: Path, make_candidate: Make) -> None:
    parts = Parts(Store(str(tmp_path)))
    rows = [make_candidate(MOON, ORBIT, name="a"), make_candidate(MOON, "<p>", name="b")]
    plan = Plan(stage="candidates", version=1, part="p0", inputs=(), decides={})
    outcome = Outcome(rows, [], [], 2)
    candidates = parts.commit(plan, outcome, Candidate, time.monotonic(), None)
    with LocalWorkers(ComputeConfig(workers=1)) as workers:
        receipt, stood = score_part(workers, parts, candidates, heuristics_scorer())
        assert (stood, receipt.stage, receipt.rows_in) == (False, "heuristics", 2)
        assert parts.rows(receipt, ExampleScore) == [
            score for row in rows for score in heuristic_scores(row)
        ]
        assert score_part(workers, parts, candidates, heuristics_scorer()) == (receipt, True)
