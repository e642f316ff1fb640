"""From a release to a trained model that a real vLLM serves, also one that began with nothing."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.llm.vllm_config import VLLMConfig
from gleanery.infra.storage import Store

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks" / "release"))

from released_candidates import publish_rows

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(900)]

INPUTS = Path(__file__).parents[2] / "deployments" / "quickstart" / "inputs"
ITEMS = 4


def test_a_trained_model_is_served_and_measured_beside_its_base(
    tmp_path: Path,
    shared_data: Path,
    tiny_model: Path,
    small_vllm: Callable[..., VLLMConfig],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    from prefect.testing.utilities import prefect_test_harness

    from gleanery.flows.evaluate_model import evaluate_model
    from gleanery.flows.train_model import train_model

    root = str(tmp_path / "root")
    publish_rows(Store(f"{root}/lessons"), 60)
    training = TrainingConfig.model_validate(
        {
            "name": "tuned",
            "root": root,
            "release": {"dataset": "lessons"},
            "model": {"path": str(tiny_model)},
            "tuning": {"method": "lora"},
            "recipe": {"learning_rate": 0.01, "max_steps": 2, "global_batch": 8},
            "devices": {"threads": 1},
            "work": str(tmp_path / "work"),
        }
    )
    served: dict[str, Any] = {"kind": "vllm", "vllm": small_vllm(max_model_len=4096).model_dump()}
    file = shared_data / "benchmarks" / "gsm8k_test.jsonl"
    benchmark = {
        "name": "gsm8k",
        "max_tokens": 16,
        "source": {"path": str(file), "first": ITEMS},
        "exemplars": {"path": str(file.with_name("gsm8k_train.jsonl"))},
    }
    evaluation = ModelEvaluationConfig.model_validate(
        {
            "root": root,
            "models": [
                {"label": "base", "engine": {**served, "model": "tiny"}},
                {"label": "tuned", "trained": "tuned", "engine": served},
            ],
            "evaluation": {"benchmarks": [benchmark]},
        }
    )
    with prefect_test_harness(server_startup_timeout=120):
        made = train_model(training)
        base, tuned = evaluate_model(evaluation)
    assert {"adapter/adapter_model.safetensors", "model/model.safetensors"} <= {
        file.path for file in made.files
    }
    assert (base.score.items, tuned.score.items) == (ITEMS, ITEMS)
    assert tuned.score.model == "tuned"
    assert tuned.score.refused == 0  # it answered; what a random model says is never right
    assert tuned.against
    assert tuned.against.items == ITEMS


def test_a_model_of_random_weights_and_a_tokenizer_of_its_own_is_served(
    tmp_path: Path,
    small_vllm: Callable[..., VLLMConfig],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    from prefect.testing.utilities import prefect_test_harness

    from gleanery.flows.evaluate_model import evaluate_model
    from gleanery.flows.train_model import train_model

    root = str(tmp_path / "root")
    publish_rows(Store(f"{root}/lessons"), 60)
    training = TrainingConfig.model_validate(
        {
            "name": "fresh",
            "root": root,
            "release": {"dataset": "lessons"},
            "model": {"fresh": {"context": 2048}},
            "recipe": {"learning_rate": 0.002, "max_steps": 4, "global_batch": 8},
            "devices": {"threads": 1},
            "work": str(tmp_path / "work"),
        }
    )
    problems = INPUTS / "word_problems.jsonl"
    benchmark = {
        "name": "gsm8k",
        "shots": 2,
        "max_tokens": 16,
        "source": {"path": str(problems), "first": ITEMS},
        "exemplars": {"path": str(INPUTS / "word_problem_examples.jsonl")},
    }
    engine = {"kind": "vllm", "vllm": small_vllm().model_dump()}
    evaluation = ModelEvaluationConfig.model_validate(
        {
            "root": root,
            "models": [{"label": "fresh", "trained": "fresh", "engine": engine, "as_chat": True}],
            "evaluation": {"benchmarks": [benchmark]},
        }
    )
    with prefect_test_harness(server_startup_timeout=120):
        made = train_model(training)
        [fresh] = evaluate_model(evaluation)
    assert made.notes["held_out_loss"] < 7.6  # what it began with: the logarithm of 2,048 tokens
    assert (fresh.score.items, fresh.score.refused) == (ITEMS, 0)
