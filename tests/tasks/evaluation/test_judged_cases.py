"""Real questions with good and bad answers: how prompts show them, and replies read verbatim."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from gleanery.tasks.evaluation.judge_pairs import pair_prompt, read_verdict
from gleanery.tasks.evaluation.judge_points import points_prompt, read_points
from gleanery.tasks.evaluation.judged_config import JudgedSuiteConfig
from gleanery.tasks.evaluation.judged_questions import read_questions
from gleanery.tasks.evaluation.judged_records import JudgedQuestion
from gleanery.tasks.evaluation.judged_suites import SUITES

CASES = yaml.safe_load(Path(__file__).with_name("judged_cases.yaml").read_text())
PAIRS = [case for case in CASES if "wins" in case]
TURNS = [case for case in CASES if "points" in case]
FILES = {
    "alpaca_eval": ("alpaca_eval.jsonl", ""),
    "mt_bench": ("mt_bench.jsonl", ""),
    "arena_hard": ("arena_hard_v0.1.jsonl", "another"),
}


@pytest.fixture(scope="module")
def questions(shared_data: Path) -> dict[str, JudgedQuestion]:
    """Return the questions of all suites by their ids."""
    found = {}
    for name, (file, reference) in FILES.items():
        source = {"path": str(shared_data / "benchmarks" / file)}
        config = {"name": name, "source": source, "reference": reference}
        for question in read_questions(JudgedSuiteConfig.model_validate(config)):
            found[question.id] = question
    return found


@pytest.mark.parametrize("case", PAIRS, ids=[case["case"] for case in PAIRS])
def test_a_pair_is_shown_whole_and_its_reply_names_the_better_answer(
    case: dict[str, Any], questions: dict[str, JudgedQuestion]
) -> None:
    question = questions[case["id"]]
    scale = list(SUITES[case["suite"]].worth or {})
    texts = [
        question.baseline if case[side] == "FILE" else case[side] for side in ("answer", "other")
    ]
    if case["order"] == "reference_first":
        texts.reverse()
    prompt = pair_prompt(question, texts[0], texts[1], scale)
    assert question.turns[0] in prompt
    for text, tag in zip(texts, ("answer_a", "answer_b"), strict=True):
        shown = text.replace("</answer_", "‹/answer_")
        assert f"<{tag}>\n{shown}\n</{tag}>" in prompt
    verdict, reason = read_verdict(case["reply"], scale)
    assert len(reason) > 100
    if case["wins"] == "neither":
        assert verdict == "A=B"
    else:
        best = "A" if (case["wins"] == "answer") == (case["order"] == "model_first") else "B"
        assert verdict.startswith(f"{best}>")


@pytest.mark.parametrize("case", TURNS, ids=[case["case"] for case in TURNS])
def test_a_turn_is_shown_with_its_talk_and_its_reply_gives_fitting_points(
    case: dict[str, Any], questions: dict[str, JudgedQuestion]
) -> None:
    question, last = questions[case["id"]], len(case["said"]) - 1
    prompt = points_prompt(question, case["said"])
    assert f"<request>\n{question.turns[last]}\n</request>" in prompt
    assert ("\n<reference>\n" in prompt) is bool(question.references)
    assert all(case["said"][turn] in prompt for turn in range(last))
    points, reason = read_points(case["reply"])
    lowest, highest = case["points"]
    assert lowest <= points <= highest
    assert len(reason) > 100
