"""A seccomp filter: which system calls a process, and all it becomes, may still make.

The filter is a small program in classic BPF (linux/filter.h, seccomp(2)) that the kernel runs at
every system call. It needs no privilege and works in containers.
"""

import ctypes
import errno
import os
import platform
import struct

from gleanery.tasks.evaluation.sandbox_syscalls import ALLOWED, ARCHITECTURES, CHECKED, MISSING

_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_X32_CALLS = 0x40000000  # a second table of system calls on x86_64

_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER_MODE = 38, 22, 2

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_TMPFILE", 0)
_WRITING &= ~os.O_DIRECTORY  # part of O_TMPFILE, and harmless alone
_THREAD = 0x10000
_NAMESPACES = 0x7E020080
_DUPLICATE, _FLAGS_AND_LOCKS, _DUPLICATE_CLOSING = 0, (1, 2, 3, 4, 5, 6, 7), 1030
_TERMINAL_ASKED, _BLOCKING, _CLOSING = 0x5401, 0x5421, (0x5450, 0x5451)

# An argument's number, the bits looked at, and the values that they may have.
Condition = tuple[int, int, tuple[int, ...]]
_WHOLE = 0xFFFFFFFF


def apply_filter(*, signals_to: tuple[int, ...], may_open_files: bool) -> None:
    """Confine this process to computing; for good, and for every thread it starts.

    `signals_to` are the process ids that it may send signals to. Files can be opened for reading
    only, or not at all. Raises OSError where the kernel has no seccomp filters, or none for this
    processor.
    """
    code = filter_code(platform.machine(), signals_to, may_open_files)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for arguments in (
        (_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0),
        (_SET_SECCOMP, _FILTER_MODE, ctypes.c_char_p(program), 0, 0),
    ):
        if prctl(*arguments) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"the kernel refuses a seccomp filter: {os.strerror(number)}")


def filter_code(machine: str, signals_to: tuple[int, ...], may_open_files: bool) -> bytes:
    """Return the filter as the kernel reads it, for "x86_64" or "aarch64"."""
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no seccomp filter for the processor {machine}")
    column, architecture = ARCHITECTURES[machine]
    code = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, architecture, 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
        _instruction(_AT_LEAST, _X32_CALLS, 0, 1),
        _instruction(_RETURN, _KILL),
    ]
    conditions = _conditions(signals_to, may_open_files)
    for calls, otherwise in (
        (ALLOWED, _ALLOW),
        (CHECKED, _ALLOW),
        (MISSING, _ERROR + errno.ENOSYS),
    ):
        for name, numbers in calls.items():
            number = numbers[column]
            if number is not None:
                block = [*_checks(conditions.get(name, [])), _instruction(_RETURN, otherwise)]
                code += [_instruction(_EQUAL, number, 0, len(block)), *block]
    code.append(_instruction(_RETURN, _ERROR + errno.EPERM))
    return b"".join(code)


def _conditions(signals_to: tuple[int, ...], may_open_files: bool) -> dict[str, list[Condition]]:
    reading: tuple[int, ...] = (0,) if may_open_files else ()
    return {
        "open": [(1, _WRITING, reading)],
        "openat": [(2, _WRITING, reading)],
        # Not F_SETOWN and F_SETSIG, which have the kernel send signals to others.
        "fcntl": [(1, _WHOLE, (_DUPLICATE, *_FLAGS_AND_LOCKS, _DUPLICATE_CLOSING))],
        "ioctl": [(1, _WHOLE, (_TERMINAL_ASKED, _BLOCKING, *_CLOSING))],
        # A connected pair, as asyncio wakes itself with; datagrams could be sent elsewhere.
        "socketpair": [(0, _WHOLE, (1,)), (1, 0xF, (1,))],
        "kill": [(0, _WHOLE, signals_to)],
        "tgkill": [(0, _WHOLE, signals_to)],
        "prlimit64": [(0, _WHOLE, (0,))],  # its own limits, which it cannot raise
        "clone": [(0, _THREAD | _NAMESPACES, (_THREAD,))],
    }


def _checks(conditions: list[Condition]) -> list[bytes]:
    """Return instructions that refuse a call unless every condition holds."""
    code = []
    for argument, bits, values in conditions:
        code += [
            _instruction(
                _LOAD, _ARGUMENTS + 8 * argument
            ),  # its lower half: both are little-endian
            _instruction(_AND, bits),
        ]
        for place, value in enumerate(values):
            code.append(_instruction(_EQUAL, value & _WHOLE, len(values) - place, 0))
        code.append(_instruction(_RETURN, _ERROR + errno.EPERM))
    return code


def _instruction(operation: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", operation, then, otherwise, value)
