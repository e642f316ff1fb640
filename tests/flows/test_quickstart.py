"""The quickstart as a new user runs it: through the command line, with a server of its own."""

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from gleanery.infra.journal import read_answers
from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.records import Example, QAPair, RefinedPair
from gleanery.tasks.release.published import read_manifest
from gleanery.tasks.training.trained_models import newest_model

REPOSITORY = Path(__file__).parents[2]
CONFIG = "deployments/quickstart/harvest.yaml"
DATASET = "deployments/quickstart/dataset.yaml"
MODEL = "deployments/quickstart/model.yaml"
PIPELINES = ("quickstart", "quickstart-taxonomy", "quickstart-skills", "quickstart-dataset")
ANSWERS = "deployments/quickstart/answers"
PATIENCE_S = 1200  # for what takes a minute on a machine with nothing else to do

pytestmark = pytest.mark.timeout(3 * PATIENCE_S)


def run(root: Path, *arguments: str) -> tuple[int, str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "GLEANERY"))}
    environment |= {"GLEANERY_ROOT": str(root), "GLEANERY_SERVER_HOME": str(root / "server")}
    done = subprocess.run(
        [sys.executable, "-m", "gleanery.deployments.cli", *arguments],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the root of a finished quickstart, and what it printed."""
    root = tmp_path_factory.mktemp("quickstart")
    code, printed = run(root, "run", DATASET)
    assert code == 0, printed
    return root, printed


def rows(root: Path, stage: str, record: type, pipeline: str = "quickstart") -> list:
    parts = Parts(Store(str(root / pipeline)))
    names = sorted({path.name for path in (root / pipeline / "parts" / stage).iterdir()})
    receipts = [parts.newest(stage, name) for name in names]
    return [row for receipt in receipts if receipt for row in parts.rows(receipt, record)]


def test_it_ends_with_a_release_and_says_how_to_open_it(first: tuple[Path, str]) -> None:
    from datasets import load_dataset

    root, printed = first
    store = Store(str(root / "quickstart-dataset"))
    manifest = read_manifest(store)
    folder = root / "quickstart-dataset" / manifest.folder
    assert f"{folder}/report.html" in printed
    assert f"load_dataset('{folder}')" in printed
    released = load_dataset(str(folder), cache_dir=str(root / "cache"))
    assert {split: rows.num_rows for split, rows in released.items()} == manifest.rows.splits
    assert manifest.rows.sources.keys() == set(PIPELINES[:3])
    assert manifest.left_out["leak"] == 3
    assert manifest.rows.scored["score_judge_correct"] == manifest.rows.total
    assert b"<html" in store.read(f"{manifest.folder}/report.html")[:200]


def test_harvest_ends_with_pairs(first: tuple[Path, str]) -> None:
    root, _ = first
    pairs, refined = rows(root, "extract", QAPair), rows(root, "refine", RefinedPair)
    assert len(pairs) > 90
    assert len(refined) > 60
    assert {pair.subject for pair in pairs} >= {"maths", "physics", "chemistry", "biology"}
    assert {pair.origin for pair in pairs} == {"llm", "markup"}


def test_it_ends_with_examples_from_every_discipline_and_skill(first: tuple[Path, str]) -> None:
    root, _ = first
    answered = rows(root, "examples", Example, "quickstart-taxonomy")
    assert len(answered) >= 20
    assert {example.labels[0] for example in answered} == {"Botany", "Statistics", "Hospitality"}
    assert {example.strategy for example in answered} == {"single_session", "two_sessions"}
    combined = rows(root, "examples", Example, "quickstart-skills")
    assert len(combined) >= 10
    assert {example.strategy for example in combined} == {"skills_1", "skills_2", "skills_3"}
    assert len({skill for example in combined for skill in example.nodes}) == 8
    for example in [*answered, *combined]:
        assert [turn.role for turn in example.messages] == ["user", "assistant"]
        assert all(call.request_key for call in example.calls)


def test_a_tiny_model_learns_the_release(first: tuple[Path, str], tmp_path: Path) -> None:
    root, _ = first
    whole = (REPOSITORY / MODEL).read_text()
    (tmp_path / "short.yaml").write_text(whole.replace("epochs: 6", "epochs: 3"))
    assert (tmp_path / "short.yaml").read_text() != whole
    code, printed = run(root, "train", str(tmp_path / "short.yaml"))
    assert code == 0, printed
    model = newest_model(Store(str(root / "quickstart-model")))
    held_out, unigram = model.notes["held_out_loss"], model.notes["unigram_loss"]
    assert held_out < 0.95 * unigram  # and far below after all of its epochs
    assert f"{held_out:.4f}" in printed
    assert f"{unigram:.4f}" in printed
    curve = root / "quickstart-model" / model.at / "curve.png"
    assert str(curve) in printed
    assert curve.read_bytes().startswith(b"\x89PNG")


def test_a_second_run_reuses_everything_within_a_minute(first: tuple[Path, str]) -> None:
    root, _ = first
    kept = {name: read_answers(Store(str(root / name)), "journal") for name in PIPELINES}
    before = {
        p: p.stat().st_mtime_ns for name in PIPELINES for p in (root / name / "parts").rglob("*.*")
    }
    used_s = processor_time_of_children()
    code, printed = run(root, "run", DATASET)
    assert code == 0, printed
    assert processor_time_of_children() - used_s < 60  # what else the machine does is not ours
    assert not re.search(r"[1-9]\d* requests sent", printed)
    assert "refine: 2 parts (2 reused), 111 rows in, 104 out, 0 requests sent" in printed
    assert "examples: 3 parts (3 reused)" in printed
    assert "judgements: 6 parts (6 reused)" in printed
    assert "nothing changed: release v0001-" in printed
    assert {name: read_answers(Store(str(root / name)), "journal") for name in PIPELINES} == kept
    assert {p: p.stat().st_mtime_ns for p in before} == before


def processor_time_of_children() -> float:
    """Return the seconds that ended children, and theirs, have computed so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_a_pair_can_be_shown_with_its_source(first: tuple[Path, str]) -> None:
    root, _ = first
    refined = rows(root, "refine", RefinedPair)[0]
    code, printed = run(root, "show", refined.id)
    assert code == 0, printed
    assert refined.url in printed
    assert "pages-0000" in printed


def test_every_recorded_answer_is_labelled_and_asked_for(first: tuple[Path, str]) -> None:
    root, _ = first
    recorded = read_answers(Store(str(REPOSITORY / ANSWERS)), "")
    used: set[str] = set()
    for name in PIPELINES:
        used |= read_answers(Store(str(root / name)), "journal").keys()
    assert {answer.model for answer in recorded.values()} == {"recorded-model"}
    assert set(recorded) == used, "answers to prompts that are asked no more: remove them"
    assert "verbatim" in (REPOSITORY / ANSWERS / "README.md").read_text()


def test_a_prompt_without_an_answer_is_an_error_that_names_it(tmp_path: Path) -> None:
    config = tmp_path / "empty.yaml"
    text = (REPOSITORY / CONFIG).read_text().replace(ANSWERS, str(tmp_path / "none"))
    config.write_text(text)
    code, printed = run(tmp_path / "root", "run", str(config))
    assert code == 1
    assert "have no recorded answer" in printed
    assert "make record" in printed
