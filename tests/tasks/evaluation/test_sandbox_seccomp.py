"""The filter's program, run by a small interpreter of classic BPF, for both processors."""

import os
import struct

import pytest

from gleanery.tasks.evaluation.sandbox_seccomp import filter_code
from gleanery.tasks.evaluation.sandbox_syscalls import ALLOWED, ARCHITECTURES, CHECKED, MISSING

ALLOW, KILL, REFUSED, UNKNOWN = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
ME, OTHER = 4321, 1
# What must never be there, by the kernel's numbers for x86_64 and aarch64.
FORBIDDEN = {
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "sendmsg": (46, 211),
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "mount": (165, 40), "unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51),
    "unlink": (87, None), "unlinkat": (263, 35), "mkdirat": (258, 34), "renameat2": (316, 276),
    "symlinkat": (266, 36), "linkat": (265, 37), "truncate": (76, 45), "ftruncate": (77, 46),
    "fchmodat": (268, 53), "fchownat": (260, 54), "utimensat": (280, 88), "chdir": (80, 49),
    "memfd_create": (319, 279), "bpf": (321, 280), "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425), "userfaultfd": (323, 282), "keyctl": (250, 219),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "tkill": (200, 130),
    "setsid": (112, 157), "setuid": (105, 146), "prctl": (157, 167), "seccomp": (317, 277),
    "shmget": (29, 194), "setrlimit": (160, 164), "kexec_load": (246, 104), "reboot": (169, 142),
}  # fmt: skip


def decision(machine: str, number: int, *arguments: int, files: bool = True, audit: int = 0) -> int:
    code = filter_code(machine, (ME,), may_open_files=files)
    audit = audit or ARCHITECTURES[machine][1]
    padded = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("<IIQ6Q", number, audit, 0, *(value % 2**64 for value in padded))
    place = accumulator = 0
    while True:
        operation, then, otherwise, value = struct.unpack_from("<HBBI", code, 8 * place)
        place += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif operation == 0x54:
            accumulator &= value
        elif operation == 0x15:
            place += then if accumulator == value else otherwise
        elif operation == 0x35:
            place += then if accumulator >= value else otherwise
        else:
            assert operation == 0x06
            return int(value)


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def number_of(machine: str, name: str) -> int:
    number = {**ALLOWED, **CHECKED, **MISSING}[name][ARCHITECTURES[machine][0]]
    assert number is not None
    return number


def test_listed_calls_are_allowed(machine: str) -> None:
    column = ARCHITECTURES[machine][0]
    numbers = [numbers[column] for numbers in ALLOWED.values()]
    assert {decision(machine, number) for number in numbers if number is not None} == {ALLOW}


def test_every_other_call_is_refused(machine: str) -> None:
    column = ARCHITECTURES[machine][0]
    listed = {numbers[column] for numbers in (ALLOWED | CHECKED | MISSING).values()}
    others = set(range(600)) - listed
    assert {decision(machine, number) for number in others} == {REFUSED}
    forbidden = {numbers[column] for numbers in FORBIDDEN.values()} - {None}
    assert forbidden <= others


def test_calls_of_other_architectures_end_the_process(machine: str) -> None:
    assert decision(machine, 1, audit=0x40000003) == KILL  # 32 bits
    assert decision(machine, 0x40000000 + 1) == KILL  # x32


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (os.O_RDONLY, ALLOW),
        (os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY, ALLOW),
        (os.O_WRONLY, REFUSED),
        (os.O_RDWR, REFUSED),
        (os.O_CREAT, REFUSED),
        (os.O_RDONLY | os.O_TRUNC, REFUSED),
        (os.O_TMPFILE | os.O_RDWR, REFUSED),
        (os.O_APPEND | os.O_WRONLY, REFUSED),
        (2**32 | os.O_WRONLY, REFUSED),
    ],
)
def test_files_open_for_reading_only(machine: str, flags: int, expected: int) -> None:
    number = number_of(machine, "openat")
    assert decision(machine, number, 0, 0, flags) == expected
    assert decision(machine, number, 0, 0, flags, files=False) == REFUSED


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("kill", (ME, 9), ALLOW),
        ("kill", (OTHER, 9), REFUSED),
        ("kill", (-1, 9), REFUSED),
        ("kill", (0, 9), REFUSED),
        ("kill", (-ME, 9), REFUSED),
        ("tgkill", (ME, 5, 9), ALLOW),
        ("tgkill", (OTHER, 5, 9), REFUSED),
        ("prlimit64", (0, 7), ALLOW),
        ("prlimit64", (OTHER, 7), REFUSED),
        ("clone", (0x3D0F00,), ALLOW),  # as threads are made
        ("clone", (17,), REFUSED),
        ("clone", (0x3D0F00 | 0x40000000,), REFUSED),
        ("clone", (0x10000000,), REFUSED),
        ("fcntl", (3, 1, 0), ALLOW),
        ("fcntl", (3, 1030, 0), ALLOW),
        ("fcntl", (3, 8, OTHER), REFUSED),
        ("fcntl", (3, 10, 9), REFUSED),
        ("ioctl", (1, 0x5401), ALLOW),
        ("ioctl", (1, 0x5412), REFUSED),
        ("socketpair", (1, 1 | 0o2000000, 0), ALLOW),
        ("socketpair", (1, 2, 0), REFUSED),
        ("socketpair", (2, 1, 0), REFUSED),
        ("clone3", (), UNKNOWN),
        ("openat2", (), UNKNOWN),
    ],
)
def test_arguments_are_checked(
    machine: str, name: str, arguments: tuple[int, ...], expected: int
) -> None:
    assert decision(machine, number_of(machine, name), *arguments) == expected


def test_unknown_processor_has_no_filter() -> None:
    with pytest.raises(OSError, match="no seccomp filter for the processor riscv64"):
        filter_code("riscv64", (ME,), may_open_files=True)
