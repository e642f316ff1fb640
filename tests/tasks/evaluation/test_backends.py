"""Evaluations by lm-eval's own loop and backends, with our prompts and our scores."""

from pathlib import Path
from typing import Any

import pytest

from gleanery.tasks.evaluation.backends import score_with_backend
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.benchmarks import BenchmarkConfig
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.harness import open_tasks
from gleanery.tasks.evaluation.score_items import exact_comparer, open_scorer
from gleanery.tasks.evaluation.summary import summarise

KNOWN = {"16 eggs": "The answer is 18.", "white fiber": "#### 3", "80,000": "It is hard."}


@pytest.fixture
def config(shared_data: Path) -> EvaluationConfig:
    folder = shared_data / "benchmarks"
    gsm8k = BenchmarkConfig(
        name="gsm8k",
        source=BenchmarkSource(path=str(folder / "gsm8k_test.jsonl"), first=5),
        exemplars=BenchmarkSource(path=str(folder / "gsm8k_train.jsonl")),
    )
    bbh = BenchmarkConfig(
        name="bbh", source=BenchmarkSource(path=str(folder / "bbh.jsonl"), first=3)
    )
    return EvaluationConfig(benchmarks=(gsm8k, bbh))


@pytest.fixture
def backend() -> Any:
    """Return a model that knows two of the five problems, and says nothing of one."""
    from lm_eval.api.model import LM

    class Backend(LM):  # type: ignore[misc]
        def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
            answers = []
            for request in requests:
                question = request.args[0].rpartition("Question:")[2]
                found = [text for words, text in KNOWN.items() if words in question]
                answers.append(found[0] if found else "The answer is -1.")
            return answers

        def loglikelihood(self, requests: list[Any], disable_tqdm: bool = False) -> list[Any]:
            raise AssertionError("no benchmark asks for likelihoods")

        loglikelihood_rolling = loglikelihood

    return Backend()


def test_answers_of_a_backend_are_kept_and_scored_as_ours_are(
    config: EvaluationConfig, backend: Any
) -> None:
    items = score_with_backend(config, "tiny", backend)
    gsm8k, bbh = summarise(items)
    assert (gsm8k.items, gsm8k.correct, gsm8k.unparseable, gsm8k.model) == (5, 2, 1, "tiny")
    assert (bbh.items, bbh.correct) == (3, 0)
    assert items[0].prompt.endswith("farmers' market?\nAnswer:")
    assert (items[0].answer, items[0].extracted, items[0].expected) == (
        KNOWN["16 eggs"],
        "18",
        "18",
    )


def test_lm_eval_itself_reports_the_same_accuracy(config: EvaluationConfig, backend: Any) -> None:
    import lm_eval
    from lm_eval.tasks import TaskManager

    with exact_comparer(config) as comparer:
        tasks = open_tasks(config.benchmarks[0], 0, open_scorer(config, comparer))
        results = lm_eval.simple_evaluate(
            backend,
            tasks=list(tasks.values()),
            bootstrap_iters=0,
            task_manager=TaskManager(include_defaults=False),
        )
    assert results is not None
    scores = results["results"]["gsm8k"]
    assert scores["correct,none"] == pytest.approx(2 / 5)
    assert scores["unparseable,none"] == pytest.approx(1 / 5)
