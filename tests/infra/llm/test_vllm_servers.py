"""Servers of a flow: started, found again after a death, given up, and always stopped."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from gleanery.infra.llm.protocol import EngineError, ModelIdentity
from gleanery.infra.llm.vllm_config import VLLMConfig
from gleanery.infra.llm.vllm_replica import VLLMReplica, free_ports
from gleanery.infra.llm.vllm_servers import VLLMServers

FAKE = Path(__file__).parent / "fake_vllm.py"
MODEL = ModelIdentity("org/m", "abc")
PATIENCE_S = 60.0  # for what comes within seconds on a machine with nothing else to do


def fake_config(environment: dict[str, str] | None = None, **changes: Any) -> VLLMConfig:
    values: dict[str, Any] = {
        "command": (sys.executable, str(FAKE)),
        "environment": environment or {},
        "replicas": 1,
        "startup_timeout_s": PATIENCE_S,
        "restart_backoff_s": 0.05,
        "stop_grace_s": 1,
    }
    return VLLMConfig.model_validate(values | changes)


async def get(url: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(url) as reply:
        return json.loads(await reply.read())


async def server_pid(base_url: str) -> int:
    return int((await get(base_url.replace("/v1", "/environment")))["FAKE_PID"])


async def until(condition: Any, within_s: float = PATIENCE_S) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.02)


class Changes:
    """Remembers what became of which server."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bool]] = []

    def __call__(self, base_url: str, healthy: bool) -> None:
        self.seen.append((base_url, healthy))

    def of(self, base_url: str) -> list[bool]:
        return [healthy for url, healthy in self.seen if url == base_url]


async def test_replicas_are_healthy_on_their_own_ports_and_gone_afterwards(tmp_path: Path) -> None:
    async with VLLMServers(fake_config(replicas=2), MODEL, tmp_path) as servers:
        first, second = servers.base_urls
        assert first != second
        for base_url in (first, second):
            assert (await get(base_url + "/models"))["data"][0]["id"] == "org/m"
        pids = [await server_pid(first), await server_pid(second)]
        assert all(map(psutil.pid_exists, pids))
    assert not any(map(psutil.pid_exists, pids))
    assert "fake vllm: loading org/m" in (tmp_path / "vllm-1.log").read_text()


async def test_each_replica_has_its_gpu(tmp_path: Path) -> None:
    config = fake_config(gpus=("3", "5"), replicas=0)
    async with VLLMServers(config, MODEL, tmp_path) as servers:
        seen = [
            (await get(url.replace("/v1", "/environment")))["CUDA_VISIBLE_DEVICES"]
            for url in servers.base_urls
        ]
    assert seen == ["3", "5"]


async def test_an_error_in_the_flow_stops_the_servers(tmp_path: Path) -> None:
    pids = []

    async def flow() -> None:
        async with VLLMServers(fake_config(), MODEL, tmp_path) as servers:
            pids.append(await server_pid(servers.base_urls[0]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await flow()
    assert not psutil.pid_exists(pids[0])


async def test_a_server_that_dies_at_start_is_an_error_with_the_end_of_its_log(
    tmp_path: Path,
) -> None:
    servers = VLLMServers(fake_config({"FAKE_DIE": "3"}), MODEL, tmp_path)
    with pytest.raises(EngineError, match=r"(?s)exit code 3 .*vllm-0\.log.*CUDA out of memory"):
        await servers.start()


async def test_one_failing_replica_stops_the_others(tmp_path: Path) -> None:
    script = tmp_path / "second_dies.py"
    script.write_text(
        f"import os, runpy, sys\n"
        f"sys.path.insert(0, {str(FAKE.parent)!r})\n"
        f"if os.environ['CUDA_VISIBLE_DEVICES'] == '1': raise SystemExit(4)\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        f"runpy.run_path({str(FAKE)!r}, run_name='__main__')\n"
    )
    config = fake_config(command=(sys.executable, str(script)), gpus=("0", "1"), replicas=2)
    with pytest.raises(EngineError, match="exit code 4"):
        await VLLMServers(config, MODEL, tmp_path).start()
    if (tmp_path / "pid").exists() and (pid := (tmp_path / "pid").read_text()):
        assert not psutil.pid_exists(int(pid))


async def test_a_server_that_never_becomes_healthy_is_stopped(tmp_path: Path) -> None:
    config = fake_config({"FAKE_HANG": "1"}, startup_timeout_s=0.5)
    with pytest.raises(EngineError, match=r"(?s)not healthy after 0 s.*startup_timeout_s"):
        await VLLMServers(config, MODEL, tmp_path).start()


async def test_a_missing_program_is_named(tmp_path: Path) -> None:
    config = fake_config(command=("/no/such/vllm", "serve"))
    with pytest.raises(EngineError, match="cannot start /no/such/vllm"):
        await VLLMServers(config, MODEL, tmp_path).start()


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_dead_or_hanging_server_is_replaced_on_its_port(
    tmp_path: Path, signum: int
) -> None:
    changes = Changes()
    config = fake_config(unresponsive_after_s=4)
    async with VLLMServers(config, MODEL, tmp_path, changes) as servers:
        (base_url,) = servers.base_urls
        pid = await server_pid(base_url)
        os.kill(pid, signum)
        await until(lambda: len(changes.seen) == 3)
        assert servers.base_urls == (base_url,)
        assert await server_pid(base_url) != pid
        assert not psutil.pid_exists(pid)
    assert changes.seen == [(base_url, True), (base_url, False), (base_url, True)]


async def test_a_server_is_left_alone_that_was_only_stopped_together_with_us(
    tmp_path: Path,
) -> None:
    """As when the machine sleeps: the check under way fails, and nobody has asked since."""
    changes = Changes()
    config = fake_config(unresponsive_after_s=4)
    async with VLLMServers(config, MODEL, tmp_path, changes) as servers:
        (base_url,) = servers.base_urls
        pid = await server_pid(base_url)
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(1.3)  # a check is under way
        time.sleep(5)
        os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(1)
        assert await server_pid(base_url) == pid
    assert changes.seen == [(base_url, True)]


async def test_a_replica_is_given_up_after_its_restarts_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    changes = Changes()
    config = fake_config(replicas=2, restart_limit=1)
    async with VLLMServers(config, MODEL, tmp_path, changes) as servers:
        lost = asyncio.ensure_future(servers.wait_until_lost())
        first, second = servers.base_urls
        await kill_twice(first, changes)
        await asyncio.sleep(0.3)
        assert not lost.done()
        assert await server_pid(second)

        await kill_twice(second, changes)
        why = await asyncio.wait_for(lost, PATIENCE_S)
    assert "all 2 vLLM servers died more than 1 times in a row" in why
    assert "exit code 137" in why


async def kill_twice(base_url: str, changes: Changes) -> None:
    for _ in range(2):
        await until(lambda: changes.of(base_url)[-1:] == [True])
        os.kill(await server_pid(base_url), signal.SIGKILL)
        await until(lambda: changes.of(base_url)[-1:] == [False])


async def test_a_replica_that_was_steady_has_its_restarts_forgotten(tmp_path: Path) -> None:
    changes = Changes()
    config = fake_config(restart_limit=1, steady_after_s=0.2)
    async with VLLMServers(config, MODEL, tmp_path, changes) as servers:
        (base_url,) = servers.base_urls
        for _ in range(3):
            await until(lambda: changes.of(base_url)[-1])
            await asyncio.sleep(0.3)
            os.kill(await server_pid(base_url), signal.SIGKILL)
            await until(lambda: not changes.of(base_url)[-1])
        await until(lambda: changes.of(base_url)[-1])


async def test_a_port_taken_after_the_look_is_exchanged_for_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken, free = other.getsockname()[1], next(free_ports(18000, 19999))
        async with aiohttp.ClientSession() as session:
            replica = VLLMReplica(
                fake_config(),
                MODEL,
                (),
                tmp_path / "log",
                iter([taken, free]),
                session,
                lambda replica, healthy: None,
            )
            await replica.start()
            await replica.stop()
    assert replica.port == free
    assert "Address already in use" in (tmp_path / "log").read_text()


def test_a_taken_port_is_not_offered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EngineError, match=f"no free port left from {port} to {port}"):
            list(free_ports(port, port))
    assert next(free_ports(port, port)) == port
