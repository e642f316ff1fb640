"""What a training looks at before its first step: rows from everywhere, and how long they are."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Dataset

from gleanery.tasks.training.training_recipe import TrainingRecipe, Tuning
from gleanery.tasks.training.training_spec import BaseModelConfig, Devices, TrainingSpec


def test_rows_looked_at_are_from_all_over_the_split(tmp_path: Path) -> None:
    from gleanery.tasks.training.process_data import chosen_rows, turns_looked_at

    rows = [
        {
            "prompt": [{"role": "user", "content": "?"}],
            "completion": [{"role": "assistant", "content": str(number)}],
        }
        for number in range(600)
    ]
    file = tmp_path / "train.parquet"
    pq.write_table(pa.Table.from_pylist(rows), file)
    spec = TrainingSpec(
        model=BaseModelConfig(path="nobody/none"),
        tuning=Tuning(),
        recipe=TrainingRecipe(),
        devices=Devices(),
        train_files=(str(file),),
        validation_files=(),
        folder=str(tmp_path),
    )
    seen = [row["completion"][0]["content"] for row in turns_looked_at(spec, chosen_rows(spec))]
    assert seen == [str(number) for number in range(0, 600, 3)]


def test_the_longest_example_is_found_packed_or_not() -> None:
    from gleanery.tasks.training.process_data import longest_example

    assert longest_example(Dataset.from_dict({"input_ids": [[1], [1, 2, 3], [1, 2]]})) == 3
    packed = {"input_ids": [[1, 2, 3, 4, 5], [1, 2]], "seq_lengths": [[1, 4], [2]]}
    assert longest_example(Dataset.from_dict(packed)) == 4
