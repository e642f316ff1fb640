"""Fixtures that every test may use."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from gleanery.infra.storage import Store

# A busy machine is no fault of what is tested, and a first call imports what it needs.
settings.register_profile("gleanery", deadline=None)
settings.load_profile("gleanery")

# A shell that runs the tests in the background has them ignore SIGINT, and every process that they
# start: tests of Ctrl-C would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real web pages, seeds and benchmarks.

    It is `../shared/data` beside the repository, or what GLEANERY_SHARED_DATA names. CI fails
    when it is missing; elsewhere the tests that need it are skipped.
    """
    folder = Path(os.environ.get("GLEANERY_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        message = f"no test data at {folder}: set GLEANERY_SHARED_DATA to the folder that holds it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


class LLMStub:
    """A running `tests/servers/llm_stub.py`; `url` is what a base_url is, `control` scripts it."""

    def __init__(self, *arguments: str) -> None:
        script = REPOSITORY / "tests" / "servers" / "llm_stub.py"
        self.process = subprocess.Popen(
            [sys.executable, str(script), "--with-parent", *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def control(self, **script: Any) -> None:
        self._fetch("/control", json.dumps(script).encode())

    def counts(self) -> dict[str, Any]:
        return dict(self._fetch("/counts"))

    def log(self) -> list[dict[str, Any]]:
        return list(self._fetch("/log"))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def _fetch(self, path: str, body: bytes | None = None) -> Any:
        address = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(address, data=body, timeout=10) as reply:
            return json.load(reply)


@pytest.fixture
def llm_stub() -> Iterator[Callable[..., LLMStub]]:
    """Return a function that starts a stub model server; all of them end with the test."""
    started: list[LLMStub] = []

    def start(*arguments: str) -> LLMStub:
        started.append(LLMStub(*arguments))
        return started[-1]

    yield start
    for stub in started:
        stub.kill()


@contextlib.contextmanager
def _server(script: str, *arguments: str) -> Iterator[str]:
    """Run a server of `tests/servers` that ends with its standard input; yield its address."""
    process = subprocess.Popen(
        [sys.executable, str(REPOSITORY / "tests" / "servers" / script), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stdin.close()
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """Return the address of an S3 server; the environment leads every process there."""
    with _server("moto_s3.py") as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", address)
        patch.setenv("AWS_ACCESS_KEY_ID", "test-key-id")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test-secret-key")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield address


@pytest.fixture
def bucket(s3: str) -> str:
    """Return a bucket of this test's own, as `s3://name`."""
    name = f"test-{uuid.uuid4().hex}"
    urllib.request.urlopen(urllib.request.Request(f"{s3}/{name}", method="PUT"), timeout=30)
    return f"s3://{name}"


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Return an empty store: the test runs once on disk and once on S3."""
    if request.param == "local":
        return Store(str(tmp_path / "store"))
    return Store(f"{request.getfixturevalue('bucket')}/prefix")


class FaultyS3:
    """A store behind `tests/servers/s3_faults.py`, and the script of what goes wrong there.

    `healthy` is the same store without the proxy.
    """

    def __init__(self, address: str, bucket: str) -> None:
        self.address = address
        self.store = Store(f"{bucket}/prefix", {"endpoint_url": address})
        self.healthy = Store(f"{bucket}/prefix")

    def script(self, *faults: dict[str, Any]) -> None:
        """Replace all faults by these; requests are counted from here."""
        body = json.dumps(faults).encode()
        urllib.request.urlopen(f"{self.address}/_faults", data=body, timeout=30).close()

    def requests(self) -> dict[str, int]:
        """Return how many requests came, by method."""
        with urllib.request.urlopen(f"{self.address}/_faults", timeout=30) as answer:
            return dict(json.load(answer)["requests"])


@pytest.fixture(scope="session")
def s3_proxy(s3: str) -> Iterator[str]:
    """Return the address of the fault-scripting proxy in front of the S3 server."""
    with _server("s3_faults.py", "--upstream", s3) as address:
        yield address


@pytest.fixture
def faulty_s3(s3_proxy: str, bucket: str) -> Iterator[FaultyS3]:
    """Return a store whose S3 server fails as scripted."""
    faulty = FaultyS3(s3_proxy, bucket)
    faulty.script()
    yield faulty
    faulty.script()
