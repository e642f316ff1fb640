"""The training process's data: the columns of a release that its loss is about."""

from typing import Any

from datasets import Dataset, load_dataset

from gleanery.tasks.training.training_spec import TrainingSpec

_COLUMNS = {"responses": ["prompt", "completion"], "all": ["messages"]}
_LOOKED_AT = 256


def load_split(spec: TrainingSpec, files: tuple[str, ...]) -> Dataset | None:
    """Return a split's rows as conversations, `None` where it has no file."""
    if not files:
        return None
    rows = load_dataset(
        "parquet", data_files=list(files), split="train", cache_dir=str(spec.work / "cache")
    )
    return rows.select_columns(_COLUMNS[spec.recipe.loss])


def first_turns(spec: TrainingSpec) -> list[dict[str, Any]]:
    """Return the prompts and completions of the first rows, whatever the loss is about."""
    rows: list[dict[str, Any]] = []
    for file in spec.train_files:
        split = load_dataset(
            "parquet", data_files=[file], split="train", cache_dir=str(spec.work / "cache")
        )
        wanted = split.select_columns(["prompt", "completion"])
        rows += wanted.select(range(min(len(wanted), _LOOKED_AT - len(rows)))).to_list()
        if len(rows) >= _LOOKED_AT:
            break
    return rows
