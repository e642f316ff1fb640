"""Stored folders: whole or absent, on a disk and in a bucket."""

from pathlib import Path

import pytest

from gleanery.infra.folders import (
    fetch_folder,
    find_folder,
    remove_folder,
    store_folder,
    stored_folders,
)
from gleanery.infra.storage import StorageError, Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    (made / "deep").mkdir(parents=True)
    (made / "weights").write_bytes(bytes(range(256)) * 1000)
    (made / "deep" / "config.json").write_text("{}")
    (made / "empty").touch()
    return made


def test_a_folder_comes_back_as_it_was(store: Store, folder: Path, tmp_path: Path) -> None:
    receipt = store_folder(store, "models/a", folder, {"steps": 3})
    assert [file.path for file in receipt.files] == ["deep/config.json", "empty", "weights"]
    assert find_folder(store, "models/a") == receipt
    (tmp_path / "back").mkdir()
    (tmp_path / "back" / "left-from-before").touch()
    fetch_folder(store, receipt, tmp_path / "back")
    found = {p.relative_to(tmp_path / "back").as_posix() for p in (tmp_path / "back").rglob("*")}
    assert found == {"deep", "deep/config.json", "empty", "weights"}
    assert (tmp_path / "back" / "weights").read_bytes() == (folder / "weights").read_bytes()


def test_files_without_a_receipt_are_no_folder(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "create", killed)
    with pytest.raises(KeyboardInterrupt):
        store_folder(store, "models/a", folder)
    monkeypatch.undo()
    assert len(store.list("models/a")) == 3
    assert find_folder(store, "models/a") is None
    assert stored_folders(store, "models") == []
    receipt = store_folder(store, "models/a", folder)
    assert stored_folders(store, "models") == [receipt]


def test_of_two_writers_the_first_counts_and_the_other_leaves_nothing(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = Store.create

    def create_second(self: Store, path: str, data: bytes) -> bool:
        monkeypatch.setattr(Store, "create", create)
        (folder / "weights").write_bytes(b"of the first")
        firsts.append(store_folder(store, "models/a", folder))
        return create(self, path, data)

    firsts: list[object] = []
    monkeypatch.setattr(Store, "create", create_second)
    assert [store_folder(store, "models/a", folder)] == firsts
    assert len(store.list("models/a")) == 4


def test_a_file_that_changed_or_went_is_an_error(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    receipt = store_folder(store, "models/a", folder)
    store.write(f"{receipt.at}/weights", b"other bytes")
    with pytest.raises(StorageError, match="its SHA-256 is another"):
        fetch_folder(store, receipt, tmp_path / "back")
    store.delete(f"{receipt.at}/weights")
    with pytest.raises(StorageError, match="is gone"):
        fetch_folder(store, receipt, tmp_path / "back")


def test_a_removed_folder_leaves_nothing(store: Store, folder: Path) -> None:
    store_folder(store, "models/a", folder)
    store_folder(store, "models/b", folder)
    remove_folder(store, "models/a")
    assert find_folder(store, "models/a") is None
    assert {info.path.split("/")[1] for info in store.list("models")} == {"b"}
