"""The judge's end of the two pipes to a running program, with its clock and its printed output."""

import os
import select
import signal
import time
from typing import Any

from gleanery.tasks.evaluation.sandbox_wire import pack, unpack, write_all

_CHUNK = 2**16
_EXCERPT = 4000  # bytes of printed output that are kept


class Ended(BaseException):
    """The program ended, or was ended, before it had answered: no test may catch this."""

    def __init__(self, status: str, detail: str) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail


class Link:
    """Requests to the program and its replies; `ended` is set once it cannot answer any more."""

    def __init__(
        self, program: int, requests: int, replies: int, printed: int, limits: dict[str, float]
    ) -> None:
        self.program = program
        self.ended: Ended | None = None
        self.calls = 0
        self.excerpt = bytearray()
        self._requests = requests
        self._replies = replies
        self._printed = printed
        self._printed_bytes = 0
        self._limits = limits
        self._deadline = time.monotonic() + limits["wall_seconds"]
        self._received = bytearray()
        self._poll = select.poll()
        self._poll.register(replies, select.POLLIN)
        self._poll.register(printed, select.POLLIN)

    def ask(self, request: Any) -> Any:
        """Return the program's reply. Raises `Ended` when none comes, now and ever after."""
        if self.ended is None:
            try:
                write_all(self._requests, pack(request))
                return self.reply()
            except BrokenPipeError:
                self.ended = self._how_it_ended()
            except (ValueError, RecursionError) as error:
                self.ended = Ended("failed", f"what passed between tests and program: {error}")
            except Ended as ended:
                self.ended = ended
        raise self.ended

    def reply(self) -> Any:
        """Return the next message of the program."""
        while not (messages := unpack(self._received)):
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise Ended("timeout", f"no end after {self._limits['wall_seconds']:g} s")
            for descriptor, _ in self._poll.poll(left * 1000 + 1):
                data = os.read(descriptor, _CHUNK)
                if descriptor == self._printed:
                    self._take_printed(data)
                elif data:
                    self._received += data
                else:
                    raise self._how_it_ended()
        return messages[0]

    def stop(self) -> None:
        """End the program, if it still runs, and take what it printed last."""
        if self.program:
            os.kill(self.program, signal.SIGKILL)
            os.waitpid(self.program, 0)
            self.program = 0
        while any(event & select.POLLIN for _, event in self._only_printed().poll(0)):
            data = os.read(self._printed, _CHUNK)
            if not data or self._printed_bytes > self._limits["output_bytes"]:
                break
            self.excerpt += data[: _EXCERPT - len(self.excerpt)]
            self._printed_bytes += len(data)

    def _only_printed(self) -> select.poll:
        poll = select.poll()
        poll.register(self._printed, select.POLLIN)
        return poll

    def _take_printed(self, data: bytes) -> None:
        if not data:
            self._poll.unregister(self._printed)
        self.excerpt += data[: max(0, _EXCERPT - len(self.excerpt))]
        self._printed_bytes += len(data)
        if self._printed_bytes > self._limits["output_bytes"]:
            raise Ended("output", f"more than {self._limits['output_bytes']:.0f} bytes printed")

    def _how_it_ended(self) -> Ended:
        """Return why the pipe broke: the program is gone, or closed its end."""
        os.kill(self.program, signal.SIGKILL)  # it may have closed the pipe and live on
        _, status, usage = os.wait4(self.program, 0)
        self.program = 0
        spent = usage.ru_utime + usage.ru_stime
        if os.WIFEXITED(status):
            return Ended("ended", f"it exited with {os.WEXITSTATUS(status)} before all tests ran")
        number = os.WTERMSIG(status)
        if number == signal.SIGKILL and spent >= self._limits["cpu_seconds"] - 0.5:
            return Ended("timeout", f"more than {self._limits['cpu_seconds']:g} s of CPU time")
        if number == signal.SIGSYS:
            return Ended("forbidden", "a system call of another architecture")
        if number == signal.SIGKILL:
            return Ended("ended", "it closed its end, or was killed from outside: out of memory?")
        return Ended("ended", f"it was ended by {signal.Signals(number).name}")
