"""What a sweep measures on: rows that no variant learnt, in this version or another."""

import sys
from pathlib import Path
from typing import Any

import pytest

from gleanery.flows.sweep_config import SweepConfig
from gleanery.flows.sweep_held_out import HeldOutRows, NoHeldOutRows, held_out_rows
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks" / "release"))

from released_candidates import publish_rows

ROWS = 60  # every tenth validates, and shares its origin with the next one


@pytest.fixture
def root(tmp_path: Path) -> str:
    publish_rows(Store(f"{tmp_path}/refined"), ROWS)
    publish_rows(Store(f"{tmp_path}/extracted"), ROWS, start=31)
    return str(tmp_path)


def held_out(root: str, *datasets: str, **changes: Any) -> HeldOutRows:
    config = SweepConfig.model_validate(
        {
            "root": root,
            "training": {"release": {"dataset": "refined"}, "model": {"path": "base"}},
            "variants": [{"name": of, "changes": {"release.dataset": of}} for of in datasets],
            "held_out": changes,
        }
    )
    return held_out_rows(config, [trial.training for trial in config.trials()], read_settings())


def test_of_one_release_all_validation_rows_are_held_out(root: str) -> None:
    made = held_out(root, "refined")
    assert [row.id for row in made.rows] == [f"row-{n:05d}" for n in range(0, ROWS, 10)]
    assert made.trained_on == 0


def test_a_row_whose_pair_another_variant_learnt_is_left_out(root: str) -> None:
    made = held_out(root, "refined", "extracted")
    assert [row.id for row in made.rows] == ["row-00000", "row-00010", "row-00020"]
    assert made.trained_on == 3


def test_a_seed_draws_the_rows_and_a_smaller_number_is_part_of_a_larger(root: str) -> None:
    few, more = (held_out(root, "refined", rows=count).rows for count in (2, 4))
    assert {row.id for row in few} < {row.id for row in more}
    assert {row.id for row in held_out(root, "refined", rows=2, seed=5).rows} != {
        row.id for row in few
    }


def test_without_a_row_that_nobody_learnt_another_release_is_asked_for(root: str) -> None:
    publish_rows(Store(f"{root}/whole"), ROWS)
    with pytest.raises(NoHeldOutRows, match=r"trained on 6 of them .* held_out\.release"):
        held_out(root, "refined", "whole")
