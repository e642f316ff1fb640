import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from gleanery.deployments.audit import audit, judge_pairs
from gleanery.deployments.cli import app
from gleanery.deployments.drawing import draw_pairs
from gleanery.deployments.verdicts import print_report, read_verdicts
from gleanery.flows.pipeline_config import ConfigError
from gleanery.infra.storage import Store
from gleanery.tasks.recall.thresholds import wilson_interval
from gleanery.tasks.records import RefinedPair

Make = Callable[..., Any]


def judge(store: Store, answers: str, count: int = 100, seed: int = 0) -> str:
    console = Console(file=io.StringIO(), width=120)
    lines = iter(answers)

    def ask(prompt: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    judge_pairs(store, draw_pairs(store, count, seed), console, ask)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_same_seed_draws_the_same_pairs_and_another_seed_others(pipeline: Make) -> None:
    store = pipeline(documents=12, refiners=("editor", "second")).store
    ids = [[pair.refined.id for pair in draw_pairs(store, 8, seed)] for seed in (1, 1, 2)]
    assert ids[0] == ids[1]
    assert set(ids[0]) != set(ids[2])
    assert len(set(ids[0])) == 8


def test_draw_keeps_most_of_its_pairs_when_more_arrive(pipeline: Make) -> None:
    made = pipeline(documents=10)
    before = {pair.refined.id for pair in draw_pairs(made.store, 5, 0)}
    made.commit("refine", "late", [made.refined(number) for number in (90, 91)], RefinedPair)
    after = {pair.refined.id for pair in draw_pairs(made.store, 5, 0)}
    assert len(before & after) >= 3


def test_pair_is_shown_with_its_source_original_and_rewrite(pipeline: Make) -> None:
    text = judge(pipeline().store, "q")
    assert "Ans: ⟦A 3 m/s⟧" in text
    assert "Original answer" in text
    assert "Momentum is kept: $3$ m/s" in text


def test_verdicts_are_kept_and_judged_pairs_are_not_asked_again(pipeline: Make) -> None:
    store = pipeline(documents=5).store
    judge(store, "12q")
    assert sorted(row.verdict for row in read_verdicts(store)) == [
        "correct and improved",
        "correct but unchanged",
    ]
    text = judge(store, "666")
    assert "2 judged before" in text
    assert "1 of 3" in text
    assert len(read_verdicts(store)) == 5
    assert "0 of" not in judge(store, "")


def test_skipped_pair_and_unknown_letter_leave_no_verdict(pipeline: Make) -> None:
    store = pipeline(documents=2).store
    text = judge(store, "sx3")
    assert "'x' is none of" in text
    assert [row.verdict for row in read_verdicts(store)] == ["wrong question"]


def test_pair_that_was_refined_again_to_another_text_is_judged_again(pipeline: Make) -> None:
    made = pipeline()
    judge(made.store, "4")
    [part] = {info.path.split("/")[2] for info in made.store.list("parts/refine")}
    made.commit("refine", part, [made.refined(answer="three")], RefinedPair)
    assert "1 of 1" in judge(made.store, "1")
    assert len(read_verdicts(made.store)) == 2


def test_report_gives_shares_with_wilson_intervals_by_refiner_and_outcome(pipeline: Make) -> None:
    store = pipeline(documents=5, refiners=("editor", "second")).store
    judge(store, "1111111444")
    console = Console(file=io.StringIO(), width=140)
    print_report(read_verdicts(store), console)
    text = str(console.file.getvalue())  # type: ignore[attr-defined]
    interval = wilson_interval(7, 10)
    first = next(line for line in text.splitlines() if "all (10)" in line)
    assert "70.0%" in first
    assert f"{interval.low:.1%} to {interval.high:.1%}" in first
    for group in ("refiner editor (5)", "refiner second (5)", "outcome corrected (5)"):
        assert group in text


def test_audit_runs_from_the_command_line(
    pipeline: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = pipeline("harvest", documents=3).store
    monkeypatch.setenv("GLEANERY_ROOT", str(tmp_path))
    config = tmp_path / "harvest.yaml"
    config.write_text("name: harvest\n")
    result = CliRunner().invoke(app, ["audit", str(config), "--pairs", "2"], input="1\n5\n")
    assert result.exit_code == 0, result.output
    assert len(read_verdicts(store)) == 2
    assert "50.0%" in result.output
    report = CliRunner().invoke(app, ["audit", str(config), "--report"])
    assert "verdict:" not in report.output
    assert "2 pairs judged" in report.output


@pytest.mark.parametrize("method", ["taxonomy", "skills"])
def test_a_synthesis_has_no_pairs_to_audit(method: str, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"method: {method}\n{method}: input.yaml\nplans: {{seed: 3}}\n")
    with pytest.raises(ConfigError, match=r"config\.yaml is a synthesis: audit takes harvests"):
        audit(config, 5, 0, report=False)


def test_a_dataset_is_audited_by_its_sources(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("method: dataset\nsources: [{method: harvest}]\n")
    with pytest.raises(ConfigError, match=r"config\.yaml is a dataset: .* Audit its sources"):
        audit(config, 5, 0, report=False)


def test_nothing_refined_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="run the harvest first"):
        draw_pairs(Store(str(tmp_path / "empty")), 5, 0)
