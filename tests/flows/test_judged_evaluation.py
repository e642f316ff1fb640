"""The flow measures models on judged suites beside benchmarks, and asks nothing twice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.tasks.evaluation.judged_records import Judged

RESPONDER = """
import json

def respond(body, nth):
    said = body.get("prompt") or body["messages"][-1]["content"]
    if body["model"] != "judge":
        return {"weak": "Hm.", "strong": "A good answer."}[body["model"]]
    if "<answer_a>" not in said:
        return json.dumps({"needs": "", "check": "read", "faults": "none", "points": 7})
    better = "A" if "<answer_a>\\nA good answer." in said else "B"
    worse = "B" if better == "A" else "A"
    texts = {"needs": "x", "answer_a": "x", "answer_b": "x"}
    return json.dumps({**texts, "verdict": f"{better}>{worse}"})
"""


@pytest.fixture
def config(
    tmp_path: Path, shared_data: Path, llm_stub: Callable[..., Any]
) -> tuple[ModelEvaluationConfig, Any]:
    """Return an evaluation of two models on real questions of three judged suites."""
    (tmp_path / "respond.py").write_text(RESPONDER)
    stub = llm_stub("--responder", str(tmp_path / "respond.py"))
    stub.control(models=["weak", "strong", "judge"])
    folder = shared_data / "benchmarks"

    def suite(name: str, file: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "source": {"path": str(folder / file), "first": 4}, **more}

    def engine(model: str) -> dict[str, Any]:
        return {"model": model, "base_urls": [stub.url]}

    made = ModelEvaluationConfig.model_validate(
        {
            "root": str(tmp_path / "root"),
            "models": [
                {"label": "base", "engine": engine("weak")},
                {"label": "tuned", "engine": engine("strong"), "as_chat": True},
            ],
            "evaluation": {"benchmarks": []},
            "judging": {
                "suites": [
                    suite("alpaca_eval", "alpaca_eval.jsonl"),
                    suite("mt_bench", "mt_bench.jsonl"),
                    suite("arena_hard", "arena_hard_v0.1.jsonl", reference="base"),
                ],
                "judges": [engine("judge")],
            },
        }
    )
    return made, stub


def test_models_are_judged_beside_their_benchmarks_and_nothing_is_asked_twice(
    config: tuple[ModelEvaluationConfig, Any], prefect_api: str
) -> None:
    from prefect import flow

    from gleanery.flows.judged_evaluation import judge_models, judged_rows, read_suites
    from gleanery.flows.run import open_store
    from gleanery.infra.settings import read_settings

    evaluation, stub = config
    settings = read_settings()

    @flow
    def judge() -> Judged | None:
        store = open_store(evaluation, settings)
        return judge_models(evaluation, store, settings, read_suites(evaluation, settings))

    made = judge()
    assert made
    assert made.unanswered == 0
    rates = {(one.suite, one.label): one.rate.estimate for one in made.win_rates}
    # Of two answers that it does not know, the judge always takes the second.
    assert rates == {("alpaca_eval", "base"): 0.5, ("alpaca_eval", "tuned"): 1} | {
        ("arena_hard", "tuned"): 1
    }
    assert [one.inconsistent for one in made.win_rates] == [4, 0, 0]
    assert [(one.label, one.points.estimate) for one in made.points] == [("base", 7), ("tuned", 7)]
    # Models: 4 single turns in two suites and 4 talks of two; judge: pairs twice, turns once.
    models, pairs, turns = 2 * (4 + 4 + 8), 2 * (4 + 4 + 4), 2 * 8
    assert len(stub.log()) == models + pairs + turns
    order = [entry["body"]["model"] for entry in stub.log()]
    assert order == sorted(order, key=["weak", "strong", "judge"].index)  # one engine at a time
    assert judge() == made
    assert len(stub.log()) == models + pairs + turns
    rows = judged_rows(made)
    assert [row["result"] for row in rows] == [
        *("50.0% won", "100.0% won", "100.0% won", "7.00 points", "7.00 points")
    ]
    assert all(row.keys() == rows[0].keys() for row in rows)
    # "tuned" wins all four questions, p = 2 / 16, in three of the four tests that are made of it.
    assert [row["adjusted p"] for row in rows[:3]] == ["1", "0.5", "0.5"]
    assert [row["its adjusted p"] for row in rows] == ["", "0.5", "", "", "1"]
    assert judged_rows(None) == []


def test_what_was_not_said_is_asked_again_when_retried(
    config: tuple[ModelEvaluationConfig, Any], prefect_api: str, tmp_path: Path
) -> None:
    from prefect import flow

    from gleanery.flows.judged_evaluation import judge_models, read_suites
    from gleanery.flows.run import open_store
    from gleanery.infra.incremental import Retry
    from gleanery.infra.settings import read_settings

    evaluation, stub = config
    settings = read_settings()
    judging = evaluation.judging.model_copy(update={"suites": evaluation.judging.suites[1:2]})
    evaluation = evaluation.model_copy(update={"judging": judging})

    @flow
    def judge(retry: Retry | None = None) -> Judged | None:
        store = open_store(evaluation, settings)
        suites = read_suites(evaluation, settings)
        return judge_models(evaluation, store, settings, suites, retry)

    stub.control(faults=[{"kind": "say", "text": "Both are fine.", "match": '"judge"'}])
    made = judge()
    assert made
    assert [none.counts.unparseable for none in made.without_figures] == [8, 8]
    stub.control(faults=[])
    assert judge() == made  # an ordinary run lets it stand
    asked = len(stub.log())
    told = judge(Retry("unparseable", ask_again=True))
    assert told
    assert not told.without_figures
    assert [(one.items, one.points.estimate) for one in told.points] == [(4, 7), (4, 7)]
    assert len(stub.log()) == asked + 2 * 8


def test_a_suite_that_is_not_there_is_found_before_anything_is_asked(
    config: tuple[ModelEvaluationConfig, Any], prefect_api: str
) -> None:
    from gleanery.flows.evaluate_model import evaluate_model

    evaluation, stub = config
    source = {"path": "/nowhere/mt_bench.jsonl"}
    values = evaluation.model_dump()
    values["judging"]["suites"] = [{"name": "mt_bench", "source": source}]
    with pytest.raises(FileNotFoundError, match="/nowhere/mt_bench"):
        evaluate_model(ModelEvaluationConfig.model_validate(values))
    assert not stub.log()


def test_a_reference_that_is_not_measured_is_refused() -> None:
    with pytest.raises(ValidationError, match="'bsae' is none of the models base"):
        ModelEvaluationConfig.model_validate(
            {
                "models": [{"label": "base"}],
                "judging": {
                    "suites": [{"name": "arena_hard", "reference": "bsae"}],
                    "judges": [{"model": "judge"}],
                },
            }
        )
