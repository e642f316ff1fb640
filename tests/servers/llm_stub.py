"""A model server that does not think: real HTTP, scripted answers and scripted faults.

    python tests/servers/llm_stub.py [--port 0] [--model stub-model] [--latency 0.05]
        [--answers deterministic|fresh] [--reply-chars N] [--responder respond.py]
        [--obey-max-tokens]

prints its port on one line and serves until it is stopped. `--responder` names a file with
`respond(body: dict, nth: int) -> str`, which writes the answers (nth: how often this very body
was asked, from 1). Otherwise an answer is a function of the request, or, with `--answers fresh`,
different each time it is asked. With `--obey-max-tokens` an answer ends where the request's
max_tokens does, at 4 characters a token.

POST /control   {"latency_s": 0.1, "answers": "fresh", "models": ["a"] | null, "api_key": "k",
                 "faults": [...], "models_fault": {"status": 429, "headers": {}, "times": 1},
                 "capacity": 8, "reset": true}: any subset; faults replace the earlier ones;
                 more requests at a time than `capacity` (0: any number) get a 429
GET  /counts    {"asked", "answered", "in_flight", "most_in_flight", "connections",
                 "keys": {key: {"asked", "answered"}}}; a key is the hash of the request's body
GET  /in_flight the last message of every request that is not answered yet
GET  /log       every request in order: {"key", "nth", "body", "authorization", "text"}; text is
                null where none was sent

A fault is {"kind": ..., "times": 3, "after": 10, "per_key": true, "match": "text in the body"}:
it leaves the first `after` requests alone, then strikes `times` times (for ever if absent),
counted over all requests or for each body. Kinds: status (with "status", "headers", "text"),
hang, cut (half a body), drop (no answer at all), invalid_json, html, empty_choices, no_content,
length (finish_reason=length), say (this "text" instead of the answer), exit (the process ends like
one that was killed), slow (with "seconds").
"""

import argparse
import asyncio
import hashlib
import importlib.util
import os
import signal
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

Respond = Callable[[dict[str, Any], int], str]
WORDS = ["prime", "angle", "integral", "enzyme", "voltage", "market", "orbit", "acid", "proof"]


class Fault:
    """One scripted fault and how often it has struck."""

    def __init__(self, script: dict[str, Any]) -> None:
        self.script = script
        self.kind: str = script["kind"]
        self._seen: Counter[str] = Counter()

    def strikes(self, key: str, body: bytes) -> bool:
        if self.script.get("match", "").encode() not in body:
            return False
        counted = key if self.script.get("per_key") else ""
        self._seen[counted] += 1
        turn = self._seen[counted] - self.script.get("after", 0)
        return 1 <= turn <= self.script.get("times", float("inf"))


class Stub:
    """The server's state: its script, and what it was asked."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.latency_s: float = options.latency
        self.answers: str = options.answers
        self.models: list[str] | None = [options.model]
        self.api_key = ""
        self.capacity = 0
        self.faults: list[Fault] = []
        self.models_fault: Fault | None = None
        self.respond = load_responder(options.responder) if options.responder else self.invent
        self.reset()

    def reset(self) -> None:
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.log: list[dict[str, Any]] = []
        self.in_flight = 0
        self.working_on: dict[int, bytes] = {}
        self.most_in_flight = 0
        self.connections: set[int] = set()

    def control(self, script: dict[str, Any]) -> None:
        if script.pop("reset", False):
            self.reset()
        for name, value in script.items():
            if name == "faults":
                self.faults = [Fault(fault) for fault in value]
            elif name == "models_fault":
                self.models_fault = Fault({"kind": "status"} | value)
            elif name in ("latency_s", "answers", "models", "api_key", "capacity"):
                setattr(self, name, value)
            else:
                raise web.HTTPBadRequest(text=f"no control {name}")

    def invent(self, body: dict[str, Any], nth: int) -> str:
        asked = body["messages"] if "messages" in body else body["prompt"]
        seed = orjson.dumps([asked, body.get("temperature")])
        number = int.from_bytes(hashlib.sha256(seed).digest(), "big")
        words = [WORDS[(number >> shift) % len(WORDS)] for shift in range(0, 64, 4)]
        text = " ".join(words)
        if self.answers == "fresh":
            text = f"{uuid.uuid4()} asked {nth}: {text}"
        length: int = self.options.reply_chars
        return (text + " ") * (length // len(text)) + text if length else text

    async def chat(self, http: web.Request) -> web.StreamResponse:
        return await self.take(http, "messages")

    async def complete(self, http: web.Request) -> web.StreamResponse:
        return await self.take(http, "prompt")

    async def take(self, http: web.Request, field: str) -> web.StreamResponse:
        raw = await http.read()
        if field not in orjson.loads(raw):
            return error_reply(400, f"{http.path} needs {field}")
        key = hashlib.sha256(raw).hexdigest()[:32]
        self.asked[key] += 1
        nth = self.asked[key]
        entry = {"key": key, "nth": nth, "body": raw, "text": None}
        entry["authorization"] = http.headers.get("Authorization", "")
        if self.options.keep_log:
            self.log.append(entry)
        self.connections.add(id(http.transport))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        self.working_on[id(http)] = raw
        try:
            return await self.reply(http, key, nth, raw, entry)
        finally:
            self.in_flight -= 1
            self.working_on.pop(id(http), None)

    async def reply(
        self, http: web.Request, key: str, nth: int, raw: bytes, entry: dict[str, Any]
    ) -> web.StreamResponse:
        if self.api_key and entry["authorization"] != f"Bearer {self.api_key}":
            return error_reply(401, f"Incorrect API key provided: {entry['authorization']}")
        if 0 < self.capacity < self.in_flight:
            return error_reply(429, f"more than {self.capacity} at a time")
        fault = next((fault for fault in self.faults if fault.strikes(key, raw)), None)
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.script["seconds"])
        elif fault is not None and fault.kind not in ("length", "say"):
            return await self.misbehave(http, fault)
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        body = orjson.loads(raw)
        says = fault is not None and fault.kind == "say"
        text = fault.script["text"] if fault is not None and says else self.respond(body, nth)
        limit = 4 * body["max_tokens"] if self.options.obey_max_tokens else len(text)
        is_cut = len(text) > limit or (fault is not None and fault.kind == "length")
        text = text[:limit]
        entry["text"] = text
        self.answered[key] += 1
        choice: dict[str, Any] = {
            "index": 0,
            "finish_reason": "length" if is_cut else "stop",
        }
        if "prompt" in body:
            choice["text"] = text
        else:
            choice["message"] = {"role": "assistant", "content": text}
        return json_reply(completion(body, [choice], len(raw), len(text)))

    async def misbehave(self, http: web.Request, fault: Fault) -> web.StreamResponse:
        script = fault.script
        match fault.kind:
            case "status":
                headers = script.get("headers", {})
                return error_reply(script["status"], script.get("text", "scripted"), headers)
            case "hang":
                await asyncio.sleep(3600)
            case "exit":
                os.kill(os.getpid(), signal.SIGKILL)
            case "drop":
                assert http.transport is not None
                http.transport.abort()
            case "cut":
                return await cut_reply(http)
            case "invalid_json":
                return web.Response(body=b'{"choices": [', content_type="application/json")
            case "html":
                page = "<html><title>502</title><h1>Bad Gateway</h1><hr>nginx</html>"
                return web.Response(
                    status=script.get("status", 502), text=page, content_type="text/html"
                )
            case "empty_choices":
                return json_reply(completion({}, [], 0, 0))
            case "no_content":
                choice = {"message": {"role": "assistant", "content": None}}
                return json_reply(completion({}, [choice | {"finish_reason": "stop"}], 0, 0))
        return web.Response()

    def counts(self) -> dict[str, Any]:
        keys = {key: {"asked": n, "answered": self.answered[key]} for key, n in self.asked.items()}
        return {
            "asked": self.asked.total(),
            "answered": self.answered.total(),
            "in_flight": self.in_flight,
            "most_in_flight": self.most_in_flight,
            "connections": len(self.connections),
            "keys": keys,
        }


def completion(
    body: dict[str, Any], choices: list[Any], characters_in: int, characters_out: int
) -> dict[str, Any]:
    usage = {"prompt_tokens": characters_in // 4, "completion_tokens": characters_out // 4}
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body.get("model", "stub-model"),
        "choices": choices,
        "usage": usage | {"total_tokens": sum(usage.values())},
    }


def json_reply(value: Any) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json")


def error_reply(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    body = orjson.dumps({"error": {"message": message, "type": "scripted", "code": status}})
    return web.Response(
        status=status, body=body, headers=headers or {}, content_type="application/json"
    )


async def cut_reply(http: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(http)
    await response.write(b'{"choices": [{"message": {"content": "half an ans')
    await asyncio.sleep(0.01)
    assert http.transport is not None
    http.transport.abort()
    return response


def load_responder(path: Path) -> Respond:
    spec = importlib.util.spec_from_file_location("responder", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    respond: Respond = module.respond
    return respond


def routes(stub: Stub) -> web.Application:
    async def models(_: web.Request) -> web.Response:
        fault = stub.models_fault
        if fault is not None and fault.strikes("", b""):
            return error_reply(fault.script["status"], "scripted", fault.script.get("headers"))
        if stub.models is None:
            return error_reply(404, "not found")
        listed = [{"id": name, "root": name, "max_model_len": 8192} for name in stub.models]
        return json_reply({"object": "list", "data": listed})

    async def control(http: web.Request) -> web.Response:
        stub.control(orjson.loads(await http.read()))
        return json_reply(stub.counts())

    async def counts(_: web.Request) -> web.Response:
        return json_reply(stub.counts())

    async def in_flight(_: web.Request) -> web.Response:
        bodies = [orjson.loads(raw) for raw in stub.working_on.values()]
        return json_reply(
            [body.get("prompt") or body["messages"][-1]["content"] for body in bodies]
        )

    async def log(_: web.Request) -> web.Response:
        return json_reply([entry | {"body": orjson.loads(entry["body"])} for entry in stub.log])

    app = web.Application(client_max_size=64 * 1024**2)
    app.router.add_post("/v1/chat/completions", stub.chat)
    app.router.add_post("/v1/completions", stub.complete)
    app.router.add_get("/v1/models", models)
    app.router.add_get("/health", counts)
    app.router.add_post("/control", control)
    app.router.add_get("/counts", counts)
    app.router.add_get("/in_flight", in_flight)
    app.router.add_get("/log", log)
    return app


async def serve(options: argparse.Namespace) -> None:
    # A client that goes away ends its request, as in vLLM; aiohttp's own way is to work on.
    runner = web.AppRunner(routes(Stub(options)), access_log=None, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", options.port, backlog=4096, reuse_address=True)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    parent = os.getppid()
    while not options.with_parent or os.getppid() == parent:
        await asyncio.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--model", default="stub-model")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds per answer")
    parser.add_argument("--answers", choices=["deterministic", "fresh"], default="deterministic")
    parser.add_argument("--reply-chars", type=int, default=0, help="shortest invented answer")
    parser.add_argument("--responder", type=Path)
    parser.add_argument("--obey-max-tokens", action="store_true", help="end long answers early")
    parser.add_argument("--no-log", dest="keep_log", action="store_false", help="forget requests")
    parser.add_argument("--with-parent", action="store_true", help="end when the parent has ended")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
