"""Improving a model: each night decides once, and whatever kills it, the next run goes on."""

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gleanery.flows import improve_model, improvement_round, measured_models
from gleanery.flows.evaluation_config import MeasuredModel
from gleanery.flows.improvement_checks import SuitesMixed
from gleanery.flows.improvement_config import ImproveConfig
from gleanery.infra.folders import fetch_folder, store_folder
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.room import EngineRoom, engine_room
from gleanery.infra.settings import Settings, read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.model_decision import NotAllAnswered, decide
from gleanery.tasks.evaluation.report_store import newest_report
from gleanery.tasks.evaluation.score_items import Evaluation
from gleanery.tasks.evaluation.side_by_side import Measured, side_by_side
from gleanery.tasks.model_records import Decision
from gleanery.tasks.training import model_pointer
from gleanery.tasks.training.model_evaluations import find_decision, model_card, results_of
from gleanery.tasks.training.model_pointer import latest_key, latest_model, promote, read_promotions
from gleanery.tasks.training.trained_models import (
    model_key,
    model_name,
    newest_model,
    trained_models,
)

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "tasks" / "release"))

from released_candidates import publish_rows  # noqa: E402

ITEMS = {"gsm8k": 40, "arc_challenge": 40}
ROWS = 60
SOON_DONE = {"max_tries": 1, "deadline_s": 5, "backoff_base_s": 0.02, "outage_after_s": 0.5}
RESPONDER = """
import json, pathlib

KNOWN = pathlib.Path(__file__).with_name("known.json")

def respond(body, nth):
    known = json.loads(KNOWN.read_text())[body["model"]]
    prompt = body.get("prompt") or body["messages"][-1]["content"]  # of a trained one
    asked = prompt.rpartition("Question: ")[2]
    question = asked.partition("\\nOptions:")[0].removesuffix("\\nAnswer:").strip()
    return f"The answer is {known.get(question, 'unknown')}."
"""


@dataclass
class World:
    """A root with a trained model and a release, and models that know what a test wants."""

    root: Path
    config: dict[str, Any]
    stub: Any
    known: Callable[..., None]

    @property
    def models(self) -> Store:
        return Store(f"{self.root}/tiny")

    def improve(self, **changes: Any) -> Decision | None:
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        # A flow's heartbeat thread sleeps for a second before it lets the flow end.
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            return improve_model.improve_model(ImproveConfig.model_validate(self.config | changes))

    def grow(self, rows: int) -> None:
        publish_rows(Store(f"{self.root}/lessons"), rows)

    def pretend_trained(self) -> str:
        """Store a copy of the newest model as that of the newest release; return its key."""
        from gleanery.flows.train_model import plan_training

        plan = plan_training(ImproveConfig.model_validate(self.config).training, read_settings())
        made = newest_model(self.models)
        copy = self.root.parent / f"copy-{plan.key}"
        fetch_folder(self.models, made, copy)
        (copy / "model" / "of.txt").write_text(plan.key)  # other weights, so another digest
        notes = made.notes | {"lineage": dict(plan.lineage), "created": f"2099-{plan.key}"}
        store_folder(self.models, model_name(plan.key), copy, notes)
        return plan.key

    @property
    def asked(self) -> int:
        return len(self.stub.log())


def items_of(shared_data: Path) -> dict[str, list[dict[str, Any]]]:
    files = {"gsm8k": "gsm8k_train.jsonl", "arc_challenge": "arc_challenge.jsonl"}
    return {
        name: [
            json.loads(line)
            for line in (shared_data / "benchmarks" / file).read_text().splitlines()[: ITEMS[name]]
        ]
        for name, file in files.items()
    }


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory: pytest.TempPathFactory, shared_data: Path, prefect_api: str
) -> tuple[Path, dict[str, Any]]:
    """Return a root with a release and a tiny model trained on it, and what improves it."""
    from gleanery.flows.train_model import train_model

    folder = tmp_path_factory.mktemp("trained")
    script = TESTS / "tasks" / "training" / "tiny_base.py"
    # In a process of its own: torch, once loaded, stays.
    subprocess.run([sys.executable, script, folder / "base"], check=True)
    benchmarks = shared_data / "benchmarks"
    gsm8k = {"path": str(benchmarks / "gsm8k_train.jsonl"), "first": ITEMS["gsm8k"]}
    test = {"path": str(benchmarks / "gsm8k_test.jsonl"), "first": 10}
    arc = {"path": str(benchmarks / "arc_challenge.jsonl"), "first": ITEMS["arc_challenge"]}
    exemplars = {"path": str(benchmarks / "gsm8k_train.jsonl")}
    config: dict[str, Any] = {
        "refresh": False,
        "promotion": {"regression_bound": 0.1},
        "dataset": {
            "name": "lessons",
            "sources": [{"method": "skills", "name": "skillmix", "skills": "skills.yaml"}],
            "decontamination": {
                "benchmarks": [
                    {"name": name, "path": str(benchmarks / f"{name}.jsonl")}
                    for name in ("gsm8k_train", "gsm8k_test", "arc_challenge")
                ]
            },
        },
        "training": {
            "name": "tiny",
            "release": {"dataset": "lessons"},
            "model": {"path": str(folder / "base")},
            "recipe": {"learning_rate": 0.01, "global_batch": 16, "max_length": 256},
            "devices": {"threads": 1},
            "work": str(folder / "work"),
        },
        "validation": {
            "benchmarks": [
                {"name": "gsm8k", "source": gsm8k, "exemplars": exemplars},
                {"name": "arc_challenge", "source": arc},
            ]
        },
        "reported": {"benchmarks": [{"name": "gsm8k", "source": test, "exemplars": exemplars}]},
    }
    at_root = at(config, folder / "root")
    publish_rows(Store(f"{folder}/root/lessons"), ROWS)
    train_model(ImproveConfig.model_validate(at_root).training)
    return folder / "root", config


def at(config: dict[str, Any], root: Path) -> dict[str, Any]:
    """Return a configuration whose output is all below a root."""
    parts = {name: config[name] | {"root": str(root)} for name in ("dataset", "training")}
    return config | parts | {"root": str(root)}


@pytest.fixture
def world(drawn_world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a world whose evaluations draw no report: it takes half of a small run's time."""

    @dataclass
    class Figures:
        measured: list[Measured]

    def tell(config: object, store: object, done: dict[str, Evaluation]) -> Figures:
        scores = {label: of.scores for label, of in done.items()}
        return Figures(side_by_side(scores, {label: of.items for label, of in done.items()}))

    monkeypatch.setattr(improvement_round, "report_evaluation", tell)
    return drawn_world


@pytest.fixture
def drawn_world(
    trained: tuple[Path, dict[str, Any]],
    tmp_path: Path,
    shared_data: Path,
    llm_stub: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    template, config = trained
    shutil.copytree(template, tmp_path / "root")
    items = items_of(shared_data)

    def known(**counts: Sequence[int]) -> None:
        """Let each model know the first so many items of each suite: base=(10, 10)."""
        table = {
            model: {
                row["question"].strip(): f"({row['answer']})" if "choices" in row else row["answer"]
                for suite, count in zip(items, of_model, strict=True)
                for row in items[suite][:count]
            }
            for model, of_model in counts.items()
        }
        (tmp_path / "known.json").write_text(json.dumps(table))

    (tmp_path / "respond.py").write_text(RESPONDER)
    known(base=(10, 20), new=(40, 20))
    stub = llm_stub("--responder", str(tmp_path / "respond.py"))
    stub.control(models=["base", "new", "newer"])
    names: dict[str, str] = {}

    @contextlib.contextmanager
    def answering(
        model: MeasuredModel, root: str, settings: Settings
    ) -> Iterator[tuple[EngineRoom, EngineConfig]]:
        """Have the stub answer in place of weights: base, and trained ones as they come up."""
        key = model.trained_key
        name = names.setdefault(key, ["new", "newer", ""][len(names)]) if key else "base"
        with engine_room() as room:
            named = {"model": name, "revision": key, "base_urls": (stub.url,)}
            yield room, EngineConfig.model_validate(SOON_DONE | named)

    monkeypatch.setattr(measured_models, "answering", answering)
    return World(tmp_path / "root", at(config, tmp_path / "root"), stub, known)


def test_better_model_becomes_the_latest_and_its_card_says_how_it_did(
    drawn_world: World,
) -> None:
    world = drawn_world
    digest = newest_model(world.models).digest
    made = world.improve()
    assert made is not None
    assert made.promoted
    assert (made.items, made.won, made.lost, made.test) == (80, 30, 0, 1)
    assert made.candidate == latest_key(world.models) == model_key(latest_model(world.models))
    [promotion] = read_promotions(world.models)
    assert promotion.decision == made
    pointer = json.loads((world.root / "tiny" / "models" / "latest.json").read_text())
    assert pointer["model"] == made.candidate
    assert (world.root / "tiny" / pointer["folder"] / "config.json").is_file()
    kinds = {results.purpose: results for results in results_of(world.models, made.candidate)}
    assert [one.correct for one in kinds["validation"].results] == [40, 20]
    assert [one.items for one in kinds["reported"].results] == [10]
    card = (world.root / "tiny" / "cards" / f"{made.candidate}.md").read_text()
    assert card == model_card(world.models, newest_model(world.models))
    assert "| gsm8k | 40 | 4 | 100.0% | 91.2% to 100.0% |" in card
    assert "It took the place of the base: better: 30 items won, 0 lost" in card
    assert "improvement-reported" in newest_figures(world)
    assert newest_model(world.models).digest == digest  # what it weighs stays as it was stored
    asked = world.asked
    assert asked == 2 * 80 + 2 * 10
    assert world.improve() is None  # the release is the same: nothing to do
    assert world.asked == asked


def newest_figures(world: World) -> str:
    """Return the figures of the newest report, as they are stored."""
    store = Store(f"{world.root}/improvement")
    report = newest_report(store)
    assert report is not None
    return store.read(f"{report.folder}/figures.json").decode()


def test_model_that_loses_in_one_suite_stays_behind_and_is_not_measured_again(
    world: World,
) -> None:
    world.known(base=(0, 40), new=(40, 20))
    made = world.improve()
    assert made is not None
    assert not made.promoted
    assert (made.won, made.lost) == (40, 20)
    assert "not ruled out in arc_challenge" in made.why
    assert latest_key(world.models) == ""
    assert f"It did not take the place of the base: {made.why}" in model_card(
        world.models, newest_model(world.models)
    )
    asked = world.asked
    assert asked == 2 * 80  # no reported benchmark is asked for a model that stays
    assert world.improve() is None
    assert world.asked == asked
    assert find_decision(world.models, made.candidate) == made


STEPS = (
    (improvement_round, "keep_measured"),
    (improvement_round, "decide"),
    (improvement_round, "promote"),
    (model_pointer, "settle_pointer"),
    (improvement_round, "finish_round"),
)


def test_round_that_is_killed_at_every_step_ends_as_it_would_have_and_asks_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each run gets one step further than the one before it; the release grows meanwhile."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    latest = []
    for module, step in STEPS:
        with monkeypatch.context() as patch:
            patch.setattr(module, step, killed)
            with pytest.raises(KeyboardInterrupt):
                world.improve()
        latest.append(bool(latest_key(world.models)))
        world.grow(ROWS + 10 * len(latest))  # waits until the round is finished
    assert latest == [False, False, False, True, True]
    made = world.improve(growth=10)
    assert made is not None
    assert (made.promoted, made.test, made.release[:5]) == (True, 1, "v0001")
    assert latest_key(world.models) == made.candidate
    pointer = json.loads((world.root / "tiny" / "models" / "latest.json").read_text())
    assert pointer["model"] == made.candidate
    assert len(read_promotions(world.models)) == 1
    assert world.asked == 2 * 80 + 2 * 10
    assert all(key["asked"] == 1 for key in world.stub.counts()["keys"].values())


def test_next_candidate_is_measured_against_the_promoted_one_with_a_share_of_alpha(
    world: World,
) -> None:
    first = world.improve()
    assert first is not None
    world.grow(ROWS + 20)
    second = world.pretend_trained()
    world.known(base=(10, 20), new=(40, 20), newer=(38, 20))
    asked = world.asked
    made = world.improve()
    assert made is not None
    assert (made.candidate, made.incumbent) == (second, first.candidate)
    assert (made.promoted, made.won, made.lost, made.test) == (False, 0, 2, 1)
    assert world.asked == asked + 80  # the incumbent's answers are those that it gave
    assert latest_key(world.models) == first.candidate


def test_model_is_trained_once_the_release_has_grown_enough(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.improve()
    trained: list[str] = []

    def train(config: Any) -> None:
        trained.append(config.release.version)
        raise KeyboardInterrupt

    monkeypatch.setattr(improvement_round, "train_model", train)
    # 5 rows, one of them for validation, to 54: a thirteenth
    monkeypatch.setattr(improve_model, "build_dataset", lambda dataset: world.grow(ROWS + 5))
    assert world.improve(growth=0.1, refresh=True) is None
    assert trained == []
    with pytest.raises(KeyboardInterrupt):
        world.improve(growth=0.05)
    world.grow(ROWS + 40)
    with pytest.raises(KeyboardInterrupt):
        world.improve(growth=0.05)
    assert [version[:5] for version in trained] == ["v0002", "v0002"]  # the open one comes first


def test_pointer_that_a_person_moved_meanwhile_stays_where_they_put_it(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(
        improvement_round, "create_markdown_artifact", lambda key, markdown: shown.append(markdown)
    )
    world.grow(ROWS + 20)
    newer = world.pretend_trained()
    world.known(base=(10, 20), new=(40, 20))

    def decide_late(*arguments: Any, **named: Any) -> Decision:
        made = decide(*arguments, **named)
        models = world.models
        other = next(m for m in trained_models(models) if model_key(m) != newer)
        promote(models, other, "", "it talks better")
        return made

    monkeypatch.setattr(improvement_round, "decide", decide_late)
    made = world.improve()
    assert made is not None
    assert made.promoted
    [promotion] = read_promotions(world.models)
    assert promotion.by == "hand"
    assert promotion.model != made.candidate
    assert f"gleanery models promote {newer[:12]}" in caplog.text
    assert f"# {newer[:12]} does not become the latest model" in shown[0]


def test_model_that_a_person_promoted_is_not_held_against_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    world.known(base=(10, 20), new=(10, 20), newer=(40, 20))
    with monkeypatch.context() as patch:
        patch.setattr(improvement_round, "decide", killed)
        with pytest.raises(KeyboardInterrupt):
            world.improve()
    promote(world.models, newest_model(world.models), "", "it talks well")
    assert world.improve() is None  # the round that was open is over
    assert not list(world.models.list("decisions"))
    world.grow(ROWS + 20)
    newer = world.pretend_trained()
    made = world.improve()
    assert made is not None
    assert (made.candidate, made.promoted) == (newer, True)


def test_promotion_by_a_run_beside_this_one_counts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def promote_late(*arguments: Any) -> Any:
        promote(*arguments)
        return promote(*arguments)

    monkeypatch.setattr(improvement_round, "promote", promote_late)
    made = world.improve()
    assert made is not None
    assert made.candidate == latest_key(world.models)
    assert len(read_promotions(world.models)) == 1
    assert world.asked == 2 * 80 + 2 * 10  # and it is measured on the reported benchmark


def test_suites_that_are_reported_or_may_be_learnt_are_refused(world: World) -> None:
    reported = world.config["reported"]["benchmarks"]
    mixed = {"benchmarks": [reported[0] | {"source": reported[0]["source"] | {"first": 3}}]}
    with pytest.raises(SuitesMixed, match=r"3 of 3 validation items are reported .* “gsm8k: Janet"):
        world.improve(validation=mixed)
    dataset = world.config["dataset"]
    kept_out = dataset["decontamination"]["benchmarks"][:2]
    learnt = dataset | {"decontamination": {"benchmarks": kept_out}}
    with pytest.raises(SuitesMixed, match="40 of 80 validation items are not among the benchmarks"):
        world.improve(dataset=learnt)
    assert world.asked == 0


def test_item_that_is_written_otherwise_is_the_same_item(world: World, tmp_path: Path) -> None:
    [suite] = world.config["reported"]["benchmarks"]
    lines = Path(suite["source"]["path"]).read_text(encoding="utf-8").splitlines()[:3]
    rows = [json.loads(line) for line in lines]
    for row in rows:
        row["question"] = "\n".join(row["question"].upper().split(" ")).rstrip("?") + " "
    other = tmp_path / "other.jsonl"
    other.write_text("".join(json.dumps(row) + "\n" for row in rows))
    written = {"benchmarks": [suite | {"source": {"path": str(other)}}]}
    with pytest.raises(SuitesMixed, match="3 of 3 validation items are reported ones as well"):
        world.improve(validation=written)


def test_items_without_an_answer_decide_nothing_until_they_have_one(world: World) -> None:
    world.stub.control(faults=[{"kind": "status", "status": 500, "match": "Natalia"}])
    with pytest.raises(NotAllAnswered, match="nothing is decided without"):
        world.improve()
    assert not list(world.models.list("decisions"))
    world.stub.control(faults=[])
    made = world.improve()
    assert made is not None
    assert made.promoted


def test_parts_that_do_not_belong_together_are_refused(world: World) -> None:
    training = world.config["training"]
    with pytest.raises(ValueError, match=r"the training learns from other latest"):
        ImproveConfig.model_validate(
            world.config | {"training": training | {"release": {"dataset": "other"}}}
        )
    with pytest.raises(ValueError, match="root differs"):
        ImproveConfig.model_validate(world.config | {"root": "elsewhere"})
    with pytest.raises(ValueError, match="name the suites that decide"):
        ImproveConfig.model_validate(world.config | {"validation": {"benchmarks": []}})


def test_way_to_measure_needs_no_name_of_the_training(world: World) -> None:
    vllm = {"kind": "vllm"}
    made = ImproveConfig.model_validate(world.config | {"tuned": {"backend": "hf"}})
    assert made.as_measured("new", "a" * 32).trained == "tiny"
    assert ImproveConfig.model_validate(made.model_dump(mode="json")) == made  # as the form has it
    with pytest.raises(ValueError, match="an engine of kind server starts no servers of weights"):
        ImproveConfig.model_validate(world.config | {"tuned": {"engine": {"model": "m"}}})
    with pytest.raises(ValueError, match="tuned is the model of tiny"):
        ImproveConfig.model_validate(
            world.config | {"tuned": {"path": "elsewhere", "engine": vllm}}
        )
