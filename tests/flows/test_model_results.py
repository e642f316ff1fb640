"""What an evaluation found is kept beside the trained model that it measured, and in its card."""

import sys
from pathlib import Path

import pytest

from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.model_results import keep_measured, with_keys
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.records import BenchmarkScore
from gleanery.tasks.evaluation.side_by_side import Measured
from gleanery.tasks.evaluation.statistics_accuracy import accuracy
from gleanery.tasks.evaluation.statistics_paired import compare
from gleanery.tasks.training.model_evaluations import results_of
from gleanery.tasks.training.model_pointer import promote
from gleanery.tasks.training.trained_models import NoModel

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks" / "training"))

from stored_models import store_model

OLD, NEW = "ab" * 16, "ac" * 16


@pytest.fixture
def evaluation(tmp_path: Path) -> ModelEvaluationConfig:
    """Return an evaluation of a base beside the latest model of a training."""
    return ModelEvaluationConfig.model_validate(
        {
            "name": "exam",
            "root": f"{tmp_path}/root",
            "models": [
                {"label": "base", "engine": {"model": "base"}},
                {"label": "tuned", "trained": "my-model", "engine": {"kind": "vllm"}},
            ],
            "evaluation": {
                "benchmarks": [
                    {"name": "gsm8k", "source": {"path": f"{tmp_path}/own/sums.jsonl"}, "shots": 2}
                ]
            },
        }
    )


def measured(label: str, marks: list[bool]) -> Measured:
    """Return what a model came to, beside a base that has nothing right."""
    score = BenchmarkScore(
        benchmark="gsm8k", model="m", items=len(marks), correct=sum(marks),
        accuracy=sum(marks) / len(marks), unparseable=0, truncated=0, refused=0, subjects=[],
    )  # fmt: skip
    against = None if label == "base" else compare([False] * len(marks), marks)
    interval = accuracy(sum(marks), len(marks))
    return Measured(label=label, score=score, interval=interval, against=against)


def test_results_go_to_the_model_that_was_the_latest_when_measuring_began(
    evaluation: ModelEvaluationConfig, tmp_path: Path
) -> None:
    store, settings = Store(f"{tmp_path}/root/my-model"), Settings()
    with pytest.raises(NoModel, match="train one first"):
        with_keys(evaluation, settings)
    old = store_model(store, tmp_path, OLD, "2026-01-01")
    new = store_model(store, tmp_path, NEW, "2026-01-02")
    assert [model.trained_key for model in with_keys(evaluation, settings).models] == ["", NEW]
    promote(store, old, "", "better")
    pinned = with_keys(evaluation, settings)
    promote(store, new, OLD, "better still")  # while it is measured
    marks = [True, False, True, True]
    keep_measured(pinned, [measured("base", [False] * 4), measured("tuned", marks)], settings)
    assert results_of(store, NEW) == []
    [kept] = results_of(store, OLD)
    [result] = kept.results
    assert (kept.evaluation, kept.purpose) == ("exam", "measured")
    assert (result.correct, result.items, result.shots) == (3, 4, 2)
    assert (result.against, result.difference) == ("base", 0.75)
    assert result.p_value == pytest.approx(0.25)
    assert result.place == "sums.jsonl"  # where it lies is nobody's business
    assert "| gsm8k | 4 | 2 | 75.0% |" in store.read(f"cards/{OLD}.md").decode()
