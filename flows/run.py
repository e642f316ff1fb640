"""What one run of a flow holds open: its store, its parts, the engines, the budget, the workers."""

import contextlib
import functools
import json
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import Field

from gleanery.flows.pipeline_config import PipelineConfig, StoredConfig
from gleanery.infra.budget import open_budget
from gleanery.infra.compute import ComputeConfig, LocalWorkers
from gleanery.infra.config import Config
from gleanery.infra.incremental import Retry
from gleanery.infra.journal import new_writer
from gleanery.infra.lease import hold_lease
from gleanery.infra.llm.room import EngineRoom, engine_room
from gleanery.infra.parts import Parts
from gleanery.infra.settings import Settings, read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.llm_part import LLMRun


class Again(Config):
    """Going back over what is done. Everything that the journal holds is reused for nothing."""

    backfill: bool = Field(
        False,
        description="Apply today's prompts, models and thresholds to earlier batches too; of a "
        "dataset to its own stages only, not to those of its sources.",
    )
    only: str = Field("", description="Do only the rows again that were rejected for this reason.")
    ask_again: bool = Field(
        False, description="With `only`: ask the model anew instead of parsing kept answers again."
    )

    @property
    def retry(self) -> Retry | None:
        """The rows to retry, or `None`."""
        return Retry(self.only, self.ask_again) if self.only else None


C = TypeVar("C", bound=PipelineConfig)


@dataclass(frozen=True)
class Run(Generic[C]):
    """One run of one pipeline."""

    config: C
    settings: Settings
    store: Store
    parts: Parts
    room: EngineRoom

    @functools.cached_property
    def workers(self) -> LocalWorkers:
        """The worker processes, started on first use."""
        return LocalWorkers(ComputeConfig(workers=self.settings.worker_count))

    @property
    def source_options(self) -> dict[str, Any]:
        """How the source's storage is reached: as our own, where it is object storage too."""
        return storage_options(self.settings)

    def llm(self, again: Again) -> LLMRun:
        """Return what an LLM stage needs; the budget counts what all runs so far have spent."""
        budget = open_budget(self.config.budget, self.store)
        return LLMRun(self.parts, self.room, budget, again.backfill, again.retry)


_current: ContextVar[Run[Any] | None] = ContextVar("run", default=None)


@contextlib.contextmanager
def open_run(config: C) -> Iterator[Run[C]]:
    """Yield the run of this configuration; engines, workers and the lease end with the block.

    A flow that runs inside another flow of the same configuration shares its run.
    """
    around = _current.get()
    if around and around.config == config:
        yield around
        return
    settings = read_settings()
    store = open_store(config, settings)
    with hold_lease(store), engine_room() as room:
        run = Run(config, settings, store, Parts(store, new_writer()), room)
        token = _current.set(run)
        try:
            yield run
        finally:
            _current.reset(token)
            if "workers" in vars(run):
                run.workers.close()


def open_store(config: StoredConfig, settings: Settings) -> Store:
    """Return what keeps a configuration's output, below the configured root."""
    root = config.root or settings.root
    return Store(f"{root.rstrip('/')}/{config.name}", storage_options(settings))


def storage_options(settings: Settings) -> dict[str, Any]:
    """Return the options for object storage from the Prefect Secret block, if one is named."""
    if not settings.storage_block:
        return {}
    from prefect.blocks.system import Secret  # only where a block is named

    block: Any = Secret.load(settings.storage_block)  # a flow is synchronous, so this is too
    value = block.get()
    options = value if isinstance(value, dict) else json.loads(str(value))
    return dict(options)
