"""Weights that a backend of lm-eval runs in a process of its own, measured as any model is."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gleanery.flows.evaluation_config import MeasuredModel, ModelEvaluationConfig
from gleanery.infra.folders import store_folder
from gleanery.infra.llm.protocol import ModelIdentity
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.backend_engine import BackendEngine
from gleanery.tasks.evaluation.backend_spec import BackendSpec
from gleanery.tasks.evaluation.score_items import Evaluation
from gleanery.tasks.training.trained_models import NoModel, newest_model

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
    return flow(persist_result=False)(measure_models)(config, store, read_settings())


def test_a_backend_answers_once_and_says_what_it_cut_off_and_refused(
    tmp_path: Path, tiny_base: Path, prefect_api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # more make a tiny model slower
    torch_was_there = "torch" in sys.modules  # a test before this one may have brought it
    trained = Store(f"{tmp_path}/tiny")
    store_folder(trained, "models/first", tiny_base.parent, {"created": "2026-01-01"})
    model = {
        "label": "tuned",
        "trained": "tiny",
        "backend": "hf",
        "backend_args": {"batch_size": 4},
    }
    done = measured(evaluation(tmp_path, [model]))["tuned"]
    (score,) = done.scores
    assert (score.model, score.items, score.refused) == ("tiny", ITEMS + 1, 1)
    assert score.truncated >= ITEMS - 1  # it has learned no end
    first, *_, last = done.items
    assert first.prompt.endswith("What is 0 plus 0?\nAnswer:")
    assert first.answer
    assert (last.finish_reason, last.answer) == ("refused", "")
    assert re.fullmatch(r"the prompt has [\d,]+ tokens .* the model holds [\d,]+", last.detail)
    # What is answered is not asked again: this Python could not, and the weights are not there.
    for file in newest_model(trained).files:
        trained.delete(f"models/first/{file.path}")
    again = measured(evaluation(tmp_path, [model | {"python": "/nowhere"}]))
    assert again["tuned"].items == done.items
    assert ("torch" in sys.modules) is torch_was_there


def test_weights_are_named_by_what_they_are_and_not_by_where_they_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gleanery.flows import measured_models

    specs: list[BackendSpec] = []

    class Asked(BackendEngine):
        def __init__(self, identity: ModelIdentity, spec: BackendSpec, python: str = "") -> None:
            super().__init__(identity, spec, python)
            specs.append(spec)

    monkeypatch.setattr(measured_models, "BackendEngine", Asked)
    folders = [tmp_path / name / "model" for name in ("here", "there")]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "config.json").write_text("{}")
    trained = Store(f"{tmp_path}/tiny")
    for name in ("first", "second"):
        (folders[0] / "notes.txt").write_text(name)
        store_folder(trained, f"models/{name}", folders[0].parent, {"created": f"at {name}"})

    def who(**fields: Any) -> tuple[str, str]:
        model = MeasuredModel.model_validate({"label": "mine", "backend": "hf", **fields})
        with measured_models.answering(model, str(tmp_path), read_settings()) as (_, engine):
            return engine.model, engine.revision

    (folders[0] / "notes.txt").unlink()
    assert who(path=str(folders[0])) == who(path=str(folders[1]))
    assert who(path=str(folders[0]))[0] == "mine"
    assert who(path="some/model", revision="v2") == ("some/model", "v2+hf")
    assert specs[-1].args == {"pretrained": "some/model", "revision": "v2"}
    assert who(trained="tiny") == who(trained="tiny", trained_key="second")
    assert who(trained="tiny", trained_key="first") != who(trained="tiny")
    with pytest.raises(NoModel, match=r"no model third at .*: check trained_key"):
        who(trained="tiny", trained_key="third")
    with pytest.raises(FileNotFoundError, match=r"no base model at \./nowhere"):
        who(path="./nowhere")


def test_a_token_that_ends_thoughts_is_no_secret() -> None:
    args = {"think_end_token": "</think>"}
    MeasuredModel.model_validate({"path": "x", "backend": "hf", "backend_args": args})


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
