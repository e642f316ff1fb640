"""What a user sees of a run that cannot go on."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from gleanery.deployments import running
from gleanery.deployments.run_errors import tell_errors_in_a_line
from gleanery.tasks.curation.benchmark_items import BenchmarkError
from gleanery.tasks.release.recipe_check import RecipeError

RUNS = "prefect.flow_runs"


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def started(*_: object) -> None:
        raise AssertionError("a server was started for what the configuration alone tells")

    monkeypatch.setattr(running, "prefect_server", started)
    monkeypatch.setenv("GLEANERY_ROOT", str(tmp_path / "root"))


@pytest.fixture
def _loggers_as_before() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in (RUNS, "prefect.task_runs")]
    before = [list(logger.filters) for logger in loggers]
    yield
    for logger, filters in zip(loggers, before, strict=True):
        logger.filters = filters


def dataset_file(folder: Path, **values: object) -> Path:
    path = folder / "dataset.yaml"
    sources = [{"method": "harvest", "name": "web"}]
    path.write_text(yaml.safe_dump({"method": "dataset", "sources": sources, **values}))
    return path


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ({"sources": [{"pipeline": "wep"}]}, "no pipeline wep"),
        ({"filters": [{"score": "heuristics.qualty", "least": 0.5}]}, "did you mean"),
    ],
)
def test_recipe_that_names_what_is_not_there_is_refused_before_the_server_starts(
    tmp_path: Path, recipe: dict[str, object], message: str
) -> None:
    with pytest.raises(RecipeError, match=message):
        running.run([dataset_file(tmp_path, recipe=recipe)])


def test_benchmark_of_a_dataset_or_its_source_is_read_before_the_server_starts(
    tmp_path: Path,
) -> None:
    nowhere = {"benchmarks": [{"name": "exam", "path": str(tmp_path / "exam.jsonl")}]}
    with pytest.raises(BenchmarkError, match=r"exam\.jsonl"):
        running.run([dataset_file(tmp_path, decontamination=nowhere)])
    source = {"method": "harvest", "name": "web", "decontamination": nowhere}
    with pytest.raises(BenchmarkError, match=r"exam\.jsonl"):
        running.run([dataset_file(tmp_path, sources=[source])])


@pytest.mark.usefixtures("_loggers_as_before")
def test_error_that_says_what_to_do_is_logged_without_a_traceback() -> None:
    tell_errors_in_a_line()
    tell_errors_in_a_line()
    told, bug = (logged(error) for error in (RecipeError(["  ask for less"]), KeyError("ours")))
    assert told.exc_info is None
    assert told.getMessage() == "stopped: the recipe cannot be followed:\n  ask for less"
    assert bug.exc_info
    assert logged(FileNotFoundError("there is no base model at ./mine")).exc_info is None


@pytest.mark.usefixtures("_loggers_as_before")
def test_error_that_ends_a_task_and_its_flow_is_logged_once() -> None:
    tell_errors_in_a_line()
    logger = logging.getLogger(RUNS)
    error = RecipeError(["  ask for less"])
    logged(error)
    raised = (type(error), error, None)
    again = logging.LogRecord(RUNS, logging.ERROR, "", 1, "Encountered %r", (error,), raised)
    state = f"Finished in state Failed('{error}')"
    ended = logging.LogRecord(RUNS, logging.ERROR, "", 1, state, (), None)
    assert not logger.filter(again)
    assert logger.filter(ended)
    assert ended.getMessage() == "Finished in state Failed"


def logged(error: Exception) -> logging.LogRecord:
    raised = (type(error), error, None)
    message = "Encountered exception during execution: %r"
    record = logging.LogRecord(RUNS, logging.ERROR, "", 1, message, (error,), raised)
    assert logging.getLogger(RUNS).filter(record)
    return record
