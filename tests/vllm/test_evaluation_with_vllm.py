"""An evaluation over a real vLLM, in prompts and in talks, of a model that knows nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gleanery.infra.budget import BudgetConfig, open_budget
from gleanery.infra.llm.config import EngineConfig
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

FILES: dict[BenchmarkName, str] = {"math": "math_test", "arc_challenge": "arc_challenge"}


def test_prompts_and_talks_are_answered_and_a_prompt_that_is_too_long_is_counted(
    tmp_path: Path, shared_data: Path, small_vllm: Callable[..., VLLMConfig]
) -> None:
    benchmarks = tuple(
        BenchmarkConfig(
            name=name,
            source=BenchmarkSource(path=str(shared_data / "benchmarks" / f"{file}.jsonl"), first=4),
            max_tokens=24,
            shots=1 if name == "math" else None,  # eight examples are too many for this model
        )
        for name, file in FILES.items()
    )
    vllm = small_vllm(max_model_len=768)
    engine = EngineConfig(kind="vllm", model="tiny", vllm=vllm)
    with engine_room() as room:
        store = Store(str(tmp_path))
        run = LLMRun(Parts(store), room, open_budget(BudgetConfig(), store))
        told = [
            score_items(
                run,
                EvaluationConfig(benchmarks=benchmarks),
                engine,
                as_chat,
                prefix=f"{as_chat}.",
            )
            for as_chat in (False, True)
        ]
    for evaluation in told:
        math, arc = evaluation.scores
        assert (math.items, math.correct, math.refused) == (4, 0, 0)
        assert math.truncated >= 3  # it has learned no end
        assert (arc.items, arc.refused) == (4, 4)  # five refusals would end the run
        assert all(item.answer for item in evaluation.items if item.benchmark == "math")
    prompts = [[item.prompt for item in evaluation.items] for evaluation in told]
    assert prompts[0] == prompts[1]
    answers = [[item.answer for item in evaluation.items] for evaluation in told]
    assert answers[0] != answers[1]  # a talk goes through the chat template
