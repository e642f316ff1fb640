"""What is found out about a model later: kept beside it, and told in its card."""

import sys
from pathlib import Path

import pytest
import yaml

from gleanery.infra.folders import find_folder
from gleanery.infra.storage import Store
from gleanery.tasks.model_records import BenchmarkResult, Decision, ModelResults, Purpose
from gleanery.tasks.training.model_evaluations import (
    fetch_model,
    find_decision,
    keep_decision,
    keep_results,
    model_card,
    next_test,
    results_of,
)

sys.path.insert(0, str(Path(__file__).parent))

from stored_models import store_model

KEY = "a" * 32


def results(
    correct: int = 30, created: str = "2026-02-03T04:05:06+00:00", purpose: Purpose = "reported"
) -> ModelResults:
    result = BenchmarkResult(
        benchmark="gsm8k",
        place="openai/gsm8k:main:test",
        shots=4,
        items=40,
        correct=correct,
        accuracy=correct / 40,
        low=0.59812345,
        high=0.86,
        unparseable=1,
        truncated=2,
        against="base",
        difference=0.125,
        p_value=0.0625,
    )
    return ModelResults(
        evaluation="exam", purpose=purpose, as_chat=False, created=created, results=[result]
    )


def decision(candidate: str, incumbent: str = "", promoted: bool = False) -> Decision:
    return Decision(
        candidate=candidate,
        incumbent=incumbent,
        promoted=promoted,
        why="not shown to be better",
        compared=True,
        suites=[],
        items=40,
        won=1,
        lost=2,
        p_value=0.9,
        test=1,
        alpha=0.025,
        alpha_in_all=0.05,
        regression_bound=0.02,
        regression_alpha=0.05,
        release="v0001",
        created="2026-02-03",
        writer=candidate,
    )


def test_card_tells_results_as_model_hubs_read_them(store: Store, tmp_path: Path) -> None:
    from huggingface_hub import ModelCardData
    from huggingface_hub.repocard_data import EvalResult

    model = store_model(store, tmp_path, KEY)
    before = model.digest
    path = keep_results(store, model, results())
    card = store.read(path).decode()
    header = yaml.safe_load(card.split("---\n")[1])
    [entry] = ModelCardData(**header).eval_results or []
    assert isinstance(entry, EvalResult)
    assert (entry.dataset_type, entry.dataset_name) == ("openai/gsm8k:main:test", "gsm8k")
    assert (entry.metric_type, entry.metric_value, entry.verified) == ("accuracy", 0.75, False)
    assert entry.dataset_args == {"num_few_shot": 4}
    assert entry.metric_args == {
        "items": 40,
        "correct": 30,
        "low_95": 0.598123,
        "high_95": 0.86,
        "unparseable": 1,
        "truncated": 2,
        "evaluation": "exam",
        "date": "2026-02-03",
        "against": "base",
        "difference": 0.125,
        "p_value": 0.0625,
    }
    assert "| gsm8k | 40 | 4 | 75.0% | 59.8% to 86.0% | 1 | 2 | base | +12.5% | 0.0625 |" in card
    stored = find_folder(store, model.name)
    assert stored is not None
    assert stored.digest == before  # what names the weights in every request stays


def test_same_result_keeps_its_date_and_another_takes_its_place(
    store: Store, tmp_path: Path
) -> None:
    model = store_model(store, tmp_path, KEY)
    keep_results(store, model, results())
    keep_results(store, model, results(created="2026-09-09T00:00:00+00:00"))
    assert [one.created[:10] for one in results_of(store, KEY)] == ["2026-02-03"]
    keep_results(store, model, results(31, "2026-09-09T00:00:00+00:00"))
    keep_results(store, model, results(20, purpose="validation"))
    found = {(one.purpose, one.results[0].correct) for one in results_of(store, KEY)}
    assert found == {("reported", 31), ("validation", 20)}


def test_first_decision_about_a_model_counts_and_its_card_tells_it(
    store: Store, tmp_path: Path
) -> None:
    model = store_model(store, tmp_path, KEY)
    assert find_decision(store, KEY) is None
    made = keep_decision(store, decision(KEY))
    assert keep_decision(store, decision(KEY, promoted=True).model_copy(update={"won": 9})) == made
    assert "It did not take the place of the base: not shown to be better." in model_card(
        store, model
    )


def test_candidates_are_counted_against_each_incumbent(store: Store) -> None:
    for letter, incumbent in (("b", ""), ("c", ""), ("d", "c" * 32)):
        keep_decision(store, decision(letter * 32, incumbent))
    keep_decision(store, decision("e" * 32).model_copy(update={"compared": False}))
    counted = [next_test(store, incumbent) for incumbent in ("", "c" * 32, "d" * 32)]
    assert counted == [3, 2, 1]


def test_fetched_model_has_its_card_of_today(store: Store, tmp_path: Path) -> None:
    model = store_model(store, tmp_path, KEY)
    keep_results(store, model, results())
    fetch_model(store, model, tmp_path / "fetched")
    folder = tmp_path / "fetched" / "model"
    assert (folder / "model.safetensors").read_text() == f"weights of {KEY}"
    assert (folder / "README.md").read_text() == model_card(store, model)
    with pytest.raises(ValueError, match="holds something already"):
        fetch_model(store, model, tmp_path / "fetched")
