"""Runs whose process ended together with the server: nobody reported it, so they look alive."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.client.schemas.objects import FlowRun

_MESSAGE = "Its process ended with the server that ran it; the next run takes up what is left."
_RUN_ID = b"PREFECT__FLOW_RUN_ID="  # Prefect tells a run's process its id in this variable


def close_dead_runs() -> list[str]:
    """Mark deployed runs crashed that look alive though no process here runs them; return names.

    A run that looks alive keeps its deployment's slot, and every later night would be cancelled.
    Only for a server whose runs all have their processes on this machine. Does nothing where
    there is no /proc: there a slot is free again when the run's lease has expired, after 5 minutes.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId

    if not Path("/proc/self/environ").exists():
        return []
    deployed = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(is_null_=False))
    with get_client(sync_client=True) as client:
        alive = set(_runs_with_a_process())
        dead = [run for run in _unfinished(client, deployed) if run.id not in alive]
        for run in dead:
            _close(client, run)
        return [run.name for run in dead]


def _close(client: "SyncPrefectClient", run: "FlowRun") -> None:
    """End a run and the runs inside it, the inner ones first: what is found again is not done."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterParentFlowRunId
    from prefect.states import Cancelled, Crashed

    inside = FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[run.id]))
    for inner in _unfinished(client, inside):
        _close(client, inner)
    end = Cancelled if run.state is not None and run.state.is_cancelling() else Crashed
    client.set_flow_run_state(run.id, end(message=_MESSAGE), force=True)


def _unfinished(client: "SyncPrefectClient", which: "FlowRunFilter") -> list["FlowRun"]:
    from prefect.client.schemas.filters import FlowRunFilterState, FlowRunFilterStateType
    from prefect.client.schemas.objects import StateType

    types = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=types))
    return client.read_flow_runs(flow_run_filter=which.model_copy(update={"state": state}))


def _runs_with_a_process() -> Iterator[UUID]:
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            variables = environment.read_bytes().split(b"\0")
        except OSError:  # gone by now, or another user's
            continue
        for variable in variables:
            if variable.startswith(_RUN_ID):
                yield UUID(os.fsdecode(variable.removeprefix(_RUN_ID)))
