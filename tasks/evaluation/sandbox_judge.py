"""Runs the tests of one program, in a process of their own, and says how they went.

Two processes for each program. The judge, confined itself, starts the program, confined further,
and only then reads the tests: the program's memory has never held them. "Passed" is what the
judge says after its own interpreter has run every test to the end.
"""

import fcntl
import json
import os
import signal
import traceback
from typing import Any

from gleanery.tasks.evaluation.sandbox_confinement import become, close_files, die_with, limit
from gleanery.tasks.evaluation.sandbox_link import Ended, Link
from gleanery.tasks.evaluation.sandbox_program import serve_program
from gleanery.tasks.evaluation.sandbox_remote import RemoteError, RemoteProgram, Untestable
from gleanery.tasks.evaluation.sandbox_seccomp import apply_filter
from gleanery.tasks.evaluation.sandbox_wire import pack, write_all

_JUDGE_MEMORY = 2 * 2**30
_GRACE_SECONDS = 2.0
UNCONFINED = "unconfined"  # nothing of the program has run
_LENGTH_BYTES = 4


def judge(requests: int, verdicts: int, facts: dict[str, Any]) -> None:
    """Read a program and its tests from one pipe and write the verdict to another."""
    try:
        task = _read_message(requests)
        limits = task["limits"]
        silence = os.open(os.devnull, os.O_RDONLY)
        _confine_judge(limits, facts)
        link = _start_program(task["source"], silence, limits, facts)
        # From here on the program may run. Signals may go to it alone.
        apply_filter(signals_to=(link.program, os.getpid()), may_open_files=facts["landlock"])
    except (OSError, ValueError) as error:
        verdict = {"status": UNCONFINED, "detail": f"{type(error).__name__}: {error}"}
        write_all(verdicts, json.dumps(verdict).encode())
        return
    tests = _read_message(requests)
    status, detail = _run_tests(link, tests)
    link.stop()
    printed = link.excerpt.decode("utf-8", "replace")
    verdict = {"status": status, "detail": detail, "printed": printed}
    write_all(verdicts, json.dumps(verdict).encode())


def _confine_judge(limits: dict[str, Any], facts: dict[str, Any]) -> None:
    parent = os.getppid()
    os.setsid()
    # Ends the judge whatever becomes of the process that waits for it, and the program with it.
    signal.setitimer(signal.ITIMER_REAL, limits["wall_seconds"] + _GRACE_SECONDS)
    limit(_JUDGE_MEMORY, None, threads=False)
    become(facts["user"])
    die_with(parent)
    close_files(facts["landlock"])


def _start_program(
    source: str, silence: int, limits: dict[str, Any], facts: dict[str, Any]
) -> Link:
    request_end, requests = os.pipe()
    replies, reply_end = os.pipe()
    printed, print_end = os.pipe()
    parent = os.getpid()
    program = os.fork()
    if program == 0:
        try:
            _keep_only(silence, print_end, print_end, request_end, reply_end)
            write_all(4, pack(_confine_program(parent, limits, facts)))
            serve_program(source, lambda most: os.read(3, most), 4)
        finally:
            os._exit(0)
    for descriptor in (request_end, reply_end, print_end):
        os.close(descriptor)
    return Link(program, requests, replies, printed, limits)


def _keep_only(*descriptors: int) -> None:
    """Give these descriptors the numbers from 0 on, and close every other."""
    copies = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 32) for descriptor in descriptors]
    for number, copy in enumerate(copies):
        os.dup2(copy, number)
    os.closerange(len(copies), 2**20)


def _confine_program(parent: int, limits: dict[str, Any], facts: dict[str, Any]) -> str:
    """Return an empty text, or what went wrong: the program must not run then."""
    try:
        signal.setitimer(signal.ITIMER_REAL, 0)
        die_with(parent)
        close_files(facts["landlock"])
        limit(limits["memory_bytes"], limits["cpu_seconds"], threads=facts["private"])
        apply_filter(signals_to=(os.getpid(),), may_open_files=facts["landlock"])
    except (OSError, ValueError) as error:
        write_all(4, pack(f"{type(error).__name__}: {error}"))
        os._exit(1)
    return ""


def _run_tests(link: Link, tests: dict[str, Any]) -> tuple[str, str]:
    """Return status and detail once the tests have run to their end, or as far as they got."""
    namespace: dict[str, Any] = {"__name__": "tests"}
    lines = tests["tests"].splitlines()
    try:
        _check_start(link)
        program = RemoteProgram(link)
        exec(compile(tests["prelude"], "<prelude>", "exec"), namespace)
        for name in tests["names"]:
            namespace[name] = program.name(name)
        exec(compile(tests["tests"], "<tests>", "exec"), namespace)
    except BaseException as error:
        if link.ended is None:
            return _failure(error, lines)
    if link.ended is not None:
        return link.ended.status, link.ended.detail
    if link.calls == 0:
        return "untestable", "the tests never call the program"
    return "passed", ""


def _check_start(link: Link) -> None:
    """Wait until the program is confined, then until its source has run."""
    try:
        if trouble := link.reply():  # sent before anything of the program has run
            raise Ended(UNCONFINED, str(trouble))
        kind, name, message = link.reply()
        if kind == "error":
            raise Ended(_status(name), f"when it was loaded: {name}: {message}")
    except Ended as ended:
        link.ended = ended
        raise


def _failure(error: BaseException, lines: list[str]) -> tuple[str, str]:
    name, message = type(error).__name__, str(error)
    if isinstance(error, RemoteError):
        name, _, message = message.partition(": ")
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == "<tests>"]
    number = frames[-1].lineno if frames else None
    where = f", in test line {number}: {lines[number - 1].strip()}" if number else ""
    status = "untestable" if isinstance(error, Untestable) else _status(name)
    return status, f"{name}: {message}{where}"[:1000]


def _status(name: str) -> str:
    if name == "MemoryError":
        return "memory"
    if name == "PermissionError":
        return "forbidden"
    return "failed"


def _read_message(descriptor: int) -> Any:
    """Return the next message and read not one byte further."""
    length = int.from_bytes(_read_exactly(descriptor, _LENGTH_BYTES), "little")
    return json.loads(_read_exactly(descriptor, length))


def _read_exactly(descriptor: int, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        piece = os.read(descriptor, count - len(data))
        if not piece:
            raise ValueError("the request ends early")
        data += piece
    return bytes(data)
