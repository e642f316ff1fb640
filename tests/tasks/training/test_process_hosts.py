"""What processes of several hosts tell one another: who differs, and their random states."""

from pathlib import Path
from typing import Any

import pytest

from gleanery.tasks.training.chat_template import TrainingRefused
from gleanery.tasks.training.training_recipe import TrainingRecipe, Tuning
from gleanery.tasks.training.training_spec import BaseModelConfig, Devices, TrainingSpec


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that makes this the first process, the others giving what they are told."""
    import torch.distributed as dist

    from gleanery.tasks.training import process_hosts

    def be(*others: Any) -> Any:
        def gather(given: list[Any], own: Any) -> None:
            given[:] = [own, *others]

        monkeypatch.setattr(dist, "is_initialized", lambda: True)
        monkeypatch.setattr(dist, "get_world_size", lambda: 1 + len(others))
        monkeypatch.setattr(dist, "get_rank", lambda: 0)
        monkeypatch.setattr(dist, "barrier", lambda: None)
        monkeypatch.setattr(dist, "all_gather_object", gather)
        return process_hosts

    return be


def spec(agreed: str) -> TrainingSpec:
    return TrainingSpec(
        model=BaseModelConfig(path="base"),
        tuning=Tuning(),
        recipe=TrainingRecipe(),
        devices=Devices(hosts=2),
        train_files=(),
        validation_files=(),
        folder="work",
        agreed=agreed,
    )


def test_hosts_that_go_on_from_another_checkpoint_are_refused_by_number(process: Any) -> None:
    process("step 4", "step 4").check_agreement(spec("step 4"))
    with pytest.raises(TrainingRefused, match="the processes 2 of 3 train something else"):
        process("step 4", "step 2").check_agreement(spec("step 4"))


def test_a_checkpoint_has_the_random_states_of_all_hosts(process: Any, tmp_path: Path) -> None:
    (tmp_path / "rng_state_0.pth").write_bytes(b"own")
    hosts = process(("rng_state_1.pth", b"theirs"))
    hosts.gather_random_states(tmp_path)
    states = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert states == {"rng_state_0.pth": b"own", "rng_state_1.pth": b"theirs"}
