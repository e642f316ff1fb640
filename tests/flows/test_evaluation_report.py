"""What a report says of an evaluation: who was measured, and what is still open."""

import sys
from pathlib import Path
from typing import Any

from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.evaluation_report import evaluation_facts
from gleanery.flows.evaluation_tables import findings_in_words
from gleanery.infra.receipts import Receipt, Usage
from gleanery.tasks.evaluation.report_data import ModelFacts
from gleanery.tasks.evaluation.score_items import Evaluation

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks" / "evaluation"))

from evaluation_sample import figures_of, scored

CONFIG = ModelEvaluationConfig.model_validate(
    {
        "models": [
            {"label": "base-v1", "engine": {"model": "org/base", "revision": "r1"}},
            {"label": "tuned", "trained": "mine", "engine": {"kind": "vllm"}},
        ],
        "evaluation": {
            "benchmarks": [{"name": "gsm8k", "shots": 2, "max_tokens": 99}, {"name": "mmlu_stem"}],
            "seed": 5,
        },
    }
)


def receipt(part: str, model: list[str], failed: int = 0) -> Receipt:
    fields: dict[str, Any] = {
        "stage": "answers", "version": 1, "part": part, "key": "k", "generation": 1, "data": "d",
        "losses": "", "rows_in": 9, "rows_out": 9, "rejected": {}, "usage": Usage(), "seconds": 1.0,
        "failed": {"connection": failed} if failed else {}, "row_digest": "r", "inputs": (),
        "decides": {"model": model}, "created": "2026-05-01", "writer": "w",
    }  # fmt: skip
    return Receipt(**fields)


def test_receipts_tell_which_model_answered_and_what_is_open_by_benchmark() -> None:
    trained = ["mine", "digest-of-weights"]
    base = [receipt("base-v1.gsm8k.0000", ["org/base", "r1"])]
    tuned = [
        receipt("tuned.gsm8k.0000", trained, failed=2),
        receipt("tuned.gsm8k.0001", trained, failed=1),
        receipt("tuned.mmlu_stem.0000", trained),
    ]
    done = {"base-v1": Evaluation([], [], base, 0), "tuned": Evaluation([], [], tuned, 3)}
    facts = evaluation_facts(CONFIG, done)
    assert facts.models == [
        ModelFacts(label="base-v1", model="org/base", revision="r1", as_chat=False),
        ModelFacts(label="tuned", model="mine", revision="digest-of-weights", as_chat=True),
    ]
    assert facts.unanswered == {"tuned": {"gsm8k": 3}}
    assert [(one.name, one.shots, one.max_tokens) for one in facts.benchmarks] == [
        ("gsm8k", 2, 99), ("mmlu_stem", 5, 2048),
    ]  # fmt: skip
    assert facts.seed == 5


def test_model_without_any_benchmark_is_known_by_its_configuration() -> None:
    done = {label: Evaluation([], [], [], 0) for label in ("base-v1", "tuned")}
    assert [one.model for one in evaluation_facts(CONFIG, done).models] == ["org/base", "mine"]


def test_refused_prompts_are_said_before_anything_else() -> None:
    refused = {"finish_reason": "refused", "extracted": "", "unparseable": True, "answer": ""}
    said = ["HTTP 413", "HTTP 400: 9,001 tokens", "HTTP 400: 77 tokens"]
    base = [scored(1, True)]
    base += [scored(2 + n, False, **refused, detail=text) for n, text in enumerate(said)]
    figures = figures_of({"base": base, "tuned": [scored(1, True)]})
    lines = findings_in_words(figures, "my.yaml")
    assert lines[0].startswith(
        "base: 3 of 4 prompts of gsm8k were refused and count as wrong, mostly with: HTTP 400: "
        "9,001 tokens. `gleanery retry my.yaml --only refused_request` asks them again"
    )
    assert not any("refused" in line for line in lines[1:])
