"""The other hosts of a training, as runs of a deployment that each of them serves."""

import contextlib
import socket
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.logging import get_run_logger
from prefect.settings import PREFECT_API_URL
from prefect.states import Cancelled, Cancelling

from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.settings import Settings
from gleanery.tasks.training.followed_process import TrainingFailed, TrainingInterrupted
from gleanery.tasks.training.launch import HostPlace
from gleanery.tasks.training.training_plan import Training

_LOOK_EVERY_S = 5.0
_END_WITHIN_S = 60.0
_ENDING = (StateType.RUNNING, StateType.CANCELLING)
_OPEN = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.PAUSED]


class HostRuns:
    """The runs of all hosts but the first, which leads them at `place`."""

    def __init__(self, place: HostPlace) -> None:
        self.place = place
        self._runs: dict[int, UUID] = {}
        self._looked = time.monotonic()

    def start(self, config: TrainingConfig, tag: str) -> None:
        """Start them all. Raises `TrainingFailed` where nobody has deployed them."""
        told = config.model_dump(mode="json")
        deployment = config.devices.host_deployment
        for rank in range(1, config.devices.hosts):
            part = self.place.model_copy(update={"rank": rank})
            parameters = {"config": told, "place": part.model_dump(mode="json")}
            try:
                # Synchronous in a flow that is, whatever its type says.
                run: Any = run_deployment(deployment, parameters=parameters, timeout=0, tags=[tag])
            except ObjectNotFound as error:
                raise TrainingFailed(
                    f"there is no deployment {deployment} for the other hosts: run `gleanery host` "
                    "on each of them, or set devices.host_deployment"
                ) from error
            self._runs[rank] = run.id

    def wait(self) -> None:
        """Wait a while for them to end, as they do after the first host's last step."""
        deadline = time.monotonic() + _END_WITHIN_S
        while time.monotonic() < deadline:
            waiting = (StateType.SCHEDULED, StateType.PENDING)
            if all(
                r.state_type in waiting or (r.state and r.state.is_final()) for r in self._read()
            ):
                return
            time.sleep(0.5)

    def lost(self) -> str:
        """Return which host has ended although the training goes on, "" where none has."""
        if time.monotonic() - self._looked < _LOOK_EVERY_S:
            return ""
        self._looked = time.monotonic()
        ended = [run for run in self._read() if run.state and run.state.is_final()]
        gone = [run for run in ended if run.state_type != StateType.COMPLETED]
        return "\n".join(map(_told, gone))

    def told(self) -> str:
        """Return how each of them stands, a line for each."""
        return "\n".join(map(_told, self._read()))

    def cancel(self) -> None:
        """End those that have not ended by themselves."""
        _cancel(self._read())

    def _read(self) -> list[FlowRun]:
        """Return the runs, none while Prefect cannot be reached: the training needs it no more."""
        try:
            with get_client(sync_client=True) as client:
                return [client.read_flow_run(run) for run in self._runs.values()]
        except Exception as error:
            get_run_logger().warning("the runs of the other hosts cannot be read: %s", error)
            return []


@contextlib.contextmanager
def host_runs(config: TrainingConfig, training: Training, settings: Settings) -> Iterator[HostRuns]:
    """Yield the runs of the other hosts, started now; they end with the block.

    They are told everything through Prefect. What an earlier, killed try has left is cancelled
    first: it would keep its host busy with waiting. A `TrainingFailed` out of the block tells how
    the other hosts stand.
    """
    devices = config.devices
    tag = f"training:{training.key}"
    _cancel(_left(tag))
    place = HostPlace(
        meets_at=devices.meets_at or _own_place(), meeting=f"{training.key}-{uuid.uuid4().hex}"
    )
    others = HostRuns(place)
    try:
        others.start(_pinned(config, training, settings), tag)
        get_run_logger().info(
            "%d other hosts are asked to come to %s", devices.hosts - 1, place.meets_at
        )
        yield others
        others.wait()
    except TrainingInterrupted:
        others.wait()
        raise
    except TrainingFailed as failure:
        standing = others.told()
        if standing in str(failure):
            raise
        raise TrainingFailed(f"{failure}\nThe other hosts:\n{standing}") from failure
    finally:
        others.cancel()


def _pinned(config: TrainingConfig, training: Training, settings: Settings) -> TrainingConfig:
    """Return the configuration as another host has to read it: this root, and this release."""
    root = config.root or settings.root
    if "://" not in root:
        root = str(Path(root).absolute())
    release = config.release.model_copy(update={"version": training.lineage["release"]})
    return config.model_copy(update={"root": root, "release": release})


def _left(tag: str) -> list[FlowRun]:
    wanted = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[tag]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_OPEN)),
    )
    with get_client(sync_client=True) as client:
        return client.read_flow_runs(flow_run_filter=wanted)


def _cancel(runs: list[FlowRun]) -> None:
    with get_client(sync_client=True) as client:
        for run in runs:
            if run.state and not run.state.is_final():
                waits = run.state_type == StateType.SCHEDULED
                client.set_flow_run_state(run.id, Cancelled() if waits else Cancelling())


def _told(run: FlowRun) -> str:
    rank = run.parameters["place"]["rank"]
    state = run.state
    why = f" ({state.message})" if state and state.message else ""
    name = state.name if state else "unknown"
    hint = ": no host has taken it: is `gleanery host` running there?" if name == "Late" else ""
    return f"host {rank} (run {run.name!r}) is {name}{why}{hint}"


def _own_place() -> str:
    """Return this machine's address, as others of its network reach it, and a free port."""
    # The network that Prefect is reached by: the other hosts are told everything through it.
    server = urlsplit(PREFECT_API_URL.value() or "").hostname or ""
    ways = [_address_towards(host) for host in (server, "10.255.255.255")]
    address = next((way for way in ways if way and not way.startswith("127.")), "127.0.0.1")
    with socket.socket() as probe:
        probe.bind(("", 0))
        return f"{address}:{probe.getsockname()[1]}"


def _address_towards(host: str) -> str:
    """Return this machine's address on the way to another, "" where there is no way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, 1))  # nothing is sent: it only chooses the way
        except OSError:
            return ""
        return str(probe.getsockname()[0])
