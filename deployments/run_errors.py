"""Errors of a run in the terminal: of one that says what to do, the message and no traceback."""

import logging

_LOGGERS = ("prefect.flow_runs", "prefect.task_runs")


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
