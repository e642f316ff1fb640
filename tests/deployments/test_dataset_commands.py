"""The commands around a dataset, over a harvest's store that is written by hand."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import orjson
import pytest
import yaml
from harvested import pages, pair, write_batch
from typer.testing import CliRunner

from gleanery.deployments.cli import app
from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.release.published import list_releases, read_manifest

RESPONDER = Path(__file__).with_name("dataset_judge.py")
ENGINE = {"model": "stub-model", "price_per_million_completion_tokens": 1_000_000}


@pytest.fixture(scope="module")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from prefect.logging.configuration import setup_logging
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        PREFECT_LOGGING_TO_API_ENABLED,
        temporary_settings,
    )

    from gleanery.deployments.prefect_server import prefect_server

    with prefect_server(tmp_path_factory.mktemp("prefect")) as address:
        changed = {
            PREFECT_API_URL: address,
            PREFECT_LOGGING_TO_API_ENABLED: False,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        }
        with temporary_settings(changed):
            setup_logging()  # else on the first run, onto what a runner of commands then closes
            yield address


class Dataset:
    """A dataset's file over the harvest "web" of 20 pairs, and the commands that take it."""

    def __init__(self, root: Path) -> None:
        self.root, self.file = root, root / "dataset.yaml"
        self.web, self.store = Store(str(root / "web")), Store(str(root / "set"))
        self.values: dict[str, Any] = {
            "method": "dataset",
            "name": "set",
            "refresh": False,
            "sources": [{"method": "harvest", "name": "web"}],
            "recipe": {"validation": {"share": 0.2}},
        }
        write_batch(self.web, 1, pages(0, 10))

    def set(self, **values: Any) -> None:
        self.values |= values
        self.file.write_text(yaml.safe_dump(self.values))

    def say(self, command: str, *arguments: str) -> str:
        """Return what a command prints, spaces as one; it must succeed."""
        result = CliRunner().invoke(app, [command, str(self.file), *arguments])
        assert result.exit_code == 0, result.output or repr(result.exception)
        return " " + " ".join(result.output.split())

    def losses(self, stage: str) -> dict[str, int]:
        """Return the rejected rows of a stage's parts by reason."""
        parts = Parts(self.store)
        names = {info.path.split("/")[2] for info in self.store.list(f"parts/{stage}")}
        receipts = [receipt for name in names if (receipt := parts.newest(stage, name))]
        return {reason: n for receipt in receipts for reason, n in receipt.rejected.items()}


@pytest.fixture
def dataset(prefect_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    monkeypatch.setenv("GLEANERY_ROOT", str(tmp_path))
    monkeypatch.setenv("GLEANERY_WORKERS", "1")
    monkeypatch.setenv("GLEANERY_SERVER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    made = Dataset(tmp_path)
    made.set()
    return made


@pytest.fixture
def judged(dataset: Dataset, llm_stub: Callable[..., Any], tmp_path: Path) -> tuple[Dataset, Any]:
    """Return the dataset with a judge of grades and one of paraphrases, and their server."""
    stub = llm_stub("--responder", str(RESPONDER))
    engine = ENGINE | {"base_urls": [stub.url]}
    exam = tmp_path / "exam.jsonl"
    exam.write_text(json.dumps({"question": pair(3)[0], "answer": "12"}) + "\n")
    dataset.set(
        judges=[engine],
        paraphrase_judge=engine,
        paraphrases={"words_floor": 0.0},
        decontamination={"benchmarks": [{"name": "exam", "path": str(exam)}]},
    )
    return dataset, stub


def requests_said(text: str, stage: str) -> int:
    """Return the requests that an estimate has in the line of a stage."""
    words = text.partition("prompt tokens")[2].split()
    columns = {"judgements": 3, "paraphrases": 2}  # nothing comes out of the second one for sure
    return int(words[words.index(stage) + columns[stage]])


def test_run_tells_the_way_from_the_sources_the_release_and_what_changed(
    dataset: Dataset, tmp_path: Path
) -> None:
    first = dataset.say("run")
    for told in ("web recall", "refine 1", "set candidates 1", "selection 1"):
        assert told in first
    assert "Release v0001-" in first
    address = first.partition("Open its report: ")[2].split()[0]
    assert urlparse(address).scheme == "file"
    assert "<html" in Path(urlparse(address).path).read_text()

    made = dataset.web.list("parts")
    again = dataset.say("run", "--backfill")
    assert "Nothing changed: release v0001-" in again
    assert "what its sources (web) have done stays as it is" in again
    assert dataset.web.list("parts") == made
    write_batch(dataset.web, 2, pages(10, 5))
    third = dataset.say("run")
    added = read_manifest(dataset.store).rows.total - int(first.partition(" rows (")[0].split()[-1])
    assert "Release v0002-" in third
    assert "Beside v0001-" in third
    assert f": {added} added" in third

    listed = " ".join(CliRunner().invoke(app, ["releases"]).output.split())
    assert listed.index("v0002-") < listed.index("v0001-")
    assert listed == dataset.say("releases").strip()
    assert f"{read_manifest(dataset.store).rows.total} {added} 0 0" in listed
    assert "Since" not in listed

    dataset.set(decontamination={"benchmarks": [_exam(tmp_path, "What is the capital of Peru?")]})
    dataset.say("run")
    dataset.set(decontamination={"benchmarks": [_exam(tmp_path, "How many miles is a league?")]})
    dataset.say("run")
    listed = " ".join(dataset.say("releases").split())
    versions = reversed(list_releases(dataset.store))
    assert f"Since {next(versions)}: exam has as many items as before, and its items" in listed
    assert f"Since {next(versions)}: now compared with exam (1 item)" in listed


def _exam(folder: Path, question: str) -> dict[str, str]:
    path = folder / "exam.jsonl"
    path.write_text(json.dumps({"question": question, "answer": "nobody knows"}) + "\n")
    return {"name": "exam", "path": str(path)}


def test_releases_of_nothing_and_of_a_harvest_are_errors(dataset: Dataset, tmp_path: Path) -> None:
    def error(*arguments: str) -> str:
        return str(CliRunner().invoke(app, ["releases", *arguments]).exception)

    assert f"no release at {tmp_path}/set" in error(str(dataset.file))
    harvest = tmp_path / "web.yaml"
    harvest.write_text("name: web\n")
    assert "web.yaml is no dataset" in error(str(harvest))


def test_estimate_says_what_the_judges_are_then_asked(judged: tuple[Dataset, Any]) -> None:
    dataset, stub = judged
    write_batch(dataset.web, 2, [("https://mirror.example/a", "", pages(0, 1)[0][2])])
    before = dataset.say("estimate")
    assert "Candidates that stand: 22, to come: 0" in before
    assert "100% of new candidates are judged, assumed" in before
    assert requests_said(before, "judgements") == 22
    assert requests_said(before, "paraphrases") == 11
    assert stub.counts()["asked"] == 0

    dataset.say("run")
    asked = [entry["body"]["messages"][-1]["content"] for entry in stub.log()]
    # The two copies and what leaks are not shown to the judge.
    assert 15 <= sum("The example:" in text for text in asked) < 20
    after = dataset.say("estimate")
    assert requests_said(after, "judgements") == requests_said(after, "paraphrases") == 0

    write_batch(dataset.web, 3, pages(20, 4))
    more = dataset.say("estimate")
    assert "of new candidates are judged, measured" in more
    assert 0 < requests_said(more, "judgements") <= 8
    assert 0 < requests_said(more, "paraphrases") <= 8
    assert stub.counts()["asked"] == len(asked)


def test_estimate_begins_with_the_sources_that_will_run(
    config_file: Path, policy: Any, dataset: Dataset
) -> None:
    dataset.set(refresh=True, sources=[str(config_file)], judges=[ENGINE, {"model": "second"}])
    text = dataset.say("estimate")
    assert "To read: 2 files" in text
    assert "Candidates that stand: 0, to come: 11" in text  # 40 pages, 0.28 pairs each as assumed
    assert "pipeline in out requests" in text
    judgements = text.partition("set ──")[2]
    assert requests_said(judgements, "judgements") == 22
    assert text.count("No model was asked.") == 2


def test_preview_shows_rows_with_leaks_scores_and_grades_and_keeps_nothing(
    judged: tuple[Dataset, Any],
) -> None:
    dataset, stub = judged
    before = sorted(dataset.root.rglob("*"))
    text = dataset.say("preview", "--count", "5")
    assert "5 rows of 1 sources" in text
    assert pair(0)[0] in text
    assert "leak: exam 0 (question)" in text
    assert text.count("judge.correct 1.00") == 4 == stub.counts()["asked"]
    assert sorted(dataset.root.rglob("*")) == before


def test_preview_before_any_source_has_run_says_what_to_do(dataset: Dataset) -> None:
    dataset.set(sources=[{"method": "harvest", "name": "other"}])
    error = CliRunner().invoke(app, ["preview", str(dataset.file)]).exception
    assert "no source of set has made anything yet" in str(error)


def test_truncated_judgements_and_paraphrases_are_asked_again_on_demand(
    judged: tuple[Dataset, Any],
) -> None:
    dataset, stub = judged
    stub.control(faults=[{"kind": "length", "match": pair(7)[0][:40]}])
    dataset.say("run")
    assert dataset.losses("judgements") == dataset.losses("paraphrases") == {"truncated": 1}
    stub.control(faults=[], reset=True)
    dataset.set(refresh=True)  # a retry runs no source: this one has nothing to run on
    text = dataset.say("retry", "--only", "truncated", "--ask-again")
    assert stub.counts()["asked"] == 2
    assert dataset.losses("judgements") == dataset.losses("paraphrases") == {}
    assert "Release v0002-" in text  # the row has grades now
    error = CliRunner().invoke(app, ["retry", str(dataset.file), "--only", "truncated"]).exception
    assert "no row was rejected as truncated" in str(error)


def test_retry_of_what_a_rule_left_out_says_so_with_the_reasons_there_are(
    dataset: Dataset,
) -> None:
    dataset.set(recipe={"lengths": {"question": {"most": len(pair(0)[0])}}})
    dataset.say("run")
    count = dataset.losses("selection")["too_long"]
    error = CliRunner().invoke(app, ["retry", str(dataset.file), "--only", "too_long"]).exception
    assert "too_long is what a rule of selection says" in str(error)
    assert f"selection: {count} too_long" in str(error)
    assert "nothing there can be retried" in str(error)


def test_record_lists_the_prompts_of_a_recorded_judge_until_all_are_answered(
    dataset: Dataset, tmp_path: Path
) -> None:
    judge = {"kind": "recorded", "model": "judge", "revision": "1", "recordings": "kept"}
    dataset.set(judges=[judge], sources=[{"method": "harvest", "name": "web"}])
    assert " 20 prompts have no recorded answer" in dataset.say("record")
    prompts = Path(".gleanery/prompts.jsonl").read_bytes().splitlines()
    listed = [orjson.loads(line) for line in prompts]
    assert {(row["model"], row["revision"]) for row in listed} == {("judge", "1")}
    assert len({row["key"] for row in listed}) == 20

    answers = tmp_path / "answers.jsonl"
    said = json.dumps(
        {"needs": "nothing", "self_contained": 5, "check": "right", "correct": 5}
        | {"missing": "nothing", "complete": 4, "teaches": "sums", "educational": 4}
    )
    rows = [{"key": row["key"], "text": said} for row in listed]
    answers.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    assert "20 answers are now in kept" in dataset.say("record", "--import", str(answers))
    assert " 0 prompts have no recorded answer" in dataset.say("record")
    assert len(list_releases(dataset.store)) == 1


def test_record_takes_the_recorded_engines_of_a_datasets_sources(dataset: Dataset) -> None:
    from gleanery.deployments.methods import read_config
    from gleanery.deployments.recordings import recorded_folders

    engine = {"kind": "recorded", "model": "a", "recordings": "of-sources"}
    judge = {"kind": "recorded", "model": "b", "revision": "2", "recordings": "of-judges"}
    source = {"method": "taxonomy", "name": "tree", "engine": {"model": "c"}}
    dataset.set(sources=[source | {"answer_engine": engine}], judges=[judge])
    folders = recorded_folders(read_config(dataset.file))
    assert folders == {("a", ""): "of-sources", ("b", "2"): "of-judges"}
    dataset.set(paraphrase_judge=judge | {"recordings": "elsewhere"})
    with pytest.raises(ValueError, match=r"model b 2 is recorded in .*: give it"):
        recorded_folders(read_config(dataset.file))
    dataset.set(sources=[source], judges=[], paraphrase_judge=None)
    error = CliRunner().invoke(app, ["record", str(dataset.file)]).exception
    assert "has no recorded engine" in str(error)
