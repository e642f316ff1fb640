"""Embeddings against a real server, whose vectors are hashes of the texts."""

import asyncio
import hashlib
import sys
import threading
import types
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import pytest
from aiohttp import web

from gleanery.infra.llm import embedding_local
from gleanery.infra.llm.embedding_cache import EmbeddingCache
from gleanery.infra.llm.embeddings import (
    EmbeddingConfig,
    EmbeddingError,
    Vectors,
    embed_texts,
    embedder,
)
from gleanery.infra.storage import Store

WIDTH = 16
KEY = "sk-embedding-test"


def vector(text: str, width: int = WIDTH) -> list[float]:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return [float(x) for x in np.random.default_rng(seed).standard_normal(width)]


class EmbeddingServer:
    """An `/embeddings` endpoint in a thread; `faults` are taken one per request."""

    def __init__(self) -> None:
        self.faults: deque[Any] = deque()
        self.refuses = ""  # no batch with this text is accepted
        self.width = WIDTH
        self.asked: list[dict[str, Any]] = []
        self.authorizations: set[str] = set()
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._started.wait(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_post("/v1/embeddings", self.answer)
        self._runner = web.AppRunner(app, access_log=None)
        self._loop.run_until_complete(self._runner.setup())
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        self._started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._runner.cleanup())

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def answer(self, request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        self.asked.append(body)
        self.authorizations.add(request.headers.get("Authorization", ""))
        if self.refuses and any(self.refuses in text for text in body["input"]):
            return web.json_response({"error": {"message": "input too long"}}, status=400)
        fault = self.faults.popleft() if self.faults else None
        if isinstance(fault, web.Response):
            return fault
        items = [
            {"index": n, "embedding": vector(text, self.width), "object": "embedding"}
            for n, text in enumerate(body["input"])
        ]
        if fault == "short":
            items.pop()
        elif fault == "ragged":
            items[0]["embedding"].pop()
        elif fault == "zero":
            items[0]["embedding"] = [0.0] * self.width
        elif fault == "twice":
            items[0]["index"] = len(items) - 1
        return web.json_response({"data": items[::-1], "model": body["model"]})

    @property
    def texts(self) -> list[str]:
        return [text for body in self.asked for text in body["input"]]


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    running = EmbeddingServer()
    yield running
    running.close()


def config_of(server: EmbeddingServer, **values: Any) -> EmbeddingConfig:
    usual = {"model": "m", "base_url": server.url, "backoff_base_s": 0.001, "batch_texts": 8}
    return EmbeddingConfig.model_validate(usual | {"max_tries": 3} | values)


def expected(texts: list[str], width: int = WIDTH) -> Vectors:
    vectors = np.array([vector(text, width) for text in texts])
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


TEXTS = [f"skill number {number}" for number in range(50)]


def test_each_text_has_its_vector_of_length_one_in_its_place(server):
    texts = [*TEXTS, *TEXTS[:10], "写作 – Ω"]
    vectors = embed_texts(texts, config_of(server), None)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, expected(texts))
    assert sorted(server.texts) == sorted(set(texts))
    assert max(len(body["input"]) for body in server.asked) == 8
    assert {body["model"] for body in server.asked} == {"m"}


def test_text_that_the_store_holds_is_not_sent_again(server, store: Store):
    config = config_of(server)
    first = embed_texts(TEXTS[:30], config, store)
    assert len(server.texts) == 30
    second = embedder(config, store)(TEXTS[::-1])
    assert sorted(server.texts) == sorted(TEXTS)
    np.testing.assert_array_equal(second[::-1][:30], first)
    embed_texts(TEXTS, config, store)
    assert len(server.texts) == 50
    names = {info.path.split("/")[0] for info in store.list("")}
    assert names == {"embeddings"}


@pytest.mark.parametrize(
    "change",
    [{"model": "other"}, {"revision": "2"}, {"prefix": "query: "}, {"dimensions": WIDTH}],
    ids=lambda change: next(iter(change)),
)
def test_what_decides_a_vector_is_part_of_its_name(server, tmp_path, change):
    store = Store(str(tmp_path))
    config = config_of(server)
    embed_texts(TEXTS[:3], config, store)
    embed_texts(TEXTS[:3], config.model_copy(update={"batch_texts": 2}), store)
    assert len(server.texts) == 3
    embed_texts(TEXTS[:3], config.model_copy(update=change), store)
    assert len(server.texts) == 6


def test_half_a_surrogate_pair_is_embedded_as_a_question_mark(server):
    np.testing.assert_array_equal(
        embed_texts(["cut \ud83d"], config_of(server), None), expected(["cut ?"])
    )


def test_prefix_is_put_before_and_long_texts_are_cut(server):
    embed_texts(["a long text"], config_of(server, prefix="query: ", max_characters=6), None)
    assert server.texts == ["query: a long"]


@pytest.mark.parametrize(
    "fault",
    [
        web.Response(status=429, headers={"Retry-After": "0"}),
        web.Response(status=500, text="oops"),
        web.Response(text="<html>"),
        web.Response(body=b'{"object": "list"}'),
        web.Response(body=b"[]"),
        "short",
        "ragged",
        "zero",
        "twice",
    ],
    ids=["429", "500", "html", "no data", "list", "short", "ragged", "zero", "twice"],
)
def test_batch_without_a_whole_answer_is_sent_again(server, fault):
    server.faults.append(fault)
    vectors = embed_texts(TEXTS[:5], config_of(server), None)
    np.testing.assert_array_equal(vectors, expected(TEXTS[:5]))
    assert len(server.asked) == 2


def test_being_told_to_wait_is_not_counted_as_a_try(server):
    server.faults.extend(web.Response(status=429) for _ in range(10))
    assert len(embed_texts(TEXTS[:5], config_of(server), None)) == 5
    assert len(server.asked) == 11


def test_what_was_answered_before_an_error_is_kept(server, tmp_path):
    store = Store(str(tmp_path))
    config = config_of(server, max_in_flight=1)
    server.faults.extend([None, None, *["short"] * 3])
    with pytest.raises(EmbeddingError, match=r"7 vectors for 8 texts.*What was answered is kept"):
        embed_texts(TEXTS, config, store)
    before = len(server.texts)
    embed_texts(TEXTS, config, store)
    assert len(server.texts) - before == len(TEXTS) - 16


def test_refused_text_is_found_in_its_batch_and_named(server, tmp_path):
    server.refuses = "number 5"
    with pytest.raises(EmbeddingError, match=r"input too long, for the text 'skill number 5'"):
        embed_texts(TEXTS[:8], config_of(server), Store(str(tmp_path)))
    assert len(server.asked) <= 8


@pytest.mark.parametrize(("status", "advice"), [(401, "api_key_env"), (404, "embedding.base_url")])
def test_mistake_that_no_retry_mends_says_what_to_correct(server, monkeypatch, status, advice):
    monkeypatch.setenv("EMBEDDING_KEY", KEY)
    server.faults.append(web.Response(status=status, text=f"no entry with {KEY}"))
    with pytest.raises(EmbeddingError, match=advice) as caught:
        embed_texts(TEXTS, config_of(server, api_key_env="EMBEDDING_KEY", max_in_flight=1), None)
    assert KEY not in str(caught.value)
    assert server.authorizations == {f"Bearer {KEY}"}
    assert len(server.asked) == 1


def test_other_dimensions_than_asked_for_are_an_error(server):
    with pytest.raises(EmbeddingError, match=r"vectors have 16 numbers, expected 32"):
        embed_texts(TEXTS[:2], config_of(server, dimensions=32), None)
    assert server.asked[0]["dimensions"] == 32


def test_model_that_changed_under_its_name_is_noticed_and_nothing_of_it_is_kept(server, tmp_path):
    store = Store(str(tmp_path))
    config = config_of(server)
    embed_texts(TEXTS[:5], config, store)
    server.width = 24
    with pytest.raises(EmbeddingError, match=r"24 numbers, expected 16.*embedding.revision"):
        embed_texts(TEXTS[:9], config, store)
    server.width = WIDTH
    np.testing.assert_array_equal(embed_texts(TEXTS[:9], config, store), expected(TEXTS[:9]))
    renewed = config.model_copy(update={"revision": "2"})
    server.width = 24
    assert embed_texts(TEXTS[:9], renewed, store).shape == (9, 24)


def test_server_that_is_not_there_is_named(server):
    config = config_of(server, base_url="http://127.0.0.1:9/v1", max_tries=2)
    with pytest.raises(EmbeddingError, match=r"127.0.0.1:9/v1/embeddings: .*Is the server up"):
        embed_texts(TEXTS, config, None)


async def test_texts_are_embedded_where_an_event_loop_runs_already(server):
    assert len(embed_texts(TEXTS[:3], config_of(server), None)) == 3


def test_no_text_gives_no_vector_and_a_blank_one_is_an_error(server):
    assert embed_texts([], config_of(server), None).shape == (0, 0)
    with pytest.raises(ValueError, match="text 1 of 2 is blank"):
        embed_texts(["a", " \n"], config_of(server), None)
    assert server.asked == []


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"model": "m"}, "set embedding.base_url"),
        ({"base_url": "http://host/v1"}, "set embedding.model"),
        ({"model": "m", "base_url": "http://h/v1", "api_key_env": "NOT_SET"}, "NOT_SET"),
    ],
)
def test_incomplete_configuration_says_what_is_missing(values, problem):
    with pytest.raises(EmbeddingError, match=problem):
        embed_texts(["a"], EmbeddingConfig(**values), None)


@pytest.mark.parametrize("url", ["host:8000", "ftp://host", "http://me:pw@host/v1", "http://h?k=1"])
def test_address_that_is_none_or_holds_a_secret_is_refused(url):
    with pytest.raises(ValueError, match="base_url must") as caught:
        EmbeddingConfig(base_url=url)
    assert "pw" not in str(caught.value)


def test_segment_without_keys_is_no_segment_and_a_damaged_one_is_named(tmp_path):
    store = Store(str(tmp_path))
    cache = EmbeddingCache(store, "model")
    vectors = dict(zip("abc", expected(TEXTS[:3]), strict=True))
    cache.write(vectors)
    held, whole = (info.path for info in store.list("embeddings"))
    assert (held[-5:], whole[-4:]) == (".keys", ".npy")
    keys = store.read(held)
    store.delete(held)
    assert cache.read("abc") == {}
    store.write(held, keys)
    np.testing.assert_array_equal(cache.read("b")["b"], vectors["b"])
    store.write(whole, b"half")
    with pytest.raises(EmbeddingError, match=r"\.npy is damaged.*delete it"):
        cache.read("b")
    assert cache.read("z") == {}


def test_full_segments_are_kept_while_the_rest_is_under_way(server, tmp_path, monkeypatch):
    monkeypatch.setattr(EmbeddingCache, "SEGMENT", 16)
    store = Store(str(tmp_path))
    embed_texts(TEXTS, config_of(server), store)
    segments = [info for info in store.list("embeddings") if info.path.endswith(".npy")]
    assert len(segments) == 4


# A model in this process


class LocalModel:
    """As much of sentence-transformers as is used, with the same vectors as the server."""

    loaded = 0

    def __init__(self, model: str, revision: Any, device: Any, truncate_dim: Any) -> None:
        type(self).loaded += 1
        if model == "none":
            raise OSError("none is not a local folder")
        self.width = truncate_dim or WIDTH

    def encode(self, texts: list[str], **options: Any) -> Any:
        assert options["convert_to_numpy"]
        return np.array([vector(text, self.width) for text in texts])


@pytest.fixture
def sentence_transformers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = types.ModuleType("sentence_transformers")
    module.SentenceTransformer = LocalModel  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    embedding_local._loaded.cache_clear()
    LocalModel.loaded = 0
    yield
    embedding_local._loaded.cache_clear()


def test_local_model_is_loaded_once_and_its_vectors_are_kept(sentence_transformers, tmp_path):
    config = EmbeddingConfig(kind="local", model="small", batch_texts=8)
    store = Store(str(tmp_path))
    np.testing.assert_allclose(embed_texts(TEXTS, config, store), expected(TEXTS), atol=1e-6)
    embed_texts([*TEXTS, "new"], config, store)
    assert LocalModel.loaded == 1
    narrow = config.model_copy(update={"dimensions": 4})
    assert embed_texts(TEXTS, narrow, store).shape == (50, 4)


def test_local_model_that_is_not_there_is_named(sentence_transformers):
    with pytest.raises(EmbeddingError, match=r"cannot load none.*Check embedding.model"):
        embed_texts(["a"], EmbeddingConfig(kind="local", model="none"), None)


def test_local_model_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    embedding_local._loaded.cache_clear()
    with pytest.raises(EmbeddingError, match="pip install sentence-transformers"):
        embed_texts(["a"], EmbeddingConfig(kind="local", model="small"), None)
