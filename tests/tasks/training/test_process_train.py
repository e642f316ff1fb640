"""What the training process refuses before it reads a model or a row."""

from pathlib import Path

from gleanery.tasks.training.events import REFUSED, EventReader
from gleanery.tasks.training.training_recipe import TrainingRecipe, Tuning
from gleanery.tasks.training.training_spec import BaseModelConfig, Devices, TrainingSpec


def test_the_best_weights_are_not_kept_where_nothing_says_which_they_are(tmp_path: Path) -> None:
    from gleanery.tasks.training.process_train import REFUSED_CODE, main

    spec = TrainingSpec(
        model=BaseModelConfig(path="nobody/none"),
        tuning=Tuning(),
        recipe=TrainingRecipe(keep="best"),
        devices=Devices(),
        train_files=("train.parquet",),
        validation_files=(),
        folder=str(tmp_path),
    )
    file = tmp_path / "spec.json"
    file.write_text(spec.model_dump_json())
    assert main(str(file)) == REFUSED_CODE
    [told] = EventReader(tmp_path).news()
    assert told["event"] == REFUSED
    assert "recipe.keep is best" in told["why"]
