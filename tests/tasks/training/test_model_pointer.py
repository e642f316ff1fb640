"""Which model is the latest: one promotion after the other, whoever makes them."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gleanery.infra.storage import Store
from gleanery.tasks.training.model_pointer import (
    POINTER,
    PointerMoved,
    latest_key,
    latest_model,
    pointer_settled,
    promote,
    read_promotions,
    settle_pointer,
)
from gleanery.tasks.training.trained_models import NoModel, model_key

sys.path.insert(0, str(Path(__file__).parent))

from stored_models import store_model


def test_newest_counts_until_one_is_promoted(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NoModel, match="train one first"):
        latest_model(store)
    first = store_model(store, tmp_path, "a" * 32, "2026-01-01")
    second = store_model(store, tmp_path, "b" * 32, "2026-01-02")
    assert latest_model(store) == second
    made = promote(store, first, "", "it was better")
    assert (made.number, made.by, latest_key(store)) == (1, "hand", "a" * 32)
    assert latest_model(store) == first
    pointer = json.loads(store.read(POINTER))
    assert pointer == {"model": "a" * 32, "number": 1, "folder": f"{first.at}/model"}


def test_going_back_is_another_promotion_and_forgets_nothing(store: Store, tmp_path: Path) -> None:
    first = store_model(store, tmp_path, "a" * 32)
    second = store_model(store, tmp_path, "b" * 32)
    promote(store, first, "", "the first")
    promote(store, second, model_key(first), "better")
    promote(store, first, model_key(second), "worse after all")
    assert [one.model[0] for one in read_promotions(store)] == ["a", "b", "a"]
    assert json.loads(store.read(POINTER))["number"] == 3


def test_promotion_that_was_decided_against_another_latest_is_refused(
    store: Store, tmp_path: Path
) -> None:
    first = store_model(store, tmp_path, "a" * 32)
    promote(store, first, "", "the first")
    with pytest.raises(PointerMoved, match="and no longer the base: nothing was moved"):
        promote(store, store_model(store, tmp_path, "b" * 32), "", "better than the base")
    assert latest_key(store) == "a" * 32


def test_of_several_at_once_one_moves_the_pointer(store: Store, tmp_path: Path) -> None:
    models = [store_model(store, tmp_path, letter * 32) for letter in "abcd"]

    def attempt(number: int) -> bool:
        try:
            promote(store, models[number], "", "at once")
        except PointerMoved:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1
    [made] = read_promotions(store)
    assert json.loads(store.read(POINTER))["model"] == made.model


def test_pointer_that_a_kill_left_behind_is_moved_by_the_next(store: Store, tmp_path: Path) -> None:
    promote(store, store_model(store, tmp_path, "a" * 32), "", "the first")
    store.delete(POINTER)
    settle_pointer(store)
    assert json.loads(store.read(POINTER))["model"] == "a" * 32


@pytest.mark.parametrize(
    "written",
    [b"", b"{}", b"[1]", b'{"number": "new"}', b'{"model": "other", "number": 9, "folder": ""}'],
)
def test_pointer_that_somebody_else_wrote_is_moved_by_the_next(
    written: bytes, store: Store, tmp_path: Path
) -> None:
    promote(store, store_model(store, tmp_path, "a" * 32), "", "the first")
    assert pointer_settled(store)
    store.write(POINTER, written)
    assert not pointer_settled(store)
    settle_pointer(store)
    assert json.loads(store.read(POINTER))["model"] == "a" * 32


def test_latest_model_whose_files_are_gone_is_said_so(store: Store, tmp_path: Path) -> None:
    first = store_model(store, tmp_path, "a" * 32)
    store_model(store, tmp_path, "b" * 32)
    promote(store, first, "", "the first")
    store.delete(f"{first.name}/receipt.json")
    with pytest.raises(NoModel, match=r"aaa.* is not at .*/models any more"):
        latest_model(store)
