"""Programs that want to pass without being right, reach their judge, or use what is theirs."""

from collections.abc import Iterator

import pytest

from gleanery.tasks.evaluation.sandbox_process import Sandbox
from gleanery.tasks.evaluation.sandbox_records import Program, SandboxLimits

TESTS = "assert f(20) == 41\nassert f(0) == 1"  # 2 n + 1: no constant passes
WRITE = """
import json, os, struct
def reply(value, descriptor=4):
    data = json.dumps(value).encode()
    os.write(descriptor, struct.pack('<I', len(data)) + data)
"""
CALL = """
import ctypes
library = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    if getattr(library, name)(*arguments) < 0:
        raise PermissionError(ctypes.get_errno(), 'refused')
"""
FORGERIES = {
    "exits after a verdict": 'import os\nprint(\'{"status": "passed"}\')\nos._exit(0)',
    "exits in a call": "import os\ndef f(n):\n    print('passed')\n    os._exit(0)",
    "a verdict as its reply": f"{WRITE}\ndef f(n): reply({{'status': 'passed', 'detail': ''}})",
    "replies in advance": f"{WRITE}\ndef f(n):\n    for _ in range(99): reply(['value', 41, []])",
    "a function as its reply": f"{WRITE}\ndef f(n): reply(['value', ['own', 'max'], []])",
    "a verdict for everybody": f"""{WRITE}
def f(n):
    for descriptor in range(64):
        try: reply({{'status': 'passed', 'detail': '', 'printed': ''}}, descriptor)
        except OSError: pass""",
    "equals everything": """
class Any(int):
    def __eq__(self, other): return True
    __hash__ = int.__hash__
def f(n): return Any(0)""",
    "claims another class": """
class Any:
    __class__ = int
    def __eq__(self, other): return True
def f(n): return Any()""",
    "a number of numpy's that is none": """
class Number:
    shape = ()
    def item(self): return Number()
Number.__module__ = 'numpy'
def f(n): return Number()""",
    "changes builtins": """
import builtins, sys
builtins.AssertionError = builtins.Exception
builtins.all = lambda values: True
sys.modules['json'].loads = lambda *_: 41
def f(n): return 0""",
    "looks for its tests": """
import gc, sys
def f(n):
    frame = sys._getframe()
    while frame:
        if 'tests' in frame.f_locals: return 2 * n + 1
        frame = frame.f_back
    found = [x for x in gc.get_objects() if isinstance(x, dict) and 'tests' in x and 'names' in x]
    return 2 * n + 1 if found else 0""",
    "a thread that replies later": f"""{WRITE}
import threading, time
def later():
    time.sleep(0.1)
    reply(['value', 41, []])
def f(n):
    threading.Thread(target=later).start()
    raise SystemExit(0)""",
    "ends the loop of its tests": "def f(n): raise StopIteration",
}
REACHES = {
    "kills its judge": "import os\nos.kill(os.getppid(), 9)",
    "kills its group": "import os\nos.kill(0, 9)",
    "kills all": "import os\nos.kill(-1, 9)",
    "lists its judge's files": "import os\nos.listdir(f'/proc/{os.getppid()}/fd')",
    "writes to its judge's memory": "import os\nopen(f'/proc/{os.getppid()}/mem', 'r+b')",
    "reads its judge's memory": f"import os\n{CALL}\n"
    "call('process_vm_readv', os.getppid(), 0, 0, 0, 0, 0)",
    "becomes root": "import os\nos.setuid(0)",
    "mounts": f"{CALL}\ncall('mount', b'none', b'/mnt', b'tmpfs', 0, 0)",
    "a nameless socket": "import socket\nsocket.socket(socket.AF_UNIX).bind(chr(0) + 'x')",
    "changes the library": "import os\nopen(os.__file__, 'a').write(' ')",
    "lives on without its judge": f"{CALL}\ncall('prctl', 1, 0, 0, 0, 0)",
}
HONEST = {
    "standard modules": """
import bisect, collections, functools, hashlib, heapq, itertools, math, random, re, string, typing
from typing import List, Optional
random.seed(1)
hashlib.sha256(b'x').hexdigest()
@functools.lru_cache(None)
def g(n): return re.sub('x', '', str(n))
def f(n: int) -> Optional[int]: return int(g(2 * n + 1))""",
    "deep recursion": """
import sys
sys.setrecursionlimit(10 ** 6)
def count(n): return 0 if n == 0 else 1 + count(n - 1)
def f(n): return 2 * n + count(10_000) - 9_999""",
    "numpy": """
import numpy as np
from numpy.linalg import inv
def f(n):
    np.random.seed(0); np.random.default_rng(0).random(3); np.fft.fft([1, 2]); inv(np.eye(3))
    return np.array([n, n, 1]).sum()""",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SandboxLimits(cpu_seconds=5)) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def without_landlock() -> Iterator[Sandbox]:
    with Sandbox(SandboxLimits(cpu_seconds=5), landlock=False) as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", FORGERIES)
def test_no_forgery_passes(name: str, sandbox: Sandbox) -> None:
    result = sandbox.run(Program(source=FORGERIES[name], tests=TESTS, names=["f"]))
    assert result.status in ("failed", "ended")


@pytest.mark.parametrize("name", REACHES)
def test_program_does_not_reach_beyond_itself(
    name: str, sandbox: Sandbox, without_landlock: Sandbox
) -> None:
    source = f"{REACHES[name]}\ndef f(n): return 2 * n + 1"
    program = Program(source=source, tests=TESTS, names=["f"])
    assert {each.run(program).status for each in (sandbox, without_landlock)} == {"forbidden"}


@pytest.mark.parametrize("name", HONEST)
def test_honest_program_passes(name: str, sandbox: Sandbox) -> None:
    result = sandbox.run(Program(source=HONEST[name], tests=TESTS, names=["f"]))
    assert (result.status, result.detail) == ("passed", "")


def test_numbers_of_numpy_are_compared_as_numbers(sandbox: Sandbox) -> None:
    source = "import numpy as np\ndef f(): return [np.int64(1), (np.bool_(True), np.float32(2.5))]"
    tests = "assert f() == [1, (True, 2.5)]"
    assert sandbox.run(Program(source=source, tests=tests, names=["f"])).status == "passed"
