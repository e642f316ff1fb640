"""Landlock: which files a process, and all it starts, may still open.

Landlock (landlock(7), Linux 5.13) needs no privilege. Each call narrows what is left, and puts the
process into a domain of its own: it can no longer trace or signal those outside.
"""

import ctypes
import os
import struct

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_VERSION_ASKED = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
# How many rights each version of the interface knows, the first time that it knows more.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
_NET_RIGHTS_SINCE, _NET_RIGHTS = 4, 0b11  # TCP bind and connect
_SCOPES_SINCE, _SCOPES = 6, 0b11  # abstract Unix sockets, signals
_NO_NEW_PRIVILEGES = 38


def landlock_version() -> int:
    """Return the kernel's version of the interface, 0 where it has none or it is off."""
    library = ctypes.CDLL(None, use_errno=True)
    return max(0, int(library.syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION_ASKED)))


def allow_reading_only(folders: list[str]) -> None:
    """Leave this process nothing but reading what stands in `folders`; for good.

    Raises OSError where the kernel refuses.
    """
    library = ctypes.CDLL(None, use_errno=True)
    version = landlock_version()
    rights = max((bits for since, bits in _FILE_RIGHTS.items() if since <= version), default=0)
    if not rights:
        raise OSError("the kernel has no Landlock")
    attributes = struct.pack("Q", (1 << rights) - 1)
    if version >= _NET_RIGHTS_SINCE:
        attributes += struct.pack("Q", _NET_RIGHTS)
    if version >= _SCOPES_SINCE:
        attributes += struct.pack("Q", _SCOPES)
    size = ctypes.c_size_t(len(attributes))
    rules = _checked(library.syscall(_CREATE, ctypes.c_char_p(attributes), size, 0))
    for folder in folders:
        if os.path.isdir(folder):
            place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            rule = struct.pack("=Qi", _READ_FILE | _READ_FOLDER, place)
            _checked(library.syscall(_ADD, rules, _PATH_BENEATH, ctypes.c_char_p(rule), 0))
            os.close(place)
    _checked(library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(library.syscall(_RESTRICT, rules, 0))
    os.close(rules)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"the kernel refuses Landlock rules: {os.strerror(number)}")
    return result
