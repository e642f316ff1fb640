"""A Hub of one dataset on a loopback port: all that `huggingface_hub` asks for to push."""

import base64
import contextlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

NAME = "school/lessons"
TOKEN = "token-of-a-test"


class FakeHub:
    """What the Hub holds: `files` by path, `tags`, and `commits` as path lists with the message.

    Large files are `stored` by their digest first. A request that matches `fails_at` is refused.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.exists = False
        self.private = False
        self.files: dict[str, bytes] = {}
        self.stored: dict[str, bytes] = {}
        self.tags: dict[str, str] = {}
        self.commits: list[str] = []
        self.fails_at = "nothing"

    def answer(self, path: str, body: bytes) -> tuple[int, Any]:
        if path == "/api/repos/create":
            return self.create(json.loads(body))
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if path == f"/datasets/{NAME}.git/info/lfs/objects/batch":
            return 200, {
                "transfer": "basic",
                "objects": [self.upload_of(o) for o in json.loads(body)["objects"]],
            }
        if stored := re.fullmatch(r"/upload/(\w+)", path):
            self.stored[stored[1]] = body
            return 200, {}
        own = path.removeprefix(f"/api/datasets/{NAME}")
        if own == path or not self.exists:
            return 404, {"error": "Repository not found"}
        return self.answer_of_dataset(own, body)

    def answer_of_dataset(self, path: str, body: bytes) -> tuple[int, Any]:
        if path in ("", "/revision/main"):
            return 200, {"id": NAME, "private": self.private, "sha": self.oid, "siblings": []}
        if path == "/tree/main":
            entries = self.files.items()
            return 200, [{"type": "file", "path": p, "size": len(d), "oid": ""} for p, d in entries]
        if path == "/preupload/main":
            files = json.loads(body)["files"]
            return 200, {"files": [self.mode_of(file["path"]) for file in files]}
        if path == "/commit/main":
            return self.commit([json.loads(line) for line in body.splitlines()])
        if path.startswith("/tag/"):
            self.tags[json.loads(body)["tag"]] = path.removeprefix("/tag/")
            return 200, {}
        return 404, {"error": f"nobody answers {path}"}

    @property
    def oid(self) -> str:
        return f"{len(self.commits):040x}"

    def create(self, asked: dict[str, Any]) -> tuple[int, Any]:
        url = f"{self.url}/datasets/{NAME}"
        if self.exists:
            return 409, {"error": "You already created this dataset repo", "url": url}
        self.exists, self.private = (
            True,
            asked.get("visibility") == "private" or bool(asked.get("private")),
        )
        return 200, {"url": url, "name": NAME}

    def mode_of(self, path: str) -> dict[str, Any]:
        mode = "lfs" if path.endswith(".parquet") else "regular"
        return {"path": path, "uploadMode": mode, "shouldIgnore": False}

    def upload_of(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = {"oid": asked["oid"], "size": asked["size"]}
        if asked["oid"] in self.stored:
            return found
        return found | {"actions": {"upload": {"href": f"{self.url}/upload/{asked['oid']}"}}}

    def commit(self, lines: list[dict[str, Any]]) -> tuple[int, Any]:
        for line in lines:
            value = line["value"]
            if line["key"] == "header":
                self.commits.append(value["summary"])
            elif line["key"] == "file":
                self.files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                self.files[value["path"]] = self.stored[value["oid"]]
            elif line["key"] == "deletedFile":
                del self.files[value["path"]]
        return 200, {"commitUrl": f"{self.url}/datasets/{NAME}/commit/x", "commitOid": self.oid}


class _Handler(BaseHTTPRequestHandler):
    hub: ClassVar[FakeHub]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def log_message(self, *_: Any) -> None:
        """Keep the tests' output clean."""

    def _answer(self) -> None:
        body = self._body()
        path = self.path.partition("?")[0]
        if re.search(self.hub.fails_at, path):
            status, value = 403, {"error": "Forbidden: not yours"}
        elif path.startswith("/upload/"):  # addressed by a signed URL: no token goes there
            status, value = self.hub.answer(path, body)
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            status, value = 401, {"error": "Invalid credentials"}
        else:
            status, value = self.hub.answer(path, body)
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)


@contextlib.contextmanager
def running_hub() -> Iterator[FakeHub]:
    """Yield a Hub that answers until the block ends."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub = handler.hub = FakeHub(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
