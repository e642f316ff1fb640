"""What goes into the sandbox and what comes out of it."""

from typing import Literal

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks.records import Record

Status = Literal[
    "passed", "failed", "timeout", "memory", "output", "forbidden", "ended", "untestable"
]


class IsolationMissing(RuntimeError):
    """This machine cannot hold foreign code back; the message says what is missing."""


class SandboxLimits(Config):
    """What one program may use."""

    cpu_seconds: int = Field(10, ge=1, le=3600, description="CPU time, over all its threads")
    wall_seconds: float = Field(
        60, ge=1, le=7200, description="Time until it is ended even when it only waits"
    )
    memory_bytes: int = Field(
        512 * 2**20,
        ge=192 * 2**20,
        le=2**40,
        description="Address space, with the interpreter's and numpy's",
    )
    output_bytes: int = Field(2**20, ge=0, le=2**30, description="What it may print")


class Program(Record):
    """A program and its tests.

    `names` are what the tests use of the program; `prelude` is trusted code that runs before the
    tests, beside them, such as imports and what a prompt defines.
    """

    source: str
    tests: str
    names: list[str]
    prelude: str = ""


class ProgramResult(Record):
    """How a program did.

    "failed" is a test that did not hold or an exception, "ended" a program that exited or crashed
    before its tests were through, "forbidden" one that was refused something, "untestable" tests
    that cannot be run against any program. `printed` is the beginning of what it printed.
    """

    status: Status
    detail: str = ""
    printed: str = ""
    seconds: float = 0.0
