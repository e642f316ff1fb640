"""What a process gives up before it runs foreign code: files, privileges, memory, time.

Nothing here can be taken back by the process itself. Needs Linux.
"""

import ctypes
import os
import resource
import signal
import struct

from gleanery.tasks.evaluation.sandbox_landlock import allow_reading_only, landlock_version

_CAPABILITY_VERSION = 0x20080522
_DEATH_SIGNAL, _DUMPABLE = 1, 4
_FIRST_PRIVATE_USER = 1_900_000_000  # far above the ids that systems and containers give out
_NOBODY = 65534
_THREADS = 64
_OPEN_FILES = 64
_STACK_BYTES = 8 * 2**20
# The standard library, in which the process stands (sandbox_imports.py), the shared libraries that
# its modules load, and the time zones.
_READABLE = [".", "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo"]


def has_landlock() -> bool:
    """Return whether files can be closed to a process by the kernel."""
    return landlock_version() > 0


def private_user() -> int:
    """Return a user id that this process can change to and still read the standard library, or 0.

    It is one that nobody else has, so that threads are counted for the program alone, or else
    that of "nobody". 0 means that this process is not root, or that only root can read the library,
    in which this process must stand.
    """
    if os.geteuid() != 0:
        return 0
    for user in (_FIRST_PRIVATE_USER + os.getpid(), _NOBODY):
        child = os.fork()
        if child == 0:
            try:
                become(user)
                with open("os.py", "rb") as file:
                    file.read(1)
                os._exit(0)
            finally:
                os._exit(1)
        if os.waitpid(child, 0)[1] == 0:
            return user
    return 0


def become(user: int) -> None:
    """Change to another user, without groups; or, with 0, stay who one is without privileges."""
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    nothing = ctypes.create_string_buffer(24)
    if ctypes.CDLL(None, use_errno=True).capset(ctypes.c_char_p(header), nothing) != 0:
        raise OSError(ctypes.get_errno(), "privileges cannot be given up")


def close_files(allowed: bool) -> None:
    """Leave reading the standard library, where the kernel can tell files apart (`allowed`)."""
    if allowed:
        allow_reading_only(_READABLE)


def limit(memory_bytes: int, cpu_seconds: int | None, threads: bool) -> None:
    """Have the kernel refuse memory, files, core dumps, and end the process after its CPU time."""
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(resource.RLIMIT_STACK, _STACK_BYTES)
    if cpu_seconds is not None:
        _limit(resource.RLIMIT_CPU, cpu_seconds)
    if threads:
        _limit(resource.RLIMIT_NPROC, _THREADS)


def _limit(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


def die_with(parent: int) -> None:
    """Have the kernel end this process with its parent, and show its memory to nobody."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0) or prctl(_DUMPABLE, 0, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "this process cannot be tied to its parent")
    if os.getppid() != parent:
        os._exit(1)
