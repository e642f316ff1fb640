"""Errors of a run in the terminal: of one that says what to do, the message and no traceback."""

import contextlib
import logging
from collections.abc import Iterator

import typer

from gleanery.deployments.prefect_server import ServerNotStarted
from gleanery.flows.pipeline_config import ConfigError
from gleanery.flows.sweep_config import SweepIncomplete
from gleanery.infra.lease import LeaseHeld
from gleanery.infra.llm.protocol import EngineError
from gleanery.infra.storage import StorageError
from gleanery.tasks.evaluation.model_decision import NotAllAnswered
from gleanery.tasks.evaluation.sandbox_records import IsolationMissing
from gleanery.tasks.recall.policy import NoPolicy
from gleanery.tasks.training.followed_process import TrainingFailed, TrainingInterrupted
from gleanery.tasks.training.model_pointer import PointerMoved
from gleanery.tasks.training.work_folder import WorkFolderHeld

_LOGGERS = ("prefect.flow_runs", "prefect.task_runs")
_INTERRUPTED = 130  # what typer ends with after Ctrl-C
_NO_PREFECT = "Failed to reach API"  # as Prefect says it, in an error of no kind of its own
_MENDABLE = (
    ConfigError,
    EngineError,
    FileNotFoundError,
    IsolationMissing,
    LeaseHeld,
    NoPolicy,
    NotAllAnswered,
    PointerMoved,
    ServerNotStarted,
    StorageError,
    SweepIncomplete,
    TrainingFailed,
    TrainingInterrupted,
    ValueError,
    WorkFolderHeld,
)


@contextlib.contextmanager
def errors_in_a_line() -> Iterator[None]:
    """End the process with a line and exit code 1 for what its user can mend; 130 for Ctrl-C."""
    tell_errors_in_a_line()
    try:
        yield
    except _MENDABLE as error:
        _tell(str(error))
        raise SystemExit(1) from None
    except RuntimeError as error:
        if not str(error).startswith(_NO_PREFECT):
            raise
        _tell(f"{error}: start that Prefect server, or unset PREFECT_API_URL to have one started")
        raise SystemExit(1) from None
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:
            _tell("interrupted; run it again to go on")
        raise


def _tell(text: str) -> None:
    typer.secho(f"gleanery: {text}", fg="red", err=True)


def tell_errors_in_a_line() -> None:
    """Leave the traceback out of what Prefect logs of an error of our own kinds.

    Those, and what says that a file is not there, tell what is wrong and what to do next, and the
    command line ends with them. Prefect tells one for the task, the flow and the state of both:
    here it is logged once. Any other error keeps its traceback: whoever mends that needs it.
    """
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if _IN_A_LINE not in logger.filters:
            logger.addFilter(_IN_A_LINE)


class _InALine(logging.Filter):
    def __init__(self) -> None:
        super().__init__()
        self._told: BaseException | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        ours = type(error).__module__.startswith("gleanery.")
        if error is not None and (ours or isinstance(error, FileNotFoundError)):
            if error is self._told:
                return False
            self._told = error
            record.exc_info = record.exc_text = None
            record.msg, record.args = "stopped: %s", (error,)
        elif self._told and record.getMessage().startswith(_FAILED):
            record.msg, record.args = _FAILED, ()
        return True


_FAILED = "Finished in state Failed"
_IN_A_LINE = _InALine()
