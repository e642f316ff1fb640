"""Backends of lm-eval as an engine: how their answers ended, and what is said when they cannot."""

import asyncio
from types import SimpleNamespace
from typing import Any

import numpy
import pytest

from gleanery.infra.llm.protocol import EngineError, ModelIdentity, Request, Sampling
from gleanery.tasks.evaluation.backend_engine import BackendEngine
from gleanery.tasks.evaluation.backend_spec import BackendSpec, deciding
from gleanery.tasks.evaluation.process_ends import ends_of_outputs, ends_of_tokens

MODEL = ModelIdentity("tiny")
END, PAD = 9, 0


def letters(eos: Any = END) -> Any:
    """Return a causal model whose token 1 is "a", 2 is "b" and so on."""
    return SimpleNamespace(
        backend="causal",
        eot_token_id=END,
        model=SimpleNamespace(generation_config=SimpleNamespace(eos_token_id=eos)),
        tok_decode=lambda row, skip_special_tokens: "".join(chr(96 + token) for token in row),
        tok_encode=lambda text, add_special_tokens: list(text),
    )


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        ([1, 2, END, PAD], ("stop", 3)),
        ([1, 2, 3, 4], ("length", 4)),
        ([1, 2, 4, 5], ("stop", 2)),  # a text to stop at, after which its batch went on
        ([1, 8, PAD, PAD], ("stop", 2)),  # the model's file names another end, too
    ],
)
def test_it_is_known_which_answers_were_cut_off(answer: list[int], ended: Any) -> None:
    told = {"context": numpy.zeros((1, 2)), "stop": ["de"]}
    made = numpy.array([[7, 7, *answer]])
    assert list(ends_of_tokens(letters([END, 8]), made, told)) == [ended]


def test_a_server_in_the_process_says_itself_how_answers_ended() -> None:
    outputs = [SimpleNamespace(outputs=[SimpleNamespace(finish_reason="length", token_ids=[1, 2])])]
    assert list(ends_of_outputs(None, outputs, {})) == [("length", 2)]


def test_a_backend_that_cannot_start_is_an_error_with_the_end_of_its_log() -> None:
    async def ask() -> None:
        engine = BackendEngine(MODEL, BackendSpec(backend="hf", args={}), python="/nowhere/python")
        try:
            async for _ in engine.complete([Request(MODEL, (), Sampling(), prompt="Why?")]):
                raise AssertionError("nobody can have answered")
        finally:
            await engine.aclose()

    with pytest.raises(
        EngineError, match=r"check path and backend_args\. Its log ends with:\n.*nowhere"
    ):
        asyncio.run(ask())


def test_how_a_backend_runs_does_not_decide_its_answers_and_what_it_computes_in_does() -> None:
    assert deciding("hf", {"batch_size": 8, "device": "cpu"}) == deciding("hf", {}) == "hf"
    half = deciding("hf", {"dtype": "bfloat16"})
    assert half == deciding("hf", {"dtype": "bfloat16", "batch_size": 2})
    assert len({half, deciding("hf", {"dtype": "float32"}), deciding("vllm", {})}) == 3
