"""Whether the sandbox knows what it holds back, and refuses to run where it does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gleanery.tasks.evaluation import sandbox_isolation
from gleanery.tasks.evaluation.sandbox import run_program
from gleanery.tasks.evaluation.sandbox_isolation import check_isolation, require_isolation
from gleanery.tasks.evaluation.sandbox_process import Sandbox
from gleanery.tasks.evaluation.sandbox_records import IsolationMissing, Program, SandboxLimits

NAMES = [
    "a harmless program runs",
    "network",
    "network without connection",
    "reading files",
    "writing files",
    "the environment",
    "starting processes",
    "signals to other processes",
    "memory without limit",
    "computing for ever",
    "waiting for ever",
]
PROGRAM = Program(source="def f(): return 1", tests="assert f() == 1", names=["f"])


@pytest.mark.parametrize("landlock", [True, False])
def test_everything_is_held_back_here(landlock: bool) -> None:
    report = check_isolation(landlock=landlock)
    assert [check.name for check in report.checks] == NAMES
    assert report.missing == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_root_runs_programs_as_a_user_of_their_own() -> None:
    source = "import os\ndef f(): return [os.getuid(), os.getgid(), os.getgroups()]"
    tests = "user, group, groups = f()\nassert user == group > 1000 and groups == []"
    program = Program(source=source, tests=tests, names=["f"])
    assert run_program(program).status == "passed"


# What a sandbox without one of its walls does: the checks must notice each.
BROKEN = {
    "apply_filter": ["network without connection", "starting processes"],
    "close_files": ["reading files"],
    "limit": ["memory without limit"],
}


@pytest.mark.parametrize("wall", BROKEN)
def test_missing_wall_is_noticed(
    wall: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox_isolation, "Sandbox", without(wall, tmp_path, monkeypatch))
    monkeypatch.setattr(sandbox_isolation, "_LIMITS", SandboxLimits(cpu_seconds=1, wall_seconds=2))
    missing = {check.name for check in check_isolation().missing}
    assert set(BROKEN[wall]) <= missing


def without(wall: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> type[Sandbox]:
    """Return a sandbox whose modules are copies in which one wall is not built."""
    source = Path(sandbox_isolation.__file__).parent
    for path in source.glob("sandbox*.py"):
        (folder / path.name).write_text(path.read_text())
    module = "sandbox_seccomp" if wall == "apply_filter" else "sandbox_confinement"
    with (folder / f"{module}.py").open("a") as file:
        file.write(f"\n\ndef {wall}(*_, **__):\n    return None\n")
    monkeypatch.setattr("gleanery.tasks.evaluation.sandbox_process.__file__", str(folder / "x.py"))
    return Sandbox


def test_nothing_runs_where_a_wall_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = check_isolation()
    broken = report.checks[1].model_copy(update={"held": False, "detail": "it connected"})
    report = report.model_copy(update={"checks": [*report.checks, broken]})
    monkeypatch.setattr(sandbox_isolation, "_checked_once", lambda: report)
    started: list[Sandbox] = []
    monkeypatch.setattr(Sandbox, "__enter__", started.append)
    with pytest.raises(IsolationMissing, match=r"(?s)network: it connected.*Run the evaluation on"):
        run_program(PROGRAM)
    assert started == []


@pytest.mark.parametrize("wall", ["close_files", "limit", "become", "apply_filter", "die_with"])
@pytest.mark.parametrize("time", [1, 2])  # for the judge, for the program
def test_sandbox_that_cannot_be_closed_runs_nothing(
    wall: str, time: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if time == 2 and wall in ("become", "apply_filter"):
        return  # both processes build it for the first time, or the judge for both
    broken = without(wall, tmp_path, monkeypatch)
    module = "sandbox_seccomp" if wall == "apply_filter" else "sandbox_confinement"
    with (tmp_path / f"{module}.py").open("a") as file:
        file.write(
            f"\n\nbuilt = []\ndef {wall}(*_, **__):\n    built.append(1)\n"
            f"    if len(built) >= {time}: raise OSError('no such wall')\n"
        )
    with (
        pytest.raises(IsolationMissing, match="no such wall"),
        broken(SandboxLimits()) as sandbox,
    ):
        sandbox.run(PROGRAM)


def test_other_systems_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert [check.held for check in check_isolation().checks] == [False]
    sandbox_isolation._checked_once.cache_clear()
    with pytest.raises(IsolationMissing, match="runs on Linux only"):
        require_isolation()
    sandbox_isolation._checked_once.cache_clear()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="needs a public interpreter")
def test_no_privilege_is_needed() -> None:
    """The walls themselves, built by a user without rights, by an interpreter that all can read."""
    folder = Path(sandbox_isolation.__file__).parent
    script = f"""
import os, sys, types
folder = {str(folder)!r}
for name, path in ("gleanery", []), ("gleanery.tasks", []), ("gleanery.tasks.evaluation", [folder]):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = path
from gleanery.tasks.evaluation import sandbox_confinement as walls, sandbox_seccomp as seccomp
from gleanery.tasks.evaluation.sandbox_imports import stand_in_library
stand_in_library()
os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
assert walls.private_user() == 0
walls.become(0)
walls.close_files(walls.has_landlock())
walls.limit(2 ** 29, 5, threads=False)
seccomp.apply_filter(signals_to=(os.getpid(),), may_open_files=walls.has_landlock())
import colorsys, socket
for attempt in os.fork, socket.socket, lambda: open("/etc/passwd"), lambda: bytearray(2 ** 30):
    try:
        attempt()
    except (PermissionError, MemoryError):
        continue
    raise SystemExit(f"{{attempt}} was not held back")
"""
    done = subprocess.run(
        ["/usr/bin/python3", "-I", "-S", "-c", script], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_program_cannot_claim_that_it_is_not_held_back() -> None:
    source = "import os\nos.write(4, b'\\x07\\x00\\x00\\x00\"wrong\"')\ndef f(): return 1"
    program = Program(source=source, tests="assert f() == 1", names=["f"])
    assert run_program(program).status == "failed"
