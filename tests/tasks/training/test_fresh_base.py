"""A base of random weights: the same one each time, and one that can be trained and served."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.folders import file_digest
from gleanery.tasks.training.chat_template import check_template
from gleanery.tasks.training.training_recipe import TrainingRecipe, Tuning
from gleanery.tasks.training.training_spec import (
    BaseModelConfig,
    Devices,
    FreshModel,
    TrainingSpec,
)

ROWS = [
    {
        "prompt": [{"role": "user", "content": f"How many boxes hold {n} kettles?"}],
        "completion": [{"role": "assistant", "content": f"One box holds two: {n // 2}."}],
    }
    for n in range(40)
]


def spec(folder: Path, **fresh: Any) -> TrainingSpec:
    folder.mkdir(parents=True)
    turns = [[*row["prompt"], *row["completion"]] for row in ROWS]
    pq.write_table(pa.table({"messages": turns}), folder / "train.parquet")
    return TrainingSpec(
        model=BaseModelConfig(fresh=FreshModel.model_validate({"vocabulary": 400} | fresh)),
        tuning=Tuning(),
        recipe=TrainingRecipe(),
        devices=Devices(),
        train_files=(str(folder / "train.parquet"),),
        validation_files=(),
        folder=str(folder),
    )


def built(folder: Path, **fresh: Any) -> dict[str, str]:
    """Return the digests of a base's files."""
    from gleanery.tasks.training.process_fresh import with_fresh_base

    told = with_fresh_base(spec(folder, **fresh))
    assert told.model.fresh is None
    return {file.name: file_digest(file) for file in Path(told.model.path).iterdir()}


def test_the_same_base_is_built_each_time_and_a_seed_changes_its_weights_only(
    tmp_path: Path,
) -> None:
    first, again = built(tmp_path / "first"), built(tmp_path / "again")
    assert first == again
    other = built(tmp_path / "other", seed=1)
    assert {name for name in first if first[name] != other[name]} == {"model.safetensors"}


def test_building_draws_none_of_the_trainings_random_numbers(tmp_path: Path) -> None:
    import torch

    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    built(tmp_path / "base")
    assert torch.rand(3).equal(expected)


def test_tokenizer_is_of_these_texts_and_its_template_passes_what_is_checked(
    tmp_path: Path,
) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    built(tmp_path / "base")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "base" / "base")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "base" / "base")
    assert len(tokenizer) <= model.get_output_embeddings().weight.shape[0] == 400
    assert tokenizer.tokenize("How many kettles") == ["How", "Ġmany", "Ġkettles"]
    strange = "½ 漢字\n\t<b>"
    assert tokenizer.decode(tokenizer(strange)["input_ids"]) == strange
    rendered = check_template(tokenizer, 400, ROWS, 256)
    assert (rendered.examples, rendered.cut, rendered.unlearnt) == (40, 0, 0)


def test_default_is_a_model_of_a_million_parameters(tmp_path: Path) -> None:
    built(tmp_path / "base", vocabulary=2048)
    from safetensors import safe_open

    with safe_open(tmp_path / "base" / "base" / "model.safetensors", "pt") as weights:
        total = sum(weights.get_tensor(name).numel() for name in weights.keys())  # noqa: SIM118
    assert 0.9e6 < total < 1.2e6
    shape = json.loads((tmp_path / "base" / "base" / "config.json").read_text())
    assert shape["hidden_size"] // shape["num_attention_heads"] == 64  # the least that vLLM serves


def test_a_training_names_a_path_or_a_shape_and_heads_share_the_width() -> None:
    for model in ({}, {"path": "a/b", "fresh": {}}):
        with pytest.raises(ValidationError, match=r"set either model\.path"):
            TrainingConfig.model_validate({"model": model})
    assert TrainingConfig.model_validate({"model": {"fresh": {}}}).model.fresh
    with pytest.raises(ValidationError, match="set width to 96"):
        FreshModel(width=100, heads=12)
