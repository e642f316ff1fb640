"""What changed between two releases: by source, with the reasons of the rows that are gone."""

import sys
from pathlib import Path

from gleanery.infra.storage import Store
from gleanery.tasks.release.manifest import SourceChanges
from gleanery.tasks.release.published_changes import changes_since
from gleanery.tasks.release.rows import ReleasedRow
from gleanery.tasks.release.rows_shards import ReleaseShards

sys.path.insert(0, str(Path(__file__).parent))

from released_candidates import publish_rows, rows


def shards_of(made: list[ReleasedRow]) -> ReleaseShards:
    shards = ReleaseShards()
    shards.extend(made)
    return shards


def test_added_removed_changed_and_rescored_rows_are_told_apart_by_source(store: Store) -> None:
    before = publish_rows(store, 40).manifest
    now = list(rows(44, {4: "a better answer", 7: "another"}, start=3))  # 0, 1, 2 are gone
    moved = now[2].model_copy(update={"split": "validation"})  # row 5
    rescored = now[5].model_copy(update={"scores": {"score_judge_correct": 0.123}})  # row 8
    now[2], now[5] = moved, rescored
    reasons = {"row-00000": "leak", "row-00002": "near_duplicate"}
    with shards_of(now) as shards:
        changes = changes_since(store, before, shards.index, reasons.get)
    assert changes.against == before.version
    web, glan = (changes.sources[name].reasons for name in ("web", "glan"))
    assert changes.sources == {
        "web": SourceChanges(added=2, removed=2, changed=1, annotated=1, unchanged=16, reasons=web),
        "glan": SourceChanges(added=2, removed=1, changed=2, unchanged=17, reasons=glan),
    }
    assert (web, glan) == ({"leak": 1, "near_duplicate": 1}, {"not_known": 1})
    assert changes.removed == {"leak": 1, "near_duplicate": 1, "not_known": 1}
    assert changes.total.removed == 3


def test_other_order_is_no_change_of_any_row(store: Store) -> None:
    before = publish_rows(store, 40).manifest
    with shards_of(list(rows(40))[::-1]) as shards:
        total = changes_since(store, before, shards.index).total
    assert total == SourceChanges(unchanged=40)


def test_a_source_that_left_is_counted_as_removed(store: Store) -> None:
    before = publish_rows(store, 40).manifest
    left = [row for row in rows(40) if row.source == "web"]
    with shards_of(left) as shards:
        changes = changes_since(store, before, shards.index)
    assert changes.sources["glan"] == SourceChanges(removed=20, reasons={"not_known": 20})
    assert changes.removed == {"not_known": 20}


def test_changes_stand_in_the_manifest_and_the_card(store: Store) -> None:
    publish_rows(store, 40)
    manifest = publish_rows(store, 43).manifest
    assert manifest.changes is not None
    assert manifest.changes.total.added == 3
    card = store.read(f"{manifest.folder}/README.md").decode()
    assert "3 rows are new, 0 are gone" in card
