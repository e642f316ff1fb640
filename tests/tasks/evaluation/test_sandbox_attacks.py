"""Programs that try to break out of the sandbox, to outlive it, or to pass without being right."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from gleanery.tasks.evaluation.sandbox_process import Sandbox
from gleanery.tasks.evaluation.sandbox_records import Program, ProgramResult, SandboxLimits

LIMITS = SandboxLimits(cpu_seconds=1, wall_seconds=30, memory_bytes=256 * 2**20)
IMPATIENT = SandboxLimits(cpu_seconds=30, wall_seconds=2)
CANARY = "41f0c8b2"  # stands in the tests alone


@pytest.fixture(scope="module", params=[True, False], ids=["landlock", "no-landlock"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(LIMITS, landlock=request.param) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """Yield what is attacked: a folder that everyone may write, a secret, servers, a process."""
    folder = tmp_path_factory.mktemp("target")
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o005)
    folder.chmod(0o777)
    (folder / "secret").write_text("secret")
    (folder / "secret").chmod(0o666)
    datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    datagrams.bind(str(folder / "datagrams"))
    (folder / "datagrams").chmod(0o777)
    with (
        datagrams,
        socket.create_server(("127.0.0.1", 0)) as server,
        subprocess.Popen(["sleep", "600"]) as victim,
    ):
        yield {"folder": str(folder), "port": server.getsockname()[1], "pid": victim.pid}
        victim.kill()


def attack(sandbox: Sandbox, body: str, target: dict[str, object]) -> ProgramResult:
    """Run a body that reports "done" when the attack has worked."""
    return sandbox.run(
        Program(
            source=function_of(body),
            tests=f"assert attack(**{target!r}) == 'done', '{CANARY}'",
            names=["attack"],
        )
    )


def function_of(body: str) -> str:
    lines = "\n".join("    " + line for line in body.strip().splitlines())
    return f"import os, sys\ndef attack(folder, port, pid):\n{lines}\n    return 'done'\n"


# What works for any program outside: a test below runs each there.
NETWORK = {
    "tcp": "import socket; socket.create_connection(('127.0.0.1', port), 2)",
    "udp": "import socket; socket.socket(2, 2).sendto(b'x', ('127.0.0.1', port))",
    "ipv6": "import socket; socket.socket(socket.AF_INET6)",
    "unix": "import socket; socket.socket(1, 2).sendto(b'x', folder + '/datagrams')",
    "pair that sends elsewhere": """
import socket
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
one.sendto(b'x', folder + '/datagrams')""",
    "netlink": "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)",
    "asyncio": """
import asyncio
asyncio.run(asyncio.open_connection('127.0.0.1', port))""",
    "system call": """
import ctypes, platform
number = {'x86_64': 41, 'aarch64': 198}[platform.machine()]
if ctypes.CDLL(None, use_errno=True).syscall(number, 2, 1, 0) < 0:
    raise PermissionError(ctypes.get_errno(), 'socket')""",
    "io_uring": """
import ctypes
parameters = ctypes.create_string_buffer(120)
if ctypes.CDLL(None, use_errno=True).syscall(425, 4, parameters) < 0:
    raise PermissionError(ctypes.get_errno(), 'io_uring_setup')""",
}
FILES = {
    "read": "open(folder + '/secret').read()",
    "read a system file": "open('/etc/passwd').read()",
    "list a folder": "os.listdir(folder)",
    "list the root": "os.listdir('/')",
    "read by a relative path": "open('../' * 40 + folder + '/secret').read()",
    "environment of a process": "open(f'/proc/{pid}/environ', 'rb').read()",
    "own processes": "open('/proc/self/maps').read()",
    "write": "open(folder + '/new', 'w').write('x')",
    "append": "open(folder + '/secret', 'a').write('x')",
    "truncate": "os.truncate(folder + '/secret', 3)",
    "make a folder": "os.mkdir(folder + '/made')",
    "remove": "open(folder + '/gone', 'w').close(); os.unlink(folder + '/gone')",
    "rename": "os.rename(folder + '/secret', folder + '/moved'); "
    "os.rename(folder + '/moved', folder + '/secret')",
    "symbolic link": "os.symlink('/etc/passwd', folder + '/link'); open(folder + '/link').read()",
    "hard link": "os.link(folder + '/secret', folder + '/hard')",
    "change rights": "os.chmod(folder + '/secret', 0o666)",
    "change times": "os.utime(folder + '/secret')",
    "change folder": "os.chdir(folder); open('secret').read()",
    "pipe with a name": "os.mkfifo(folder + '/pipe')",
    "nameless file": "os.open(folder, os.O_TMPFILE | os.O_RDWR)",
    "file in memory": "os.memfd_create('x')",
    "temporary file": "import tempfile; tempfile.TemporaryFile()",
    "database": "import sqlite3; sqlite3.connect(folder + '/db').execute('create table t (x)')",
    "shared memory": """
from multiprocessing import shared_memory
shared_memory.SharedMemory(create=True, size=100).unlink()""",
    "system call": """
import ctypes, struct
how = struct.pack('QQQ', 0, 0, 0)
path = (folder + '/secret').encode()
if ctypes.CDLL(None, use_errno=True).syscall(437, -100, path, how, 24) < 0:
    raise PermissionError(ctypes.get_errno(), 'openat2')""",
}
PROCESSES = {
    "fork": "if os.fork() == 0: os._exit(0)",
    "daemon": """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execv('/bin/sleep', ['sleep', '3'])
    os._exit(0)""",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "subprocess": "import subprocess; subprocess.run(['true'], check=True)",
    "shell": "assert os.popen('echo x').read() == 'x\\n'",
    "pool": """
import concurrent.futures
with concurrent.futures.ProcessPoolExecutor(1) as pool: pool.submit(len, '').result()""",
    "system call": """
import ctypes, platform
number = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
child = ctypes.CDLL(None, use_errno=True).syscall(number, 17, 0, 0, 0, 0)
if child == 0: os._exit(0)
if child < 0: raise PermissionError(ctypes.get_errno(), 'clone')""",
    "signal": "os.kill(pid, 0)",
    "kill by descriptor": "import signal; signal.pidfd_send_signal(os.pidfd_open(pid), 0)",
    "signal of a pipe": """
import fcntl, signal
reading, writing = os.pipe()
fcntl.fcntl(reading, 8, pid)""",
    "limits of another": "import resource; resource.prlimit(pid, resource.RLIMIT_NOFILE)",
    "own group": "os.setsid() if os.getpid() != os.getsid(0) else None",
    "trace": """
import ctypes
if ctypes.CDLL(None, use_errno=True).ptrace(16, pid, 0, 0) < 0:
    raise PermissionError(ctypes.get_errno(), 'ptrace')
os.waitpid(pid, 0)
ctypes.CDLL(None).ptrace(17, pid, 0, 0)""",
}
OUTSIDE = {**NETWORK, **FILES, **PROCESSES}
KERNEL_MAY_LACK = {"io_uring", "netlink", "ipv6", "nameless file", "trace"}


@pytest.mark.parametrize("name", NETWORK)
def test_program_reaches_no_network(name: str, sandbox: Sandbox, target: dict[str, object]) -> None:
    assert attack(sandbox, NETWORK[name], target).status == "forbidden"


@pytest.mark.parametrize("name", FILES)
def test_program_reaches_no_file(name: str, sandbox: Sandbox, target: dict[str, object]) -> None:
    before = files_of(target)
    result = attack(sandbox, FILES[name], target)
    assert result.status in ("forbidden", "failed")
    assert "was refused" in result.detail or "Error" in result.detail
    assert CANARY not in result.detail.partition(", in test line")[0], "the attack was done"
    assert files_of(target) == before


@pytest.mark.parametrize("name", PROCESSES)
def test_program_reaches_no_process(name: str, sandbox: Sandbox, target: dict[str, object]) -> None:
    result = attack(sandbox, PROCESSES[name], target)
    assert result.status in ("forbidden", "failed")
    assert CANARY not in result.detail.partition(", in test line")[0], "the attack was done"


@pytest.mark.parametrize("name", [name for name in OUTSIDE if name not in KERNEL_MAY_LACK])
def test_attack_works_where_nothing_holds_it_back(
    name: str, target: dict[str, object], tmp_path: Path
) -> None:
    tmp_path.chmod(0o777)
    (tmp_path / "secret").write_text("secret")
    here = {**target, "folder": str(tmp_path)}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(str(tmp_path / "datagrams"))
        code = function_of(OUTSIDE[name]) + f"assert attack(**{here!r}) == 'done'"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def files_of(target: dict[str, object]) -> dict[str, tuple[int, int]]:
    found = {}
    for path in sorted(Path(str(target["folder"])).iterdir()):
        status = path.lstat()
        found[path.name] = (status.st_size, status.st_mtime_ns)
    return found


# Taking more than is allowed


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("while True: pass", "timeout"),
        ("import re; re.match('(a+)+$', 'a' * 40 + 'b')", "timeout"),
        ("10 ** 10 ** 8 % 7", "timeout"),
        ("import signal\nfor n in range(1, 64):\n    try: signal.signal(n, signal.SIG_IGN)\n"
         "    except (OSError, ValueError): pass\nwhile True: pass", "timeout"),
        ("import signal\nsignal.signal(signal.SIGXCPU, lambda *_: None)\n"
         "while True: pass", "timeout"),
        ("import threading\nfor _ in range(4):\n"
         "    threading.Thread(target=lambda: [1 for _ in iter(int, 1)]).start()\n"
         "while True: pass", "timeout"),
        ("bytearray(10 ** 10)", "memory"),
        ("x = []\nwhile True: x.append(bytearray(10 ** 6))", "memory"),
        ("x = 'x'\nwhile True: x += x", "memory"),
        ("return list(range(10 ** 8))", "memory"),
        ("while True: print('x' * 1000)", "output"),
        ("while True: os.write(2, b'x' * 1000)", "output"),
        ("import threading\ndef shout():\n    while True: print('x' * 1000)\n"
         "threading.Thread(target=shout).start()\nwhile True: pass", "output"),
        ("def f(n): return f(n + 1)\nf(0)", "failed"),
        ("sys.setrecursionlimit(10 ** 9)\nx, y = [], []\n"
         "for _ in range(10 ** 5): x, y = [x], [y]\nx == y", "ended"),
        ("x = []\nfor _ in range(10 ** 5): x = [x]\nreturn x", "failed"),
        ("x = []; x.append(x); return x", "failed"),
        ("return 'x' * 20_000_000", "failed"),
        ("os.abort()", "ended"),
        ("import ctypes; ctypes.string_at(0)", "ended"),
        ("import resource; resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))", "failed"),
    ],
)  # fmt: skip
def test_program_that_takes_too_much_is_ended(
    body: str, status: str, sandbox: Sandbox, target: dict[str, object]
) -> None:
    result = attack(sandbox, body, target)
    assert result.status == status or (status == "failed" and result.status == "forbidden"), result
    assert len(result.printed) <= 4000
    assert answers_right(sandbox)


@pytest.mark.parametrize(
    "body",
    [
        "import time; time.sleep(60)",
        "import threading; threading.Event().wait()",
        "os.read(os.pipe()[0], 1)",
        "import signal; signal.pause()",
        "os.kill(os.getpid(), 19)",  # stopped
        "os.closerange(0, 9)\nimport time; time.sleep(60)",
        "while True: pass",
    ],
)
def test_program_that_waits_is_ended(body: str, target: dict[str, object]) -> None:
    with Sandbox(IMPATIENT) as sandbox:
        result = attack(sandbox, body, target)
        assert result.status in ("timeout", "ended"), result
        assert answers_right(sandbox)


def test_threads_end_before_they_fill_the_machine(
    sandbox: Sandbox, target: dict[str, object]
) -> None:
    body = """
import threading
threading.stack_size(32768)
stop = threading.Event()
for _ in range(100_000): threading.Thread(target=stop.wait, daemon=True).start()"""
    result = attack(sandbox, body, target)
    assert result.status in ("failed", "memory", "timeout"), result


def test_nothing_of_a_program_is_left_running(target: dict[str, object]) -> None:
    body = "import threading, time\nthreading.Thread(target=time.sleep, args=[60]).start()"
    with Sandbox(LIMITS) as sandbox:
        assert attack(sandbox, body, target).status == "passed"
        assert sandbox._server is not None
        server = psutil.Process(sandbox._server.pid)
        deadline = time.monotonic() + 10
        while server.children() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.children() == []
    assert not server.is_running()


def test_program_dies_with_the_evaluation(target: dict[str, object]) -> None:
    body = "import time; time.sleep(60)"
    with Sandbox(IMPATIENT) as sandbox:
        running = threading.Thread(target=attack, args=(sandbox, body, target))
        running.start()
        assert sandbox._server is not None
        server = psutil.Process(sandbox._server.pid)
        deadline = time.monotonic() + 10
        while len(server.children(recursive=True)) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        processes = server.children(recursive=True)
        assert len(processes) == 2
        server.kill()
        running.join()
        assert psutil.wait_procs(processes, timeout=10)[1] == []


@pytest.mark.parametrize("times", [1, 2])
def test_judge_killed_from_outside_is_no_verdict_on_the_program(times: int) -> None:
    # Long enough for the killer to find the judge, however busy the machine is.
    source = "import time\ndef f():\n    time.sleep(4)\n    return 1"
    program = Program(source=source, tests="assert f() == 1", names=["f"])
    killed: list[int] = []

    def kill_judges(sandbox: Sandbox) -> None:
        deadline = time.monotonic() + 20
        while len(killed) < times and time.monotonic() < deadline:
            server = sandbox._server
            with contextlib.suppress(psutil.NoSuchProcess):  # between two interpreters
                for judge in psutil.Process(server.pid).children() if server else []:
                    if judge.pid not in killed and judge.children():
                        judge.kill()
                        killed.append(judge.pid)
            time.sleep(0.01)

    with Sandbox(LIMITS) as sandbox:
        killer = threading.Thread(target=kill_judges, args=(sandbox,))
        killer.start()
        result = sandbox.run(program)
        killer.join()
        assert len(killed) == times
        assert result.status == ("passed" if times == 1 else "ended"), result
        assert answers_right(sandbox)


def test_sandbox_whose_interpreter_died_starts_another() -> None:
    with Sandbox(LIMITS) as sandbox:
        assert sandbox._server is not None
        sandbox._server.kill()
        sandbox._server.wait()
        assert answers_right(sandbox)


def answers_right(sandbox: Sandbox) -> bool:
    """Tell whether the sandbox still works after what has happened in it."""
    program = Program(source="def f(x): return x", tests="assert f(3) == 3", names=["f"])
    return sandbox.run(program).status == "passed"
