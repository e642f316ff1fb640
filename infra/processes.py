"""Which process is meant: a number that was given twice names two of them."""

import os


def process_place() -> str:
    """Return what process ids are unique in: this boot of the machine, and this container.

    Empty where there is no /proc.
    """
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="utf-8") as file:
            return f"{file.read().strip()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def process_started(pid: int) -> str:
    """Return when a process started, in clock ticks since boot: a reused pid has another.

    Empty if there is no such process; one that has ended and was not waited for is none.
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            state, *others = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return ""
    return "" if state in "ZX" else others[18]
