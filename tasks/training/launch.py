"""The command that trains: one process, several on this machine, or this machine's of several."""

import sys

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.llm.gpus import visible_gpus
from gleanery.tasks.training.training_spec import TrainingSpec
from gleanery.tasks.training.work_folder import SPEC

_PROCESS = "gleanery.tasks.training.process_train"
_LAUNCHER = "torch.distributed.run"


class HostPlace(Config):
    """Which of several hosts this is, and where their processes find one another.

    Hosts that name another meeting never meet, so that who is left of an earlier try joins none.
    """

    rank: int = Field(0, ge=0, le=1023, description="The host's number; the first one is 0.")
    meets_at: str = Field("127.0.0.1:29400", description="HOST:PORT of the first host.")
    meeting: str = Field("training", description="What all hosts of this try call it.")


def training_command(python: str, spec: TrainingSpec, place: HostPlace | None) -> list[str]:
    """Return the command of this machine's part; `place` is `None` where it is all of it."""
    program = [python or sys.executable, "-m"]
    process = [_PROCESS, str(spec.work / SPEC)]
    processes = spec.devices.processes or len(visible_gpus()) or 1
    if place is None and processes == 1:
        return [*program, *process]
    launcher = [_LAUNCHER, "--nproc-per-node", str(processes)]
    if place is None:
        return [*program, *launcher, "--standalone", "--module", *process]
    # Static: ranks follow from the hosts' numbers, so that order and random numbers are the same
    # in every try, and the first host's process is the one that saves.
    meeting = [
        *("--nnodes", str(spec.devices.hosts), "--node-rank", str(place.rank)),
        *("--rdzv-backend", "static", "--rdzv-endpoint", place.meets_at),
        *("--rdzv-id", place.meeting),
        *("--rdzv-conf", f"timeout={spec.devices.network_timeout_s:.0f}"),
    ]
    return [*program, *launcher, *meeting, "--module", *process]
