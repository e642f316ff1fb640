"""What the processes of a training, on one host or several, tell one another beside gradients."""

import datetime
import os
import shutil
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from gleanery.tasks.training.chat_template import TrainingRefused
from gleanery.tasks.training.training_spec import TrainingSpec


def leads_host() -> bool:
    """Return whether this is the first process of its host."""
    return os.environ.get("LOCAL_RANK", "0") == "0"


def join_on_cpus(timeout_s: float) -> None:
    """Join the other processes where there are any, and no GPU: transformers does so with one.

    Without one it would forget how long to wait, and a host that is cut off from the network would
    hold the others for half an hour.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1 and not torch.cuda.is_available():
        dist.init_process_group("gloo", timeout=datetime.timedelta(seconds=timeout_s))


def any_of_all(*flags: bool) -> tuple[bool, ...]:
    """Return which flags any process has set; all processes call it."""
    if not dist.is_initialized():
        return flags
    device = "cuda" if dist.get_backend() == "nccl" else "cpu"
    told = torch.tensor([int(flag) for flag in flags], device=device)
    dist.all_reduce(told, op=dist.ReduceOp.MAX)
    return tuple(bool(flag) for flag in told.tolist())


def check_agreement(spec: TrainingSpec) -> None:
    """Refuse hosts that train something else, or go on from another checkpoint, than the first."""
    if not dist.is_initialized():
        return
    agreed = _all(spec.agreed)
    if others := [rank for rank, one in enumerate(agreed) if one != agreed[0]]:
        raise TrainingRefused(
            f"the processes {', '.join(map(str, others))} of {len(agreed)} train something else "
            "than the first one, or go on from another checkpoint: give all hosts the same "
            "configuration, the same root and the same version of Gleanery, and start them again"
        )


def gather_random_states(checkpoint: Path) -> None:
    """Return when a checkpoint is whole on the first host's disk.

    Every process writes its random numbers to the disk of its own host; all else is written by the
    first one. The other hosts keep nothing. A launcher may have started a single one.
    """
    if not dist.is_initialized() or dist.get_world_size() == 1:
        return
    # The files that transformers writes and looks for: one for each process, by its number.
    own = checkpoint / f"rng_state_{dist.get_rank()}.pth"
    states = _all((own.name, own.read_bytes()))
    if dist.get_rank() == 0:
        for name, state in states:
            if not (checkpoint / name).exists():
                (checkpoint / name).write_bytes(state)
    dist.barrier()
    if leads_host() and dist.get_rank() != 0:
        shutil.rmtree(checkpoint)


def _all(own: Any) -> list[Any]:
    """Return what each process gives, in the order of their numbers."""
    given: list[Any] = [None] * dist.get_world_size()
    dist.all_gather_object(given, own)
    return given
