"""A server process under its supervisor, as the flow holds it."""

import asyncio
import contextlib
import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from gleanery.infra import supervisor

TAIL_CHARACTERS = 3000


class SupervisedProcess:
    """A running server. It ends with `stop`, and also when this object or our process is gone."""

    def __init__(
        self, process: asyncio.subprocess.Process, lifeline: io.FileIO, log: Path, log_start: int
    ) -> None:
        self._process = process
        self._lifeline = lifeline  # the write end of the pipe; closing it ends the server
        self._log = log
        self._log_start = log_start

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        grace_s: float,
        cleanup: Sequence[str] = (),
        keep_open: Sequence[int] = (),
    ) -> "SupervisedProcess":
        """Start `command` with exactly this environment, its output appended to `log`.

        The supervisor has the files `keep_open` open until the server and all its children are
        gone: locks on them outlive this process.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        # Both ends close on exec (PEP 446), so no other program that we start holds them.
        read_end, write_end = os.pipe()
        lifeline = io.FileIO(write_end, "wb")
        try:
            with log.open("ab") as output:
                log_start = output.tell()
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-I", "-S", supervisor.__file__),
                    *(str(os.getpid()), str(grace_s), json.dumps(list(cleanup))),
                    *command,
                    stdin=read_end,
                    stdout=output,
                    stderr=output,
                    env=environment,
                    start_new_session=True,
                    pass_fds=keep_open,
                )
        except BaseException:
            lifeline.close()
            raise
        finally:
            os.close(read_end)
        return cls(process, lifeline, log, log_start)

    @property
    def exit_code(self) -> int | None:
        """The server's exit code, or None while it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        """Wait until the server and all its children are gone; return its exit code."""
        return await self._process.wait()

    def close(self) -> None:
        """Tell the supervisor to stop the server, without waiting for it."""
        if not self._lifeline.closed:
            # A byte first: a forked child of ours may hold the pipe open.
            with contextlib.suppress(BrokenPipeError):
                self._lifeline.write(b"x")
            self._lifeline.close()

    async def stop(self) -> None:
        """Stop the server and wait until it and all its children are gone."""
        self.close()
        await self.wait()

    def tail(self) -> str:
        """Return the end of what this run of the server has logged, "" where the log is gone."""
        try:
            with self._log.open("rb") as log:
                size = log.seek(0, os.SEEK_END)
                log.seek(max(self._log_start, size - TAIL_CHARACTERS))
                return log.read().decode(errors="replace").strip()
        except FileNotFoundError:  # its folder went first, when its user was interrupted
            return ""
