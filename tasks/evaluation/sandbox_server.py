"""The sandbox's own interpreter: started once, it forks a judge for every program.

It runs with an empty environment and without site packages but numpy, has imported what programs
import most, and never sees a program or a test itself.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
from typing import Any

from gleanery.tasks.evaluation.sandbox_confinement import has_landlock, private_user
from gleanery.tasks.evaluation.sandbox_imports import stand_in_library
from gleanery.tasks.evaluation.sandbox_judge import judge

# Loaded before any file is closed to the program. Where the kernel cannot tell files apart, these
# modules are all that a program has.
_COMMON = """
    abc array ast base64 bisect calendar cmath collections collections.abc contextlib copy
    dataclasses datetime decimal enum fractions functools hashlib heapq inspect io itertools json
    keyword locale math numbers operator os os.path pprint queue random re secrets statistics string
    struct sys textwrap threading time timeit traceback types typing unicodedata urllib.parse uuid
    warnings weakref zlib
"""
_RARE = """
    argparse asyncio bz2 binascii cProfile codecs concurrent.futures configparser csv ctypes difflib
    doctest email encodings.ascii encodings.cp1252 encodings.idna encodings.latin_1 encodings.utf_16
    encodings.unicode_escape fnmatch getpass gettext glob graphlib gzip html html.parser http
    logging lzma multiprocessing pathlib pickle platform pstats select selectors shlex shutil signal
    socket sqlite3 stat subprocess tempfile tokenize unittest xml.etree.ElementTree zipfile zoneinfo
"""


# All of it that programs have: they can read none of its files.
_NUMPY = "numpy numpy.fft numpy.linalg numpy.ma numpy.polynomial numpy.random"


def serve(channel: socket.socket, packages: str, landlock: bool) -> None:
    """Fork a judge for each pair of pipes that comes through the channel, until it closes.

    The first thing sent back is what this machine allows, as a line of JSON. numpy is imported from
    the folder `packages`. `landlock` false has it do without, even where the kernel has it.
    """
    sys.path.append(packages)
    _import(_NUMPY)
    stand_in_library()
    facts = _facts(landlock)
    _import(_COMMON if facts["landlock"] else _COMMON + _RARE)
    channel.sendall(json.dumps(facts).encode() + b"\n")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # judges leave nothing to wait for
    gc.freeze()
    while True:
        data, descriptors, _, _ = socket.recv_fds(channel, 1, 2)
        if not data:
            return
        if os.fork() == 0:
            try:
                channel.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                requests, verdicts = descriptors
                judge(requests, verdicts, facts)
            finally:
                os._exit(0)
        for descriptor in descriptors:
            os.close(descriptor)


def _import(names: str) -> None:
    for name in names.split():
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # an interpreter built without it; programs get the same error


def _facts(landlock: bool) -> dict[str, Any]:
    user = private_user()
    return {
        "user": user,
        "private": user > 65534,
        "root": os.geteuid() == 0 and user == 0,
        "landlock": landlock and has_landlock(),
    }
