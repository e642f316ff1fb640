"""Variants of a training: what they change, and what is told of one that is no training."""

from pathlib import Path
from typing import Any

import pytest

from gleanery.deployments.model_configs import read_sweep_config
from gleanery.flows.pipeline_config import ConfigError
from gleanery.flows.sweep_config import SweepConfig

EXAMPLE = Path(__file__).parents[2] / "deployments" / "sweep.yaml"


def sweep(recipe: dict[str, Any] | None = None, **values: Any) -> SweepConfig:
    training = {"release": {"dataset": "x"}, "model": {"path": "base"}, "recipe": recipe or {}}
    return SweepConfig.model_validate({"training": training, **values})


def test_the_example_is_the_papers_ablation() -> None:
    trials = read_sweep_config(EXAMPLE).trials()
    assert len(trials) == 3 * 3 * 3
    told = {(t.variant, t.training.release.dataset, t.training.recipe.loss) for t in trials}
    assert told == {
        ("extracted-lm", "instructions-extracted", "all"),
        ("refined-lm", "instructions", "all"),
        ("refined-sft", "instructions", "responses"),
    }
    assert {t.training.recipe.learning_rate for t in trials} == {5e-6}
    assert {(t.training.name, t.training.root) for t in trials} == {
        ("ablations", "s3://my-bucket/gleanery")
    }


def test_a_sweep_that_prefect_hands_on_as_json_is_the_same() -> None:
    config = read_sweep_config(EXAMPLE)
    again = SweepConfig.model_validate_json(config.model_dump_json())
    assert again.trials() == config.trials()


def test_changes_reach_one_value_and_leave_its_neighbours() -> None:
    config = sweep(
        {"epochs": 3, "loss": "all"},
        variants=[{"name": "a"}, {"name": "b", "changes": {"recipe": {"epochs": 5}}}],
        grid={"model.chat_template": ["plain"]},
    )
    one, other = (trial.training for trial in config.trials())
    assert (one.recipe.epochs, other.recipe.epochs) == (3, 5)
    assert one.recipe.loss == other.recipe.loss == "all"
    assert other.model.path == "base"
    assert other.model.chat_template == "plain"


def test_another_preset_takes_the_values_of_the_one_before_with_it() -> None:
    config = sweep(
        {"preset": "mammoth2", "epochs": 7},
        variants=[{"name": "a"}, {"name": "b", "changes": {"recipe.preset": "glan"}}],
    )
    handed_on = SweepConfig.model_validate_json(config.model_dump_json())  # all values are given
    for same in (config, handed_on):
        one, other = (trial.training.recipe for trial in same.trials())
        assert (one.learning_rate, one.warmup, one.epochs) == (1e-5, 0.03, 7)
        assert (other.learning_rate, other.warmup, other.epochs) == (3e-6, 1000, 7)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            {"variants": [{"name": "b", "changes": {"recipe.los": "all"}}]},
            "variant b: recipe: TrainingRecipe has no key los; known keys: epochs,",
        ),
        (
            {"variants": [{"name": "b", "changes": {"checkpoint_minutes.x": 1}}]},
            "variant b: checkpoint_minutes: Input should be",
        ),
        ({"grid": {"recipe.loss": ["all", "some"]}}, "variant only: recipe.loss: Input should be"),
        ({"grid": {"rows.examples": []}}, "grid: rows.examples has no values"),
        ({"variants": [{"name": "b"}, {"name": "b"}]}, "two variants are called b"),
        ({"training": {}}, "variant only: model: set either model.path"),
        ({"evaluation": {"engine": {"kind": "server"}}}, "set engine.kind to vllm, or backend"),
    ],
)
def test_what_is_no_training_is_told_with_the_variants_name(
    values: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        sweep(**values)


def test_a_file_with_a_typo_is_told_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "sweep.yaml"
    file.write_text(EXAMPLE.read_text().replace("recipe.loss: all", "recipe.lost: all"))
    with pytest.raises(
        ConfigError, match=r"sweep\.yaml is no sweep configuration:\n.*extracted-lm"
    ):
        read_sweep_config(file)
