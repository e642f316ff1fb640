"""Two models on the same items: the flow asks each once, and says which is better."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gleanery.deployments import cli
from gleanery.deployments.evaluate import evaluate
from gleanery.deployments.reasons import UnknownReason
from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.run import open_store
from gleanery.infra.settings import read_settings
from gleanery.tasks.evaluation.report_store import newest_report, read_figures

ITEMS = 20
RESPONDER = """
import json, pathlib

ANSWERS = json.loads(pathlib.Path(__file__).with_name("answers.json").read_text())

def respond(body, nth):
    question = body["prompt"].rpartition("\\nQuestion: ")[2].removesuffix("\\nAnswer:").strip()
    return f"The answer is {ANSWERS[body['model']].get(question, 'unknown')}."
"""


@pytest.fixture
def evaluation(
    tmp_path: Path, shared_data: Path, llm_stub: Callable[..., Any], prefect_api: str
) -> tuple[ModelEvaluationConfig, list[Any]]:
    """Return an evaluation of a model that knows a quarter of the items, and one that knows all."""
    file = shared_data / "benchmarks" / "gsm8k_test.jsonl"
    items = [json.loads(line) for line in file.read_text().splitlines()[:ITEMS]]
    known = {"weak": items[::4], "strong": items}
    (tmp_path / "answers.json").write_text(
        json.dumps({m: {i["question"].strip(): i["answer"] for i in k} for m, k in known.items()})
    )
    (tmp_path / "respond.py").write_text(RESPONDER)
    script = str(tmp_path / "respond.py")
    stubs = {model: llm_stub("--responder", script, "--model", model) for model in known}
    config = ModelEvaluationConfig.model_validate(
        {
            "root": str(tmp_path / "root"),
            "models": [
                {"label": label, "engine": {"model": model, "base_urls": [stubs[model].url]}}
                for label, model in (("base", "weak"), ("tuned", "strong"))
            ],
            "evaluation": {
                "benchmarks": [
                    {
                        "name": "gsm8k",
                        "source": {"path": str(file), "first": ITEMS},
                        "exemplars": {"path": str(file.with_name("gsm8k_train.jsonl"))},
                    }
                ]
            },
        }
    )
    return config, list(stubs.values())


def test_two_models_are_measured_once_and_compared_item_by_item(
    evaluation: tuple[ModelEvaluationConfig, list[Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from prefect.artifacts import Artifact

    from gleanery.flows.evaluate_model import evaluate_model
    from gleanery.flows.evaluation_tables import evaluation_rows, published_table

    config, stubs = evaluation
    base, tuned = evaluate_model(config)
    assert (base.score.correct, tuned.score.correct) == (ITEMS // 4, ITEMS)
    assert tuned.against
    assert (tuned.against.won, tuned.against.lost) == (ITEMS - ITEMS // 4, 0)
    assert tuned.against.p_better < 0.001
    assert [len(stub.log()) for stub in stubs] == [ITEMS, ITEMS]
    store = open_store(config, read_settings())
    report = newest_report(store)
    assert report
    figures = read_figures(store, report)
    assert figures.measured == [base, tuned]
    assert evaluation_rows(figures)[1]["accuracy"] == "100.0%"
    assert evaluation_rows(figures)[1]["finding"] == "better"
    assert "| MAmmoTH2-7B [1] | 68.4 |" in published_table(figures)
    assert [one.model for one in figures.facts.models] == ["weak", "strong"]
    stored = {info.path.rpartition("/")[2] for info in store.list(report.folder)}
    assert stored == {"index.html", "items.parquet", "figures.json"}
    link, table, picture = (
        Artifact.get(f"evaluation{name}") for name in ("-report", "", "-published")
    )
    assert link
    assert table
    assert picture
    assert report.address(store) in str(link.data)
    assert '"finding": "better"' in str(table.data)
    assert "![accuracy by benchmark](data:image/png;base64,iVBOR" in str(picture.data)

    (tmp_path / "evaluation.yaml").write_text(config.model_dump_json())  # JSON is YAML, too
    capsys.readouterr()
    evaluate(tmp_path / "evaluation.yaml")
    assert [len(stub.log()) for stub in stubs] == [ITEMS, ITEMS]  # nothing is asked again
    assert len(store.list("reports")) == 4  # and the report is found there
    said = capsys.readouterr().out
    assert "gsm8k: tuned is better than base (+75.0 points, unadjusted 95 % interval " in said
    assert f"Report: {report.address(store)}" in said


def test_what_was_refused_is_told_once_and_a_retry_asks_it_again(
    evaluation: tuple[ModelEvaluationConfig, list[Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config, stubs = evaluation
    file = tmp_path / "evaluation.yaml"
    file.write_text(config.model_dump_json())
    items = Path(config.evaluation.benchmarks[0].source.path).read_text()
    question = json.loads(items.partition("\n")[0])
    text = json.dumps({"error": {"message": "at most 4096 tokens"}})
    fault = {"kind": "status", "status": 400, "match": question["question"][-40:], "text": text}
    stubs[1].control(faults=[fault])
    evaluate(file)
    said = capsys.readouterr()
    again = f"`gleanery retry {file} --only refused_request` asks them again"
    assert "".join(said.out.split()).count("".join(again.split())) == 1
    assert "at most 4096 tokens" in " ".join(said.out.split())
    assert "refused and count" not in said.err
    stubs[1].control(faults=[])
    cli.retry(file, only="refused_request")
    assert " refused " not in capsys.readouterr().out  # no column, no sentence
    assert len(stubs[1].log()) == ITEMS + 1
    with pytest.raises(UnknownReason, match="nothing was lost as refused_request"):
        cli.retry(file, only="refused_request")


def test_a_trained_model_needs_an_engine_that_serves_it() -> None:
    with pytest.raises(ValueError, match=r"set engine\.kind to vllm"):
        ModelEvaluationConfig.model_validate({"models": [{"label": "mine", "trained": "model"}]})


def test_how_a_model_is_asked_is_said_of_the_model_or_follows_from_where_it_was_trained() -> None:
    trained = {"trained": "mine", "engine": {"kind": "vllm"}}
    weights = {"path": "org/weights", "backend": "hf"}
    by_default = {"trained": trained, "weights": weights, "served": {}}
    said = {"text": trained | {"as_chat": False}, "talk": weights | {"as_chat": True}}
    models = [{"label": label, **values} for label, values in (by_default | said).items()]
    config = ModelEvaluationConfig.model_validate({"models": models})
    asked = {model.label: model.asked_as_chat for model in config.models}
    assert asked == {
        "trained": True, "weights": False, "served": False, "text": False, "talk": True
    }  # fmt: skip
