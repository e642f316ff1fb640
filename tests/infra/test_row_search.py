from pathlib import Path

import pytest
from pydantic import BaseModel

from gleanery.infra.row_search import find_rows, read_column, read_columns, row_batches
from gleanery.infra.storage import StorageError, Store
from gleanery.infra.tables import RowSpool


class Row(BaseModel):
    id: str
    text: str


@pytest.fixture
def path(store: Store) -> str:
    with RowSpool(Row) as spool:
        spool.extend(Row(id=f"row-{n}", text="x" * 100) for n in range(2500))
        spool.close()
        store.write_file("a/rows.parquet", spool.path)
    return "a/rows.parquet"


def test_rows_are_found_in_any_row_group_in_their_order(store: Store, path: str) -> None:
    wanted = {"row-2400", "row-3", "row-1999", "row-9999"}
    found = find_rows(store, path, "id", wanted, Row)
    assert [row.id for row in found] == ["row-3", "row-1999", "row-2400"]


def test_column_is_read_whole(store: Store, path: str) -> None:
    assert read_column(store, path, "id") == [f"row-{n}" for n in range(2500)]


def test_columns_are_read_and_one_that_is_missing_is_named(store: Store, path: str) -> None:
    table = read_columns(store, path, ["id"])
    assert table.column_names == ["id"]
    assert table["id"].to_pylist() == read_column(store, path, "id")
    with pytest.raises(ValueError, match=r"has no column colour: an earlier version wrote it"):
        read_columns(store, path, ["id", "colour"])


def test_batches_have_all_rows_in_their_order(store: Store, path: str) -> None:
    assert [len(batch) for batch in row_batches(store, path)] == [1000, 1000, 500]
    two = list(row_batches(store, path, ["id"], at_once=1001))
    assert [len(batch) for batch in two] == [2000, 500]
    ids = [row_id for batch in two for row_id in batch["id"].to_pylist()]
    assert ids == read_column(store, path, "id")
    assert two[0].column_names == ["id"]
    with pytest.raises(ValueError, match="has no column colour"):
        next(row_batches(store, path, ["colour"]))


def test_absent_object_is_told_from_an_unreadable_one(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.write("torn.parquet", b"PAR1 and then nothing")
    with pytest.raises(FileNotFoundError):
        find_rows(store, "absent.parquet", "id", {"a"}, Row)
    with pytest.raises(StorageError, match=r"torn\.parquet"):
        find_rows(store, "torn.parquet", "id", {"a"}, Row)
