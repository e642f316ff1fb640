import importlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest

from gleanery.infra.compute import ComputeConfig, LocalWorkers, WorkerDied, WorkersClosed

HERE = str(Path(__file__).parent)
PATIENCE_S = 60.0  # for what comes within a second on a machine with nothing else to do


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(HERE)
    return importlib.import_module("compute_functions")


@pytest.fixture
def workers() -> Iterator[LocalWorkers]:
    with LocalWorkers(ComputeConfig(workers=2)) as workers:
        yield workers


def start(call: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Run the call in a thread; its result or error becomes the only item of the list."""
    result: list[Any] = []

    def target() -> None:
        try:
            result.append(call())
        except Exception as error:
            result.append(error)

    thread = threading.Thread(target=target)
    thread.start()
    return thread, result


def wait_for(path: Path) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.02)
    return path.read_text()


def is_gone(process_id: int) -> bool:
    try:
        return psutil.Process(process_id).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def goes(process_id: int) -> bool:
    """Wait for the end of a process that would run for ever; return whether it came."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_gone(process_id):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_result_comes_back_from_another_process(
    workers: LocalWorkers, functions: ModuleType
) -> None:
    assert workers.run(functions.add, 2, right=3) == 5
    assert workers.run(functions.process_id) != os.getpid()
    assert workers.peak_memory_bytes > 1_000_000


def test_worker_is_reused_while_it_is_good(workers: LocalWorkers, functions: ModuleType) -> None:
    assert len({workers.run(functions.process_id) for _ in range(5)}) == 1


def test_worker_is_replaced_after_its_share_of_calls(functions: ModuleType) -> None:
    with LocalWorkers(ComputeConfig(workers=1, calls_per_worker=2)) as workers:
        ids = [workers.run(functions.process_id) for _ in range(6)]

    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_workers_see_the_modules_of_their_parent(
    workers: LocalWorkers, functions: ModuleType
) -> None:
    assert workers.run(functions.module_path) == sys.path


def test_two_calls_run_at_once(
    workers: LocalWorkers, functions: ModuleType, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(2) as threads:
        met = threads.map(
            lambda name: workers.run(functions.meet, str(tmp_path), name, ["a", "b"]), ["a", "b"]
        )
        assert list(met) == [True, True]


def test_more_callers_than_workers_all_get_their_own_answer(
    workers: LocalWorkers, functions: ModuleType
) -> None:
    with ThreadPoolExecutor(16) as threads:
        sums = list(threads.map(lambda i: workers.run(functions.add, i, i), range(300)))

    assert sums == [2 * i for i in range(300)]


@pytest.mark.parametrize(
    ("function", "arguments", "reason"),
    [
        ("kill_myself", (), "killed by SIGKILL"),
        ("kill_myself", (signal.SIGSEGV,), "killed by SIGSEGV"),
        ("kill_myself", (signal.SIGTERM,), "killed by SIGTERM"),
        ("leave", (3,), "left with exit code 3"),
        ("leave", (0,), "left with exit code 0"),
        ("leave_at_once", (0,), "left with exit code 0"),
        ("leave_at_once", (7,), "left with exit code 7"),
        ("fill_memory", (512,), "out of memory"),
    ],
)
def test_worker_that_dies_is_tried_again_and_then_reported(
    workers: LocalWorkers,
    functions: ModuleType,
    function: str,
    arguments: tuple[int, ...],
    reason: str,
) -> None:
    with pytest.raises(WorkerDied) as died:
        workers.run(getattr(functions, function), *arguments)

    assert died.value.reasons == (reason, reason)
    assert str(died.value) == f"{function}: 2 tries: {reason}; {reason}"
    assert workers.run(functions.add, 1, 1) == 2


def test_memory_limit_ends_the_call_and_not_the_run(functions: ModuleType) -> None:
    with LocalWorkers(ComputeConfig(workers=1, memory_mb=400, tries=1)) as workers:
        with pytest.raises(WorkerDied, match="out of memory"):
            workers.run(functions.fill_memory, 0)
        assert workers.run(functions.add, 1, 1) == 2


def test_second_try_is_made_by_another_process(
    workers: LocalWorkers, functions: ModuleType, tmp_path: Path
) -> None:
    first, second = workers.run(functions.die_once, str(tmp_path / "died")).split()

    assert first != second


def test_death_of_one_worker_leaves_the_calls_of_others_alone(
    workers: LocalWorkers, functions: ModuleType
) -> None:
    thread, result = start(lambda: workers.run(functions.sleep, 2.0))
    for _ in range(3):
        with pytest.raises(WorkerDied):
            workers.run(functions.kill_myself)
    thread.join()

    assert result == [2.0]


def test_worker_killed_in_the_middle_of_its_reply_is_tried_again(functions: ModuleType) -> None:
    others = psutil.Process().children()  # servers of the test session
    # A call may meet two kills: its own, and the one before, of a worker that had just answered
    # and was not dead yet when this call took it.
    with LocalWorkers(ComputeConfig(workers=1, tries=3)) as workers:
        workers.run(functions.add, 1)
        killed = attempt = 0
        while killed < 3 and attempt < 60:
            thread, result = start(lambda: workers.run(functions.big_reply, 100))
            time.sleep(0.03 * (attempt % 6 + 1))
            if thread.is_alive():
                for worker in set(psutil.Process().children()) - set(others):
                    worker.kill()
                killed += 1
            thread.join()
            assert len(result[0]) == 100 << 20
            attempt += 1
    assert killed == 3


def test_worker_killed_while_idle_costs_no_try(functions: ModuleType) -> None:
    with LocalWorkers(ComputeConfig(workers=1, tries=1)) as workers:
        idle = workers.run(functions.process_id)
        os.kill(idle, signal.SIGKILL)
        os.waitid(os.P_PID, idle, os.WEXITED | os.WNOWAIT)  # wholly dead, its threads as well
        assert workers.run(functions.process_id) != idle


def test_call_that_takes_too_long_is_killed(functions: ModuleType, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    # Long enough for a worker to begin with the call, on a busy machine as well.
    with LocalWorkers(ComputeConfig(workers=1, tries=1, timeout_s=4)) as workers:
        started = time.monotonic()
        with pytest.raises(WorkerDied, match=r"no result within 4 s"):
            workers.run(functions.spin, str(marker))
        assert time.monotonic() - started >= 4
        assert is_gone(int(marker.read_text()))
        assert workers.run(functions.add, 1, 1) == 2


def test_error_of_the_function_comes_back_with_the_workers_traceback(
    workers: LocalWorkers, functions: ModuleType
) -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        workers.run(functions.divide, 1, 0)

    assert "return left / right" in str(raised.value.__cause__)
    assert "compute_functions.py" in str(raised.value.__cause__)


def test_error_that_does_not_pickle_is_named(workers: LocalWorkers, functions: ModuleType) -> None:
    with pytest.raises(RuntimeError, match="AwkwardError: one and two"):
        workers.run(functions.raise_awkward)


def test_result_that_does_not_pickle_is_the_callers_error(
    workers: LocalWorkers, functions: ModuleType
) -> None:
    with pytest.raises((AttributeError, pickle.PicklingError), match="lambda"):
        workers.run(functions.unpicklable)
    assert workers.run(functions.add, 1, 1) == 2


def test_function_that_does_not_pickle_is_refused_at_once(workers: LocalWorkers) -> None:
    others = psutil.Process().children()
    with pytest.raises((AttributeError, pickle.PicklingError)):
        workers.run(lambda: None)
    assert psutil.Process().children() == others


def _two_markers(folder: Path) -> list[int]:
    """Return the ids of the two processes that spin, whichever two of the three calls they run."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        texts = [path.read_text() for path in folder.iterdir()]
        if len(texts) == 2 and all(texts):
            return [int(text) for text in texts]
        time.sleep(0.02)
    raise AssertionError(f"only {texts} came")


def test_closing_ends_running_calls_and_every_process(
    functions: ModuleType, tmp_path: Path
) -> None:
    workers = LocalWorkers(ComputeConfig(workers=2))
    idle = workers.run(functions.process_id)
    calls = [
        start(partial(workers.run, functions.spin, str(tmp_path / name)))
        for name in ("a", "b", "c")  # the third waits for a free worker
    ]
    busy = _two_markers(tmp_path)
    workers.close()
    workers.close()
    for thread, _ in calls:
        thread.join(PATIENCE_S)

    assert all(isinstance(result[0], WorkersClosed) for _, result in calls)
    assert all(map(goes, (idle, *busy)))
    with pytest.raises(WorkersClosed):
        workers.run(functions.add, 1)


def test_open_files_do_not_pile_up(functions: ModuleType) -> None:
    before = psutil.Process().num_fds()
    with LocalWorkers(ComputeConfig(workers=2, calls_per_worker=1, tries=1)) as workers:
        for _ in range(5):
            workers.run(functions.add, 1)
            with pytest.raises(WorkerDied):
                workers.run(functions.kill_myself)

    assert psutil.Process().num_fds() == before


PARENT = """
import sys, threading
sys.path.insert(0, {here!r})
import compute_functions
from gleanery.infra.compute import ComputeConfig, LocalWorkers
workers = LocalWorkers(ComputeConfig(workers=3))
print(workers.run(compute_functions.process_id), flush=True)
for name, arguments in (("spin", ()), ("hold_the_lock", (600,))):
    call = getattr(compute_functions, name), {folder!r} + "/" + name, *arguments
    threading.Thread(target=workers.run, args=call).start()
threading.Event().wait()
"""


def test_workers_leave_when_their_parent_is_killed(functions: ModuleType, tmp_path: Path) -> None:
    program = PARENT.format(here=HERE, folder=str(tmp_path))
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout is not None
        workers = {int(parent.stdout.readline())}
        workers |= {int(wait_for(tmp_path / name)) for name in ("spin", "hold_the_lock")}
        time.sleep(0.3)
        assert len(psutil.Process(parent.pid).children()) == 2  # the warm worker spins
        os.kill(parent.pid, signal.SIGKILL)

        assert all(map(goes, workers))
    finally:
        parent.kill()
        parent.wait()


def test_main_script_without_a_guard_is_not_run_again(functions: ModuleType) -> None:
    program = (
        f"import sys; sys.path.insert(0, {HERE!r})\n"
        "import compute_functions\n"
        "from gleanery.infra.compute import LocalWorkers\n"
        "print('script')\n"
        "with LocalWorkers() as workers: print(workers.run(compute_functions.add, 1, 1))\n"
    )
    done = subprocess.run([sys.executable, "-"], input=program, capture_output=True, text=True)

    assert done.stdout == "script\n2\n"
    assert done.returncode == 0
