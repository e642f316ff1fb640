"""An evaluation over a real vLLM, in prompts and in talks, of a model that knows nothing."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gleanery.infra.budget import BudgetConfig, open_budget
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import EngineError
from gleanery.infra.llm.room import engine_room
from gleanery.infra.llm.vllm_config import VLLMConfig
from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.benchmarks import BenchmarkConfig, BenchmarkName
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.score_items import score_items
from gleanery.tasks.llm_part import LLMRun

pytestmark = pytest.mark.vllm


def test_prompts_and_talks_are_answered_and_a_prompt_that_is_too_long_is_counted(
    tmp_path: Path, shared_data: Path, small_vllm: Callable[..., VLLMConfig]
) -> None:
    file = shared_data / "benchmarks" / "math_test.jsonl"
    items = [json.loads(line) for line in file.read_text().splitlines()[:5]]
    items[-1]["question"] += " Why?" * 2_000
    some = tmp_path / "some.jsonl"
    some.write_text("\n".join(map(json.dumps, items)))
    math = _benchmark("math", some, shots=1)  # four examples are too many for this model
    # Of these every prompt is too long.
    arc = _benchmark("arc_challenge", shared_data / "benchmarks" / "arc_challenge.jsonl", shots=8)
    engine = EngineConfig(kind="vllm", model="tiny", vllm=small_vllm(max_model_len=768))
    with engine_room() as room:
        store = Store(str(tmp_path / "store"))
        run = LLMRun(Parts(store), room, open_budget(BudgetConfig(), store))
        config = EvaluationConfig(benchmarks=(math,))
        told = [
            score_items(run, config, engine, as_chat, prefix=f"{as_chat}.")
            for as_chat in (False, True)
        ]
        with pytest.raises(EngineError, match="asked 5 prompts of arc_challenge and all were"):
            score_items(run, EvaluationConfig(benchmarks=(arc,)), engine, as_chat=False)
    for evaluation in told:
        (score,) = evaluation.scores
        assert (score.items, score.correct, score.refused) == (5, 0, 1)
        assert score.truncated >= 3  # it has learned no end
        assert [bool(item.answer) for item in evaluation.items] == [True] * 4 + [False]
        assert "768" in score.refusal
    prompts = [[item.prompt for item in evaluation.items] for evaluation in told]
    assert prompts[0] == prompts[1]
    answers = [[item.answer for item in evaluation.items] for evaluation in told]
    assert answers[0] != answers[1]  # a talk goes through the chat template


def _benchmark(name: BenchmarkName, file: Path, shots: int) -> BenchmarkConfig:
    source = BenchmarkSource(path=str(file), first=5)
    return BenchmarkConfig(name=name, source=source, max_tokens=24, shots=shots)
