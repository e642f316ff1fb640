"""Recipes and batches: a preset fills in what is not given, and a step has what was asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gleanery.tasks.training.batch_plan import BatchError, plan_batches
from gleanery.tasks.training.training_recipe import PRESETS, TrainingRecipe


def test_preset_fills_in_what_is_not_given() -> None:
    recipe = TrainingRecipe.model_validate({"preset": "glan", "epochs": 1})
    assert (recipe.learning_rate, recipe.warmup, recipe.global_batch) == (3e-6, 1000, 512)
    assert recipe.epochs == 1


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_a_recipe_that_survives_its_own_json(preset: str) -> None:
    recipe = TrainingRecipe.model_validate({"preset": preset})
    assert TrainingRecipe.model_validate_json(recipe.model_dump_json()) == recipe


def test_unknown_preset_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValidationError, match="mammoth2-mistral"):
        TrainingRecipe.model_validate({"preset": "mammoth"})


@settings(deadline=None)
@given(st.integers(1, 2000), st.integers(1, 64), st.integers(1, 64))
def test_a_step_has_as_many_examples_as_were_asked_for(batch: int, devices: int, most: int) -> None:
    if batch % devices:
        with pytest.raises(BatchError, match="cannot be shared evenly") as refused:
            plan_batches(batch, devices, most)
        named = str(refused.value).split("global_batch to ")[1].split(",")[0].split(" or ")
        assert all(int(size) % devices == 0 for size in named)
    else:
        plan = plan_batches(batch, devices, most)
        assert plan.global_batch == batch
        assert plan.per_device <= most


def test_devices_take_as_many_at_once_as_they_may() -> None:
    assert plan_batches(512, 8, 16).per_device == 16
    assert plan_batches(512, 8, 16).accumulation == 4
    assert plan_batches(15, 1, 8).per_device == 5
