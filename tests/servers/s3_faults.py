"""A reverse proxy in front of an S3 server that fails on demand.

`python s3_faults.py --port 0 --upstream URL` prints its port and ends when its standard input does.
`POST /_faults` with a list of faults replaces the script, `GET /_faults` returns what is left of it
and how many requests passed by method. A fault is

    {"method": "PUT", "path": "regex", "times": 3, "action": "error", "status": 503}

`method` and `path` default to all, `times` to 1 (-1: for ever). Actions:

- `error`: answer `status` (default 500) with S3's XML, without forwarding
- `delay`: wait `seconds`, then forward
- `reset`: close the connection without forwarding
- `lost_answer`: forward, then close the connection: the request took effect, nobody knows
- `ignore_condition`: forward without `If-None-Match`, as a store without conditional writes does
- `cut_body`: promise the whole body, send half of it and close
"""

import argparse
import asyncio
import re
import sys
from collections import Counter
from typing import Any

from aiohttp import ClientSession, DummyCookieJar, web
from yarl import URL

_CODES = {403: "AccessDenied", 409: "ConditionalRequestConflict", 500: "InternalError"}
_CODES |= {501: "NotImplemented", 503: "SlowDown"}
_HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"}


class FaultyProxy:
    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.faults: list[dict[str, Any]] = []
        self.passed: Counter[str] = Counter()
        self.session: ClientSession

    async def admin(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            self.faults = await request.json()
            self.passed.clear()
        return web.json_response({"faults": self.faults, "requests": self.passed})

    def due(self, request: web.Request) -> dict[str, Any]:
        for fault in self.faults:
            if fault.get("times", 1) == 0 or fault.get("method", request.method) != request.method:
                continue
            if re.search(fault.get("path", ""), request.raw_path):
                fault["times"] = fault.get("times", 1) - (fault.get("times", 1) > 0)
                return fault
        return {"action": ""}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.passed[request.method] += 1
        body = await request.read()
        fault = self.due(request)
        match fault["action"]:
            case "error":
                return _error(fault.get("status", 500))
            case "delay":
                await asyncio.sleep(fault["seconds"])
            case "reset":
                return _reset(request)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in {"connection"}}
        if fault["action"] == "ignore_condition":
            headers.pop("If-None-Match", None)
        url = URL(self.upstream + request.raw_path, encoded=True)
        async with self.session.request(request.method, url, data=body, headers=headers) as answer:
            content = await answer.read()
            kept = {k: v for k, v in answer.headers.items() if k.lower() not in _HOP_BY_HOP}
            status = answer.status
        if fault["action"] == "lost_answer":
            return _reset(request)
        if fault["action"] == "cut_body":
            return await _send_half(request, status, kept, content)
        if request.method == "HEAD":
            kept["Content-Length"] = answer.headers.get("Content-Length", "0")
        return web.Response(status=status, headers=kept, body=content or None)


def _error(status: int) -> web.Response:
    code = _CODES.get(status, "InternalError")
    text = f"<Error><Code>{code}</Code><Message>scripted fault</Message></Error>"
    return web.Response(status=status, text=text, content_type="application/xml")


def _reset(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _send_half(
    request: web.Request, status: int, headers: dict[str, str], content: bytes
) -> web.StreamResponse:
    response = web.StreamResponse(
        status=status, headers=headers | {"Content-Length": str(len(content))}
    )
    await response.prepare(request)
    await response.write(content[: len(content) // 2])
    return _reset(request)


async def serve(port: int, upstream: str) -> None:
    proxy = FaultyProxy(upstream)
    application = web.Application(client_max_size=2**30)
    application.router.add_route("*", "/_faults", proxy.admin)
    application.router.add_route("*", "/{path:.*}", proxy.handle)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    async with ClientSession(auto_decompress=False, cookie_jar=DummyCookieJar()) as proxy.session:
        print(runner.addresses[0][1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--upstream", required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.upstream))
