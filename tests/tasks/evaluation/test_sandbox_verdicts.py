"""What passes and what does not: honest programs of every kind, and programs that cheat."""

from collections.abc import Iterator

import pytest

from gleanery.tasks.evaluation.sandbox import run_program, run_programs
from gleanery.tasks.evaluation.sandbox_process import Sandbox
from gleanery.tasks.evaluation.sandbox_records import Program, ProgramResult, SandboxLimits

CANARY = "41f0c8b2"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SandboxLimits(cpu_seconds=5)) as sandbox:
        yield sandbox


def run(sandbox: Sandbox, source: str, tests: str, *names: str) -> ProgramResult:
    return sandbox.run(Program(source=source, tests=tests, names=list(names or ("f",))))


# Programs that cheat: none of them knows that f(3) is to be 41


@pytest.mark.parametrize(
    "source",
    [
        "import sys; sys.exit(0)",
        "import os; os._exit(0)",
        "raise SystemExit(0)",
        "def f(x): import sys; sys.exit(0)",
        "def f(x): import os; os._exit(0)",
        "def f(x): raise SystemExit",
        "def f(x): raise KeyboardInterrupt",
        "def f(x): raise StopIteration",
        "def f(x): raise GeneratorExit",
        "def f(x): raise AssertionError",
        "def f(x): print('passed'); print('OK'); print('{\"status\": \"passed\"}')",
        "class Same:\n    def __eq__(self, other): return True\ndef f(x): return Same()",
        "class Same:\n    def __eq__(self, other): return True\n"
        "    def __ne__(self, other): return False\n    __hash__ = None\nf = lambda x: [Same()]",
        "class Same(int):\n    def __eq__(self, other): return True\ndef f(x): return Same(5)",
        "class Same(int):\n    def __eq__(self, other): return True\n    __class__ = int\n"
        "def f(x): return Same(5)",
        "class Same(list):\n    def __eq__(self, other): return True\ndef f(x): return Same()",
        "class Same(str):\n    def __eq__(self, other): return True\ndef f(x): return Same()",
        "class Any:\n    __class__ = int\n    def __eq__(self, other): return True\n"
        "def f(x): return Any()",
        "class Meta(type):\n    def __eq__(self, other): return True\n"
        "class f(metaclass=Meta):\n    def __init__(self, x): pass",
        "from unittest.mock import ANY\ndef f(x): return ANY",
        "import builtins\nbuiltins.AssertionError = ValueError\ndef f(x): return 1",
        "import builtins\nbuiltins.all = lambda x: True\nbuiltins.abs = lambda x: 0\n"
        "def f(x): return 1",
        "import sys\ndef f(x):\n    frame = sys._getframe()\n    while frame.f_back:\n"
        "        frame = frame.f_back\n        for value in list(frame.f_locals.values()):\n"
        "            if value == 41: return value\n    return 0",
        "import gc\ndef f(x):\n    for one in gc.get_objects():\n"
        "        if isinstance(one, (dict, list, tuple)) and "
        f"'{CANARY[::-1]}'[::-1] in repr(one):\n            return 41\n    return 0",
        "import linecache\ndef f(x):\n    lines = linecache.getlines('<tests>')\n"
        "    return 41 if lines else 0",
        "import sys\ndef f(x):\n    tests = sys.modules.get('tests') or sys.modules['__main__']\n"
        "    return 41 if hasattr(tests, 'tests') else 0",
        "import atexit, os\natexit.register(os._exit, 0)\ndef f(x): return 0",
        "import signal, os\nos.kill(os.getpid(), signal.SIGTERM)",
        "import threading, os\nthreading.Timer(0.0, os._exit, [0]).start()\n"
        "def f(x):\n    import time; time.sleep(1)",
        "import os\nos.closerange(0, 100)\ndef f(x): return 0",
        'import os\nfor n in range(3, 20):\n    try: os.write(n, b\'{"status": "passed"}\')\n'
        "    except OSError: pass\ndef f(x): return 0",
        "import os\ndef f(x):\n    os.write(4, b'\\x02\\x00\\x00\\x00[]')\n    return 0",
        "import os\ndef f(x):\n    os.write(4, b'\\xff\\xff\\xff\\xff')\n    return 0",
        "import os, json\ndef f(x):\n    data = b'[' * 100000\n"
        "    os.write(4, len(data).to_bytes(4, 'little') + data)\n    return 0",
        'import os, json\ndef f(x):\n    data = b\'["value", ["int", "zz"], []]\'\n'
        "    os.write(4, len(data).to_bytes(4, 'little') + data)\n    return 0",
        'import os, json\ndef f(x):\n    data = b\'["value", ["handle", 999999], []]\'\n'
        "    os.write(4, len(data).to_bytes(4, 'little') + data)\n    return 0",
        "def f(x, seen=[]): seen.append(x); return len(seen)",
        "f = 41",
        "f = None",
        "def g(x): return 41",
        "def f(): return 41",
        "def f(x): return '41'",
        "def f(x): return [41]",
        "def f(x): yield 41",
        "async def f(x): return 41",
        "def f(x) return 41",
        "    def f(x): return 41",
        "\x00",
        "def f(x):\n    return 41 if x is ... else 40",
        "",
        "lambda x: 41",
    ],
)
def test_cheat_does_not_pass(source: str, sandbox: Sandbox) -> None:
    for tests in (
        f"marker = '{CANARY}'\nassert f(3) == 41",
        "assert all(map(lambda x: f(x) == 41, [3, 3]))\nassert list(map(f, [3])) == [41]",
        "try:\n    assert f(3) == 41\nexcept ValueError:\n    raise AssertionError",
        "import math\nassert abs(f(3) - 41) < 1e-6",
    ):
        result = run(sandbox, source, tests)
        assert result.status != "passed", result


def test_program_may_not_end_the_loop_of_its_tests(sandbox: Sandbox) -> None:
    tests = "count = 0\nfor y in map(f, [1, 2]):\n    count += 1\n    assert y == 41"
    assert run(sandbox, "def f(x): raise StopIteration", tests).status == "failed"


def test_end_of_a_program_is_no_exception_that_tests_could_catch(sandbox: Sandbox) -> None:
    tests = "try:\n    f(1)\nexcept BaseException:\n    pass"
    assert run(sandbox, "import os\ndef f(x): os._exit(0)", tests).status == "ended"


def test_program_is_held_to_every_call(sandbox: Sandbox) -> None:
    source = "calls = []\ndef f(x):\n    calls.append(x)\n    return 41 if len(calls) == 1 else 0"
    assert run(sandbox, source, "assert f(3) == 41").status == "passed"
    assert run(sandbox, source, "assert f(3) == 41\nassert f(3) == 41").status == "failed"


# Honest programs


@pytest.mark.parametrize(
    ("source", "tests"),
    [
        ("def f(x): return x", "assert f(1) == 1 and type(f(1)) is int"),
        ("def f(x): return x", "assert f(True) is True and f(None) is None and f(...) is ..."),
        ("def f(x): return x", "assert f(1.5) == 1.5 and f(0.1 + 0.2) == 0.1 + 0.2"),
        ("def f(x): return x", "assert f(float('inf')) == float('inf') and f(1e308) == 1e308"),
        ("def f(x): return x", "assert f(float('nan')) != f(float('nan'))"),
        ("def f(x): return x", "assert f(10 ** 5000) == 10 ** 5000 and f(-2 ** 63) == -2 ** 63"),
        ("def f(x): return x", "assert f(1 + 2j) == 1 + 2j and f(b'\\xff') == b'\\xff'"),
        ("def f(x): return x", "assert f('\\ud800 \\n é 😀') == '\\ud800 \\n é 😀'"),
        ("def f(x): return x", "assert f([1, (2, [3])]) == [1, (2, [3])] != f([1, [2, [3]]])"),
        ("def f(x): return x", "assert f({1: 'a', (1, 2): {3}}) == {1: 'a', (1, 2): {3}}"),
        ("def f(x): return x", "assert f(frozenset({1})) == {1} and f(range(3)) == range(3)"),
        ("def f(x): return x", "assert isinstance(f({1}), set) and isinstance(f(()), tuple)"),
        ("from collections import Counter\nf = Counter", "assert f('aab') == {'a': 2, 'b': 1}"),
        ("from collections import OrderedDict as O\ndef f(x): return O(x)",
         "assert list(f([(2, 1), (1, 2)])) == [2, 1]"),
        ("from collections import defaultdict\ndef f(x):\n    d = defaultdict(list)\n"
         "    d[x].append(1)\n    return d", "assert f(1) == {1: [1]}"),
        ("from collections import namedtuple\nP = namedtuple('P', 'x y')\n"
         "def f(x): return P(x, x)", "assert f(1) == (1, 1)"),
        ("from collections import deque\ndef f(x): return deque(x)",
         "assert list(f('ab')) == ['a', 'b']"),
        ("from fractions import Fraction\ndef f(x): return Fraction(x, 3)", "assert f(6) == 2"),
        ("from decimal import Decimal\ndef f(x): return Decimal(x)", "assert f('1.10') * 10 == 11"),
        ("import datetime\ndef f(x): return datetime.date(x, 2, 3)",
         "import datetime\nassert f(2020) == datetime.date(2020, 2, 3)"),
        ("import datetime as d\ndef f(x): return d.datetime(x, 2, 3, 4, 5) - d.datetime(x, 2, 3)",
         "assert f(2020).total_seconds() == 4 * 3600 + 300"),
        ("import enum\nclass C(enum.IntEnum):\n    A = 3\ndef f(x): return C.A",
         "assert f(1) == 3"),
        ("def f(x): return {1: 2}.keys()", "assert f(1) == {1}"),
        ("def f(x):\n    yield from range(x)", "assert list(f(3)) == [0, 1, 2]"),
        ("def f(x): return map(str, x)", "assert tuple(f([1])) == ('1',)"),
        ("import itertools\ndef f(): return itertools.count()",
         "import itertools\nassert list(itertools.islice(f(), 3)) == [0, 1, 2]"),
        ("import re\ndef f(x): return re.match('a', x)", "assert f('a')\nassert not f('b')"),
        ("def f(x): x.sort()", "x = [2, 1]\nassert f(x) is None\nassert x == [1, 2]"),
        ("def f(x): x['a'] = 1; del x['b']", "x = {'b': 2}\nf(x)\nassert x == {'a': 1}"),
        ("def f(x): x.add(1)", "x = set()\nf(x)\nassert x == {1}"),
        ("def f(x, *, y=1): return x + y", "assert f(1, y=2) == 3 and f(1) == 2"),
        ("def f(x): raise ValueError('no')",
         "try:\n    f(1)\nexcept ValueError as e:\n    assert str(e) == 'no'\nelse:\n    assert 0"),
        ("class f:\n    def __init__(self, x): self.x = x\n    def double(self): return self.x * 2",
         "one = f(2)\none.x = 5\nassert one.double() == 10 and one.x == 5"),
        ("class f:\n    def __init__(self, x): self.x = x\n    def __getitem__(self, i): return i\n"
         "    def __len__(self): return 7", "assert f(1)[3] == 3 and len(f(1)) == 7"),
        ("class f:\n    def __init__(self, left=None): self.left = left\n"
         "    def me(self): return self", "a = f()\nassert a.me() is a and f(a).left is a"),
        ("def f(x): return lambda y: x + y", "assert f(1)(2) == 3"),
        ("def f(x, kind): return [y for y in x if isinstance(y, kind)]",
         "assert f([1, 'a'], int) == [1]"),
        ("from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n"
         "def f(x): return P(x).x", "assert f(1) == 1"),
        ("from __future__ import annotations\nimport typing\ndef f(x: int) -> int: return x\n"
         "typing.get_type_hints(f)", "assert f(1) == 1"),
        ("def f(x):\n    global seen\n    seen = x\n    return seen", "assert f(1) == 1"),
        ("import threading\ndef f(x):\n    out = []\n    t = threading.Thread(target=out.append, "
         "args=[x])\n    t.start(); t.join()\n    return out", "assert f(1) == [1]"),
        ("import asyncio\nasync def g(x):\n    await asyncio.sleep(0)\n    return x\n"
         "def f(x): return asyncio.run(g(x))", "assert f(1) == 1"),
        ("print('hello')\ndef f(x):\n    print('x' * 1000)\n    return x", "assert f(1) == 1"),
        ("if __name__ == '__main__':\n    raise SystemExit\ndef f(x): return x",
         "assert f(1) == 1"),
        ("import sys\nsys.setrecursionlimit(5000)\ndef f(x): return 0 if x == 0 else f(x - 1)",
         "assert f(4000) == 0"),
        ("import functools\n@functools.lru_cache(None)\ndef f(x): return x", "assert f(1) == 1"),
        ("import random\nrandom.seed(1)\ndef f(x): return random.choice(x)", "assert f([1]) == 1"),
        ("def f(x): return ' '.join(set(x.split()))", "assert f('a b c d') == f('d c b a')\n"
         "assert sorted(f('a b')) == [' ', 'a', 'b']"),
        ("def f(x): return sum(range(x))", "assert f(3 * 10 ** 6) == 4499998500000"),
        ("def f(x): return x[::-1]", "assert f(list(range(10 ** 5)))[0] == 10 ** 5 - 1"),
        ("def f(x): return x", "assert f(print.__name__) == 'print' and f(len) is len"),
    ],
)  # fmt: skip
def test_honest_program_passes(source: str, tests: str, sandbox: Sandbox) -> None:
    result = run(sandbox, source, tests)
    assert result.status == "passed", result


def test_result_says_which_test_failed_and_keeps_what_was_printed(sandbox: Sandbox) -> None:
    source = "def f(x):\n    print('got', x)\n    return x"
    result = run(sandbox, source, "assert f(1) == 1\nassert f(2) == 3, 'two'")
    assert result.status == "failed"
    assert result.detail == "AssertionError: two, in test line 2: assert f(2) == 3, 'two'"
    assert result.printed == "got 1\ngot 2\n"


def test_missing_name_is_told(sandbox: Sandbox) -> None:
    result = run(sandbox, "def g(x): return 1", "assert f(1) == 1")
    assert (result.status, result.detail) == ("failed", "NameError: name 'f' is not defined")


@pytest.mark.parametrize("tests", ["", "assert 1 == 1", "assert f(lambda x: x) == 1"])
def test_tests_that_prove_nothing_do_not_pass(tests: str, sandbox: Sandbox) -> None:
    assert run(sandbox, "def f(x): return 1", tests).status == "untestable"


def test_prelude_is_not_the_programs_to_change(sandbox: Sandbox) -> None:
    program = Program(
        source="def poly(x): return 0\ndef f(x): return x",
        prelude="import math\ndef poly(x): return math.fabs(x)",
        tests="assert poly(f(-3)) == 3",
        names=["f"],
    )
    assert sandbox.run(program).status == "passed"


def test_programs_run_apart_from_each_other(sandbox: Sandbox) -> None:
    source = "import math\nmath.pi = 3\nimport builtins\nbuiltins.extra = 1\ndef f(x): return 1"
    assert run(sandbox, source, "assert f(1) == 1").status == "passed"
    source = (
        "import math, builtins\ndef f(x): return math.pi > 3 and not hasattr(builtins, 'extra')"
    )
    assert run(sandbox, source, "assert f([1])").status == "passed"


def test_results_come_in_order() -> None:
    programs = [
        Program(source=f"def f(): return {n}", tests=f"assert f() == {n // 2 * 2}", names=["f"])
        for n in range(12)
    ]
    statuses = [result.status for result in run_programs(programs, workers=3)]
    assert statuses == ["passed", "failed"] * 6
    assert run_program(programs[0]).status == "passed"
