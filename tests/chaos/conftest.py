"""One Prefect server and one corpus for all runs; a pipeline of its own for each test."""

import functools
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gleanery.deployments.prefect_server import prefect_server

sys.path.insert(0, str(Path(__file__).parent))

import dataset_runs
from chaos_corpus import write_archive, write_seeds
from pipeline_audit import check_complete, row_digests
from runs import Pipeline
from synthesis_audit import check_synthesis
from synthesis_runs import JUDGE, WRITER, synthesis_config
from synthesis_runs import RESPONDER as SYNTHESIS_RESPONDER
from warm_driver import WarmDriver

RESPONDER = str(Path(__file__).with_name("responder.py"))


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a Prefect server that all runs report to."""
    with prefect_server(tmp_path_factory.mktemp("prefect")) as address:
        yield address


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with `archives/` (two of them) and `seeds/`."""
    folder = tmp_path_factory.mktemp("corpus")
    write_archive(folder / "archives", "a", 0, 14)
    write_archive(folder / "archives", "b", 14, 14)
    write_archive(folder / "later", "c", 28, 14)
    write_seeds(folder / "seeds")
    return folder


@pytest.fixture(scope="session")
def make_pipeline(prefect_api: str, corpus: Path) -> Callable[..., Pipeline]:
    """Return a function that makes a pipeline below `folder`, which asks the server at `url`.

    Its root is a folder too unless one is given; `changes` go over the configuration.
    """

    def make(folder: Path, url: str, root: str | None = None, **changes: Any) -> Pipeline:
        name = uuid.uuid4().hex[:8]
        config = harvest_config(url, root or str(folder / f"root-{name}"), corpus) | changes
        runs = folder / f"runs-{name}"
        runs.mkdir()
        return Pipeline(runs, config, run_environment(prefect_api))

    return make


@pytest.fixture(scope="session")
def warm_driver(prefect_api: str) -> Iterator[WarmDriver]:
    """Return what starts the runs of syntheses and datasets: they are many, and short."""
    driver = WarmDriver(run_environment(prefect_api))
    yield driver
    driver.close()


@pytest.fixture
def synthesis(
    prefect_api: str, warm_driver: WarmDriver, llm_stub: Callable[..., Any], tmp_path: Path
) -> Callable[..., tuple[Pipeline, Any]]:
    """Return a function that makes a synthesis by a method, and the stub model that it asks."""

    def make(method: str, root: str | None = None, **changes: Any) -> tuple[Pipeline, Any]:
        folder = tmp_path / f"{method}-{uuid.uuid4().hex[:8]}"
        folder.mkdir()
        stub = llm_stub("--responder", SYNTHESIS_RESPONDER)
        stub.control(models=[WRITER, JUDGE])
        config = synthesis_config(method, folder) | {
            "name": "chaos",
            "root": root or str(folder / "root"),
            "engine": engine_config(stub.url, WRITER),
        }
        if method == "skills":
            config["verifier"] = engine_config(stub.url, JUDGE)
        made = Pipeline(folder, config | changes, run_environment(prefect_api), warm_driver)
        return made, stub

    return make


@pytest.fixture
def dataset(
    prefect_api: str, warm_driver: WarmDriver, llm_stub: Callable[..., Any], tmp_path: Path
) -> Callable[..., tuple[Pipeline, Any]]:
    """Return a function that makes a dataset over a harvest of two batches, and its judges."""

    def make(root: str | None = None) -> tuple[Pipeline, Any]:
        folder = tmp_path / f"dataset-{uuid.uuid4().hex[:8]}"
        folder.mkdir()
        root = root or str(folder / "root")
        dataset_runs.write_first_batches(root)
        stub = llm_stub("--responder", dataset_runs.RESPONDER)
        stub.control(models=[dataset_runs.JUDGE, dataset_runs.GUARD])
        engine = engine_config(stub.url, dataset_runs.JUDGE)
        config = dataset_runs.dataset_config(folder, root, engine)
        return Pipeline(folder, config, run_environment(prefect_api), warm_driver), stub

    return make


def run_environment(prefect_api: str) -> dict[str, str]:
    return {
        "PREFECT_API_URL": prefect_api,
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "GLEANERY_WORKERS": "2",
    }


@pytest.fixture
def pipeline(make_pipeline: Callable[..., Pipeline], tmp_path: Path) -> Callable[..., Pipeline]:
    """Return a function that makes a pipeline of this test's own."""
    return functools.partial(make_pipeline, tmp_path)


@pytest.fixture(scope="session")
def digests_found() -> dict[str, dict[str, str]]:
    """Return the row digests of undisturbed runs by method: each is made once per session."""
    return {}


@pytest.fixture
def undisturbed(
    pipeline: Callable[..., Pipeline], llm_stub: Callable[..., Any], digests_found: dict[str, Any]
) -> dict[str, str]:
    """Return the row digests of a run that nothing has disturbed."""
    if "harvest" not in digests_found:
        quiet = pipeline(llm_stub("--responder", RESPONDER).url)
        ended = quiet.run()
        assert not ended.error, ended.log[-3000:]
        check_complete(quiet.store)
        digests_found["harvest"] = row_digests(quiet.store)
    return dict(digests_found["harvest"])


@pytest.fixture
def undisturbed_synthesis(
    synthesis: Callable[..., tuple[Pipeline, Any]], digests_found: dict[str, Any]
) -> Callable[[str], dict[str, str]]:
    """Return a function that gives the row digests of a method's run that nothing disturbs."""

    def digests(method: str) -> dict[str, str]:
        if method not in digests_found:
            quiet, _ = synthesis(method)
            ended = quiet.run()
            assert not ended.error, ended.log[-3000:]
            check_synthesis(quiet.store)
            digests_found[method] = row_digests(quiet.store)
        return dict(digests_found[method])

    return digests


def harvest_config(url: str, root: str, corpus: Path) -> dict[str, Any]:
    """Return a configuration that trains in a moment and gives up on a dead server in seconds."""
    return {
        "name": "chaos",
        "root": root,
        "source": {"format": "warc", "paths": [str(corpus / "archives")]},
        "calibration": {
            "seeds": {
                "positives": [str(corpus / "seeds" / "positives.jsonl")],
                "negatives": [str(corpus / "seeds" / "negatives.jsonl")],
            },
            "classifier": {"dim": 8, "epoch": 10, "lr": 0.5, "min_count": 1, "bucket": 10000},
            "rounds": {"rounds": 1, "corpus_negatives": 0},
            "sites": {"min_documents": 1},
        },
        "recall": {"part_bytes": 1},
        "engine": engine_config(url, "stub-model"),
    }


def engine_config(url: str, model: str) -> dict[str, Any]:
    return {
        "model": model,
        "base_urls": [url],
        "max_in_flight": 4,
        "initial_in_flight": 4,
        "request_timeout_s": 8,
        "deadline_s": 60,
        "max_tries": 3,
        "backoff_base_s": 0.05,
        "backoff_cap_s": 0.2,
        "outage_after_s": 1,
    }
