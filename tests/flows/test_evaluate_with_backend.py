"""Weights that a backend of lm-eval runs in a process of its own, measured as any model is."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gleanery.flows.evaluation_config import MeasuredModel, ModelEvaluationConfig
from gleanery.infra.folders import store_folder
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.score_items import Evaluation

TINY = Path(__file__).parents[1] / "tasks" / "training" / "tiny_base.py"
ITEMS = 6
LONG = "seven " * 2000


@pytest.fixture(scope="module")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "model"
    # In a process of its own: torch, once loaded, stays.
    subprocess.run([sys.executable, TINY, folder], check=True)
    return folder


def evaluation(root: Path, models: list[dict[str, Any]]) -> ModelEvaluationConfig:
    """Return an evaluation on sums, of which the last has a prompt that no tiny model holds."""
    file = root / "sums.jsonl"
    questions = [f"What is {a} plus {a}?" for a in range(ITEMS)] + [LONG]
    rows = [{"question": q, "answer": str(2 * a)} for a, q in enumerate(questions)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    sums = {"name": "gsm8k", "shots": 0, "max_tokens": 16, "source": {"path": str(file)}}
    return ModelEvaluationConfig.model_validate(
        {"root": str(root), "models": models, "evaluation": {"benchmarks": [sums]}}
    )


def measured(config: ModelEvaluationConfig) -> dict[str, Evaluation]:
    """Return what models came to in a flow of the test's own."""
    from prefect import flow

    from gleanery.flows.measured_models import measure_models

    store = Store(f"{config.root}/{config.name}")
    result: dict[str, Evaluation] = flow(measure_models, persist_result=False)(
        config, store, read_settings()
    )
    return result


def test_a_backend_answers_once_and_says_what_it_cut_off_and_refused(
    tmp_path: Path, tiny_base: Path, prefect_api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # more make a tiny model slower
    trained = Store(f"{tmp_path}/tiny")
    store_folder(trained, "models/first", tiny_base.parent, {"created": "2026-01-01"})
    store_folder(trained, "models/second", tiny_base.parent, {"created": "2026-01-02"})
    hf: dict[str, Any] = {"backend": "hf", "backend_args": {"batch_size": 4}}
    models = [
        {"label": "base", "path": str(tiny_base), **hf},
        {"label": "tuned", "trained": "tiny", "trained_key": "first", "as_chat": True, **hf},
    ]
    done = measured(evaluation(tmp_path, models))
    for (score,) in (done["base"].scores, done["tuned"].scores):
        assert (score.items, score.refused) == (ITEMS + 1, 1)
        assert score.truncated >= ITEMS - 1  # it has learned no end
    assert [one.scores[0].model for one in done.values()] == ["base", "tiny"]
    first, *_, last = done["base"].items
    assert first.prompt.endswith("What is 0 plus 0?\nAnswer:")
    assert (first.completion_tokens, first.as_chat) == (16, False)
    assert (last.finish_reason, last.answer) == ("refused", "")
    told = done["tuned"].items[0]  # in a turn of a talk: the same prompt, another answer
    assert (told.prompt, told.as_chat) == (first.prompt, True)
    assert told.answer != first.answer
    # What is answered is not asked again: this Python could not.
    gone = [model | {"python": "/nowhere"} for model in models]
    again = measured(evaluation(tmp_path, gone))
    assert {label: one.items for label, one in again.items()} == {
        label: one.items for label, one in done.items()
    }
    assert "torch" not in sys.modules


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"backend": "hf"}, "a backend runs weights: set trained or path"),
        ({"path": "x"}, "set engine.kind to vllm, or backend to hf"),
        ({"path": "x", "trained": "y", "backend": "hf"}, "not both"),
        ({"trained_key": "k"}, "trained_key needs `trained`"),
        ({"backend_args": {"dtype": "float16"}}, "set backend"),
        ({"path": "x", "backend": "hf", "backend_args": {"pretrained": "z"}}, "use path"),
        ({"path": "x", "backend": "hf", "backend_args": {"token": "z"}}, "looks like a secret"),
    ],
)
def test_it_is_said_what_is_amiss_with_a_model(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        MeasuredModel.model_validate({"label": "mine", **fields})
