"""How GPUs are found and shared out."""

import pytest

from gleanery.infra.llm.gpus import share_gpus, visible_gpus
from gleanery.infra.llm.protocol import EngineError


def test_one_replica_per_gpu_by_default() -> None:
    assert share_gpus(("0", "1", "2"), 0, 1) == [("0",), ("1",), ("2",)]


def test_a_replica_may_span_gpus_and_a_rest_is_left_over() -> None:
    assert share_gpus(("0", "1", "2", "3", "4"), 0, 2) == [("0", "1"), ("2", "3")]


def test_fewer_replicas_than_gpus() -> None:
    assert share_gpus(("0", "1", "2"), 2, 1) == [("0",), ("1",)]


def test_cpu_gets_one_replica_or_as_many_as_asked() -> None:
    assert share_gpus((), 0, 1) == [()]
    assert share_gpus((), 3, 1) == [(), (), ()]


@pytest.mark.parametrize(("gpus", "replicas", "each"), [(("0",), 2, 1), (("0",), 0, 2), ((), 0, 2)])
def test_too_few_gpus_are_an_error(gpus: tuple[str, ...], replicas: int, each: int) -> None:
    with pytest.raises(EngineError, match="GPUs"):
        share_gpus(gpus, replicas, each)


@pytest.mark.parametrize(
    ("value", "seen"), [("0, 2", ("0", "2")), ("", ()), ("-1", ()), ("GPU-ab", ("GPU-ab",))]
)
def test_the_environment_decides_what_is_visible(
    monkeypatch: pytest.MonkeyPatch, value: str, seen: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    assert visible_gpus() == seen
