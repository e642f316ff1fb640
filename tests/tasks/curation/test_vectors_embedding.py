"""Vectors from a configured embedding model, behind a real server."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from aiohttp import web

from gleanery.infra.llm.embeddings import EmbeddingConfig, EmbeddingError
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.curation.semantic_duplicates import SemanticConfig
from gleanery.tasks.curation.semantic_part import semantic_part
from gleanery.tasks.curation.vectors_model import EMBEDDING, VectorsConfig, vector_model
from gleanery.tasks.curation.vectors_part import TextVector, decoded, vectors_part
from gleanery.tasks.dataset_records import Candidate, Duplicate
from gleanery.tasks.records import ChatMessage
from gleanery.tasks.stage_inputs import CANDIDATES

# What the server takes for the meaning of a text: an angle.
MEANINGS = {"sky": 0.0, "heavens": 0.2, "atom": 1.5}


class EmbeddingServer:
    """An `/embeddings` endpoint in a thread; `asked` are the texts that came."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.up = True
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._started.wait(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_post("/v1/embeddings", self.answer)
        runner = web.AppRunner(app, access_log=None)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        self._started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def answer(self, request: web.Request) -> web.Response:
        if not self.up:
            return web.json_response({"error": {"message": "no such model"}}, status=404)
        body = orjson.loads(await request.read())
        self.asked += body["input"]
        angles = [
            next(angle for word, angle in MEANINGS.items() if word in text)
            for text in body["input"]
        ]
        data = [
            {"index": n, "embedding": [float(np.cos(a)), float(np.sin(a))]}
            for n, a in enumerate(angles)
        ]
        return web.json_response({"data": data, "model": body["model"]})


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    running = EmbeddingServer()
    yield running
    running.close()


def config(url: str, **changes: Any) -> VectorsConfig:
    embedding = EmbeddingConfig(model="small", base_url=url, max_tries=1, **changes)
    return VectorsConfig(embedding=embedding)


def gather(parts: Parts, part: str, *questions: str) -> Receipt:
    texts = {key: "" for key, field in Candidate.model_fields.items() if field.annotation is str}
    lists: dict[str, Any] = {key: [] for key in ("nodes", "labels", "original", "calls", "scores")}
    rows = [
        Candidate(
            **texts | lists | {"id": text, "messages": [ChatMessage(role="user", content=text)]}
        )
        for text in questions
    ]
    plan = Plan(stage=CANDIDATES, version=1, part=part, inputs=(), decides={})
    return parts.commit(plan, Outcome(rows, [], [], len(rows)), Candidate, time.monotonic(), None)


def test_model_is_asked_once_for_each_text_and_finds_what_shares_no_word(
    tmp_path: Path, server: EmbeddingServer
) -> None:
    parts = Parts(Store(str(tmp_path)))
    vectors = config(server.url)
    first = gather(parts, "one", "Why is the sky blue?", "Why does an atom shine?", " ")
    second = gather(parts, "two", "How do the heavens get their colour?", "Why is the sky blue?")
    model = vector_model(parts, vectors, [first])
    assert model.kind == EMBEDDING
    assert vector_model(parts, vectors, [first, second]) == model
    made = [vectors_part(parts, receipt, model, vectors)[0] for receipt in (first, second)]
    assert sorted(server.asked) == sorted(set(server.asked))
    assert len(server.asked) == 3
    assert made[0].rejected == {"no_text": 1}
    rows = parts.rows(made[1], TextVector)
    assert np.allclose(decoded([row.vector for row in rows])[0], [np.cos(0.2), np.sin(0.2)], 1e-3)
    receipt, _ = semantic_part(parts, made, model, SemanticConfig())
    found = {row.id: (row.kept_id, row.similarity) for row in parts.rows(receipt, Duplicate)}
    sky = "Why is the sky blue?"
    assert found["How do the heavens get their colour?"] == (sky, pytest.approx(0.98, abs=1e-3))
    assert "Why does an atom shine?" not in found


def test_another_revision_makes_all_vectors_anew(tmp_path: Path, server: EmbeddingServer) -> None:
    parts = Parts(Store(str(tmp_path)))
    gathered = gather(parts, "one", "Why is the sky blue?")
    for revision in ("a", "b"):
        vectors = config(server.url, revision=revision)
        model = vector_model(parts, vectors, [gathered])
        assert model.digest == vectors.embedding.digest
        _, stood = vectors_part(parts, gathered, model, vectors)
        assert not stood
    assert len(server.asked) == 2


def test_model_that_cannot_be_used_leaves_no_part_behind(
    tmp_path: Path, server: EmbeddingServer
) -> None:
    parts = Parts(Store(str(tmp_path)))
    server.up = False
    gathered = gather(parts, "one", "Why is the sky blue?")
    vectors = config(server.url)
    model = vector_model(parts, vectors, [gathered])
    with pytest.raises(EmbeddingError):
        vectors_part(parts, gathered, model, vectors)
    assert parts.newest("vectors", "one") is None
