from collections.abc import Sequence
from pathlib import Path

import pytest

from gleanery.deployments.row_ids import AmbiguousId, whole_id
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan
from gleanery.infra.storage import Store
from gleanery.tasks.records import Record

ONE, OTHER, THIRD = (start + "0" * 20 for start in ("aaaaaaaa1111", "aaaaaaaa2222", "bbbbbbbb3333"))


class Row(Record):
    id: str


def store_of(root: Path, stage: str, ids: Sequence[str]) -> Store:
    store = Store(str(root))
    plan = Plan(stage=stage, version=1, part="p", inputs=(), decides={})
    rows = [Row(id=row_id) for row_id in ids]
    Parts(store).commit(plan, Outcome(rows, [], [], len(rows)), Row, 0.0, None)
    return store


@pytest.fixture
def stores(tmp_path: Path) -> list[Store]:
    return [
        store_of(tmp_path / "web", "extract", [ONE, THIRD]),
        store_of(tmp_path / "set", "candidates", [OTHER, THIRD]),
    ]


def test_beginning_of_one_id_stands_for_it_in_whichever_stores_it_is(stores: list[Store]) -> None:
    assert whole_id(stores, THIRD[:8]) == THIRD
    assert whole_id(stores, ONE[:9]) == ONE


def test_beginning_of_several_ids_is_refused_with_all_of_them(stores: list[Store]) -> None:
    with pytest.raises(AmbiguousId, match="2 ids begin with aaaaaaaa") as raised:
        whole_id(stores, ONE[:8])
    assert ONE in str(raised.value)
    assert OTHER in str(raised.value)


@pytest.mark.parametrize("given", [THIRD, THIRD[:7], "cccccccc"])
def test_whole_short_and_unknown_ids_stay_as_they_are(stores: list[Store], given: str) -> None:
    assert whole_id(stores, given) == given
