"""Errors of a run in the terminal: of one that says what to do, the message and no traceback."""

import logging

_LOGGERS = ("prefect.flow_runs", "prefect.task_runs")


def tell_errors_in_a_line() -> None:
    """Leave the traceback out of what Prefect logs of an error of our own kinds.

    Those, and what says that a file is not there, tell what is wrong and what to do next, and the
    command line ends with them. Any other error keeps its traceback: whoever mends that needs it.
    """
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if _without_traceback not in logger.filters:
            logger.addFilter(_without_traceback)


def _without_traceback(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    ours = type(error).__module__.startswith("gleanery.")
    if error is not None and (ours or isinstance(error, FileNotFoundError)):
        record.exc_info = record.exc_text = None
        record.msg, record.args = "stopped: %s", (error,)
    return True
