"""How much a release has gained: new rows of its training split, by their ids."""

import sys
from pathlib import Path

from gleanery.infra.storage import Store
from gleanery.tasks.release.release_growth import release_growth

sys.path.insert(0, str(Path(__file__).parent))

from released_candidates import publish_rows


def test_only_new_training_rows_count_as_growth(store: Store) -> None:
    first = publish_rows(store, 60).manifest
    assert release_growth(store, "", first.version).new == 54  # every tenth is for validation
    same = release_growth(store, first.version, first.version)
    assert (same.new, same.before, same.share) == (0, 54, 0.0)
    reworded = publish_rows(store, 60, answers={3: "Another answer."}).manifest
    assert release_growth(store, first.version, reworded.version).new == 0
    later = publish_rows(store, 80, start=20).manifest  # 20 rows are gone, and 20 have come
    growth = release_growth(store, first.version, later.version)
    assert (growth.before, growth.new) == (54, 18)
    assert growth.share == 18 / 54


def test_withdrawn_release_leaves_nothing_to_compare_with(store: Store) -> None:
    first = publish_rows(store, 20).manifest
    second = publish_rows(store, 30).manifest
    for info in store.list(first.folder):
        store.delete(info.path)
    growth = release_growth(store, first.version, second.version)
    assert (growth.since, growth.before, growth.new) == ("", 0, 27)
    assert growth.share == float("inf")
