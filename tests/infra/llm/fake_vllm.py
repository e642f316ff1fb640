"""A stand-in for a vLLM server: same flags, /health and /v1 answers, started at once.

What it does besides is set by FAKE_… variables: FAKE_DIE (exit code to die with at start),
FAKE_HANG (never become healthy), FAKE_POISON (a question to die of), FAKE_LATENCY_S (of an
answer), FAKE_START_S (time to load), FAKE_ORPHANS (a file to which the pids of a child and of a
grandchild in its own session are written).
"""

import json
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def option(name: str) -> str:
    for index, word in enumerate(sys.argv):
        if word.startswith(f"--{name}="):
            return word.partition("=")[2]
        if word == f"--{name}":
            return sys.argv[index + 1]
    raise SystemExit(f"fake vllm: --{name} is missing")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/health":
            self._answer(200, {})
        elif self.path == "/v1/models":
            self._answer(200, {"data": [{"id": option("served-model-name")}]})
        elif self.path == "/environment":
            self._answer(200, {**os.environ, "FAKE_PID": str(os.getpid())})
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if body["messages"][-1]["content"] == os.environ.get("FAKE_POISON"):
            os._exit(1)
        time.sleep(float(os.environ.get("FAKE_LATENCY_S", "0")))
        answer = {
            "role": "assistant",
            "content": f"{os.getpid()} {body['messages'][-1]['content']}",
        }
        self._answer(
            200,
            {
                "model": body["model"],
                "choices": [{"index": 0, "message": answer, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 3, "completion_tokens": 2},
            },
        )

    def _answer(self, status: int, content: object) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def start_orphans(path: str) -> None:
    """Start a child and a grandchild that left for its own session and ignores SIGTERM."""
    sleeper = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    child = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys, time\n"
            f"p = subprocess.Popen([sys.executable, '-c', {sleeper!r}], start_new_session=True)\n"
            "print(p.pid, flush=True)\n"
            "time.sleep(600)",
        ],
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    grandchild = int(child.stdout.readline())
    with open(path, "w") as file:
        file.write(f"{child.pid} {grandchild}")


def main() -> None:
    print("fake vllm: loading", sys.argv[1], flush=True)
    if path := os.environ.get("FAKE_ORPHANS"):
        start_orphans(path)
    if code := os.environ.get("FAKE_DIE"):
        print("fake vllm: CUDA out of memory", flush=True)
        raise SystemExit(int(code))
    if os.environ.get("FAKE_HANG"):
        signal.pause()
    time.sleep(float(os.environ.get("FAKE_START_S", "0")))
    Server((option("host"), int(option("port"))), Handler).serve_forever()


if __name__ == "__main__":
    main()
