"""Room in this process for the connections that an engine holds open."""

import resource

from gleanery.infra.llm.protocol import EngineError

_OTHER_FILES = 256  # what the rest of the process may have open beside the connections
_PLENTY = 65_536


def allow_connections(count: int) -> None:
    """Raise the process's soft limit on open files, so that `count` connections fit.

    The usual soft limit of 1,024 is less than eight replicas need; beyond it, every new
    connection fails as if the server were gone. Raises `EngineError` when the hard limit is
    too low.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = count + _OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    most = max(needed, _PLENTY) if hard == resource.RLIM_INFINITY else hard
    if most < needed:
        raise EngineError(
            f"{count} requests at a time need {needed} open files, and this system allows {hard}: "
            "raise `ulimit -Hn`, or lower engine.max_in_flight"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, max(needed, _PLENTY)), hard))
