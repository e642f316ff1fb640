"""IFEval: hand-made answers to every instruction, and what a benchmark of them comes to."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from gleanery.tasks.evaluation.benchmark_items import read_items
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.benchmarks import BenchmarkConfig
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.instruction_checks import CHECKS
from gleanery.tasks.evaluation.records import AnsweredItem, BenchmarkItem, InstructionScore
from gleanery.tasks.evaluation.score_instructions import instruction_lines, score_instructions
from gleanery.tasks.evaluation.score_items import exact_comparer, open_benchmark, open_scorer
from gleanery.tasks.evaluation.scores_part import score_answers
from gleanery.tasks.evaluation.summary import summarise
from gleanery.tasks.file_problems import FileError

CASES = yaml.safe_load(Path(__file__).with_name("answers_ifeval.yaml").read_text(encoding="utf-8"))


def item(*instructions: tuple[str, dict[str, Any]]) -> BenchmarkItem:
    names, told = zip(*instructions, strict=True)
    lines = instruction_lines(names, told)
    return BenchmarkItem(id="1", subject="", question="?", answer="", instructions=lines)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["instruction"])
def test_an_instruction_is_followed_where_a_person_says_so(case: dict[str, Any]) -> None:
    asked = item((case["instruction"], case["told"]))
    worths = {"followed": (True, True), "loosely": (False, True), "missed": (False, False)}
    for worth, (strict, loosely) in worths.items():
        for answer in case.get(worth, []):
            verdict = score_instructions(asked, answer)
            judged = (verdict.correct, verdict.followed_loosely[0])
            assert judged == (strict, loosely), f"{answer!r} is {worth}"
            assert not verdict.unparseable


def test_every_instruction_has_answers_of_all_kinds() -> None:
    kinds = ("followed", "loosely", "missed")
    assert {case["instruction"] for case in CASES} == set(CHECKS)
    assert len(CHECKS) == 25
    assert sum(len(case.get(kind, [])) for case in CASES for kind in kinds) >= 150


def test_all_instructions_of_an_item_must_be_followed() -> None:
    asked = item(
        ("punctuation:no_comma", {}),
        ("length_constraints:number_words", {"relation": "at least", "num_words": 3}),
        ("startend:end_checker", {"end_phrase": "Bye."}),
    )
    verdict = score_instructions(asked, "<think>Hm, so.</think>One two three")
    assert verdict.followed == (True, True, False)
    assert (verdict.correct, verdict.extracted) == (False, "2 of 3 followed")
    assert verdict.detail == "not followed: startend:end_checker"
    assert score_instructions(asked, "One two three. Bye.").correct
    nothing = score_instructions(item(("punctuation:no_comma", {})), " \n")
    assert (nothing.followed, nothing.followed_loosely) == ((False,), (False,))


@pytest.mark.parametrize(
    ("names", "told", "problem"),
    [
        (["keywords:existence"], [{}], "keywords:existence lacks keywords in its kwargs"),
        (["keywords:rhyme"], [{}], "there is no instruction 'keywords:rhyme'"),
        (["punctuation:no_comma"], [], "1 instructions have 0 sets of arguments"),
        (
            ["length_constraints:number_words"],
            [{"relation": "at most", "num_words": 3}],
            "asks for 'at most': known are less than, at least",
        ),
    ],
)
def test_an_instruction_that_nobody_can_check_is_an_error(
    names: list[str], told: list[dict[str, Any]], problem: str, tmp_path: Path
) -> None:
    row = {"key": 7, "prompt": "Do it.", "instruction_id_list": names, "kwargs": told}
    (tmp_path / "items.jsonl").write_text(json.dumps(row) + "\n")
    with pytest.raises(FileError, match=problem):
        read_items(BenchmarkSource(path=str(tmp_path / "items.jsonl")))


LONG = 10_000


def test_a_benchmark_comes_to_strict_and_loose_shares_of_prompts_and_instructions(
    tmp_path: Path,
) -> None:
    rows = [
        {
            "key": 1000 + number,
            "prompt": f"Tell me about {what}. Use no commas. Say it in at least 4 words.\n",
            "instruction_id_list": ["punctuation:no_comma", "length_constraints:number_words"],
            # As the hub has it: all arguments of all instructions, most of them empty.
            "kwargs": [
                {"num_words": None, "relation": None},
                {"num_words": 4, "relation": "at least"},
            ],
        }
        for number, what in enumerate(("rain", "snow", "hail", "fog"))
    ]
    (tmp_path / "ifeval.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    source = BenchmarkSource(path=str(tmp_path / "ifeval.jsonl"))
    config = EvaluationConfig(benchmarks=(BenchmarkConfig(name="ifeval", source=source),))
    answers = ["Rain falls on us.", "Sure, then:\nSnow falls on us.", "Hail, hail.", ""]
    with exact_comparer(config) as comparer:
        scorer = open_scorer(config, comparer)
        benchmark = open_benchmark(config.benchmarks[0], config.seed, scorer)
        answered = [
            AnsweredItem(
                **asked.model_dump(exclude={"stop", "max_tokens"}),
                as_chat=True,
                answer=answer,
                finish_reason="stop",
                completion_tokens=5,
                model="m",
                request_key="k",
            )
            for asked, answer in zip(benchmark.asked, answers, strict=True)
        ]
        scored = score_answers(answered, benchmark.config.benchmark, benchmark.items, scorer)
    assert [asked.prompt for asked in benchmark.asked] == [row["prompt"] for row in rows]
    assert [asked.id for asked in benchmark.asked] == ["1000", "1001", "1002", "1003"]
    (score,) = summarise(scored)
    assert (score.items, score.correct, score.unparseable) == (4, 1, 0)
    assert score.instructions == InstructionScore(
        instructions=8, followed=3, followed_loosely=4, items_loosely=2
    )


HOSTILE = [
    *(text * LONG for text in ("[", "<<", "a", "…", "* ", "\n", "A. ", '"', "1.\n", "[{", "*")),
    "." * LONG + "x",
    "." + ")" * LONG + "x",
]


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: answer[:2])
def test_no_answer_keeps_a_check_busy(answer: str) -> None:
    started = time.process_time()
    for case in CASES:
        score_instructions(item((case["instruction"], case["told"])), answer)
    assert time.process_time() - started < 10
