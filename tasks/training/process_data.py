"""The training process's data: the rows and columns of a release that its loss is about."""

from typing import Any

import pyarrow.compute as pc
from datasets import Dataset, load_dataset

from gleanery.tasks.training.row_choice import ChosenRows, choose_rows
from gleanery.tasks.training.training_spec import TrainingSpec

_COLUMNS = {"responses": ["prompt", "completion"], "all": ["messages"]}
_LOOKED_AT = 256
_AT_ONCE = 1000  # rows


def load_split(
    spec: TrainingSpec, files: tuple[str, ...], chosen: ChosenRows | None = None
) -> Dataset | None:
    """Return a split's rows, all or the chosen ones, as conversations; `None` without a file."""
    if not files:
        return None
    return _rows(spec, files, chosen).select_columns(_COLUMNS[spec.recipe.loss])


def chosen_rows(spec: TrainingSpec) -> ChosenRows:
    """Return which rows of the training split are learnt. Raises what `choose_rows` raises."""
    return choose_rows(spec.rows, spec.train_files)


def turns_looked_at(spec: TrainingSpec, chosen: ChosenRows) -> list[dict[str, Any]]:
    """Return prompts and completions of some chosen rows, whatever the loss is about.

    They are from all over the split: rows of one source lie together.
    """
    some = ChosenRows(chosen.places[:: max(1, -(-len(chosen.places) // _LOOKED_AT))], chosen.of)
    rows = _rows(spec, spec.train_files, some).select_columns(["prompt", "completion"])
    return list(rows.to_list())


def longest_example(rows: Dataset) -> int:
    """Return the tokens of the longest example that a trainer has prepared, packed or not."""
    packed = "seq_lengths" in rows.column_names
    longest = 0
    for batch in rows.with_format("arrow").iter(_AT_ONCE):
        lists = batch["seq_lengths" if packed else "input_ids"].combine_chunks()
        found = pc.max(lists.flatten() if packed else pc.list_value_length(lists)).as_py()
        longest = max(longest, found or 0)
    return longest


def _rows(spec: TrainingSpec, files: tuple[str, ...], chosen: ChosenRows | None) -> Dataset:
    rows = load_dataset(
        "parquet", data_files=list(files), split="train", cache_dir=str(spec.work / "cache")
    )
    # The whole split stays as it is on disk: a selection is read through an index.
    return rows if chosen is None or len(chosen.places) == chosen.of else rows.select(chosen.places)
