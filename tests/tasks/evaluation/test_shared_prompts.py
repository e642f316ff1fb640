"""What prompts share is told once: no character of any is lost, and every question is whole."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from evaluation_sample import EXAMPLES, scored

from gleanery.tasks.comparing import Comparer
from gleanery.tasks.evaluation.benchmarks import BenchmarkConfig
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.harness import asked_items, open_tasks
from gleanery.tasks.evaluation.scoring import AnswerScorer
from gleanery.tasks.evaluation.shared_prompts import SharedPrompts


def test_question_that_begins_like_another_is_whole() -> None:
    """Of two questions with the same first paragraph, neither loses it."""
    story = "Question: A long story.\n\nIts second part. How many are"
    rows = [
        scored(n, True, prompt=f"{EXAMPLES}{story} {what}?\nAnswer:")
        for n, what in enumerate(("left", "gone"))
    ]
    prompts = SharedPrompts(rows)
    assert prompts.beginning(rows[0]) == EXAMPLES
    assert prompts.question(rows[1]) == f"{story} gone?\nAnswer:"


def test_subject_with_one_item_shares_what_the_benchmark_shares() -> None:
    rows = [scored(n, True, subject=subject) for n, subject in enumerate("aab")]
    prompts = SharedPrompts(rows)
    assert [prompts.beginning(row) for row in rows] == [EXAMPLES] * 3


def test_single_prompt_is_shown_whole() -> None:
    row = scored(1, True)
    assert SharedPrompts([row]).question(row) == row.prompt


@pytest.mark.parametrize(
    ("name", "file", "shared"),
    [("mmlu_stem", "mmlu_stem", 1), ("bbh", "bbh", 2), ("humaneval", "humaneval", 0)],
)
def test_prompts_of_real_benchmarks_come_apart_at_their_question(
    name: str, file: str, shared: int, shared_data: Path
) -> None:
    pytest.importorskip("lm_eval")
    source = {"path": str(shared_data / "benchmarks" / f"{file}.jsonl"), "first": 260}
    config = BenchmarkConfig.model_validate({"name": name, "source": source})
    with Comparer(EvaluationConfig().compute) as comparer:
        asked = list(asked_items(config, open_tasks(config, 0, AnswerScorer(comparer))))
    rows = [
        scored(0, True, id=item.id, benchmark=name, subject=item.subject, prompt=item.prompt)
        for item in asked
    ]
    prompts = SharedPrompts(rows)
    beginnings = {prompts.beginning(row) for row in rows}
    assert len(beginnings - {""}) == shared
    for row in rows:
        question = prompts.question(row)
        assert prompts.beginning(row) + question == row.prompt
        if shared:
            assert question.startswith("Question: ")
            assert question.count("\nAnswer:") == 1
