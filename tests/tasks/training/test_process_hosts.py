"""What processes of several hosts tell one another: who differs, and their random states."""

import os
import socket
import subprocess
import sys
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


def test_a_single_process_under_a_launcher_has_no_states_to_gather(
    process: Any, tmp_path: Path
) -> None:
    (tmp_path / "rng_state.pth").write_bytes(b"own")  # as transformers calls that of a single one
    process().gather_random_states(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["rng_state.pth"]


_SILENT = """
import sys, time
import torch, torch.distributed as dist
from gleanery.tasks.training.process_hosts import any_of_all, join_on_cpus
join_on_cpus(2.0)
if dist.get_rank():
    time.sleep(60)  # there, and not heard of any more
else:
    began = time.monotonic()
    try:
        any_of_all(True)
    except RuntimeError:
        print("waited", time.monotonic() - began, flush=True)
"""


def test_a_host_that_falls_silent_is_waited_for_as_long_as_was_asked_for() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("with GPUs it is transformers that joins them, and passes the timeout on")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2"}
    hosts = [
        subprocess.Popen(
            [sys.executable, "-c", _SILENT],
            env=os.environ | place | {"RANK": rank},
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in "01"
    ]
    try:
        told, _ = hosts[0].communicate(timeout=100)
    finally:
        for host in hosts:
            host.kill()
            host.wait()
    word, seconds = told.split()
    assert word == "waited"
    assert 1 < float(seconds) < 30  # and not half an hour
