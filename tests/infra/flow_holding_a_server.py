"""A flow for tests to kill: starts a server under its supervisor, prints pids, and waits.

    flow_holding_a_server.py FOLDER CHILD COMMAND...

CHILD is what else the flow starts, which then outlives it: "none", "program" (a subprocess that
asks for open file descriptors), "spawn", "forkserver", or "fork" (a copy of the flow).
"""

import asyncio
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

from gleanery.infra.supervised import SupervisedProcess

LIFE_S = 600


def start_child(kind: str) -> int:
    match kind:
        case "none":
            return 0
        case "program":
            return subprocess.Popen(["sleep", str(LIFE_S)], close_fds=False).pid
        case "fork":
            if pid := os.fork():
                return pid
            time.sleep(LIFE_S)
            os._exit(0)
        case _:
            process = multiprocessing.get_context(kind).Process(target=time.sleep, args=(LIFE_S,))
            process.start()
            assert process.pid
            return process.pid


async def main(folder: Path, child: str, command: list[str]) -> None:
    server = await SupervisedProcess.start(
        command, {**os.environ, "FAKE_ORPHANS": str(folder / "orphans")}, folder / "log", 1.0
    )
    other = start_child(child)
    while not (folder / "orphans").exists() or not (folder / "orphans").read_text():
        assert server.exit_code is None, server.tail()
        await asyncio.sleep(0.02)
    print(server._process.pid, *(folder / "orphans").read_text().split(), other, flush=True)
    await asyncio.sleep(LIFE_S)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
