"""Shards on disk: the same rows give the same bytes, in files of bounded size."""

import hashlib
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gleanery.tasks.release.rows import BadRow, ReleasedRow, released_row, released_schema
from gleanery.tasks.release.rows_shards import ReleaseShards, ShardLimits

sys.path.insert(0, str(Path(__file__).parent))

from released_candidates import SMALL, candidate, judged, rows


def written(made: list[ReleasedRow], limits: ShardLimits | None = SMALL) -> dict[str, bytes]:
    with ReleaseShards(limits) as shards:
        shards.extend(made)
        shards.close()
        return {file.path: shards.local(file).read_bytes() for file in shards.files}


def table(files: dict[str, bytes], split: str) -> pa.Table:
    parts = [pq.read_table(pa.BufferReader(d)) for p, d in sorted(files.items()) if split in p]
    return pa.concat_tables(parts)


def stored_bytes(data: bytes) -> int:
    """Return the size of the columns, without the footer, which is large for so few rows."""
    metadata = pq.read_metadata(pa.BufferReader(data))
    groups = [metadata.row_group(n) for n in range(metadata.num_row_groups)]
    return sum(g.column(n).total_compressed_size for g in groups for n in range(g.num_columns))


def test_same_rows_give_the_same_bytes() -> None:
    first, second = written(list(rows(300))), written(list(rows(300)))
    assert first == second
    assert len(first) > 4


def test_rows_come_back_as_they_went_in_split_by_split() -> None:
    made = list(rows(300))
    files = written(made)
    for split in ("train", "validation"):
        own = [row for row in made if row.split == split]
        back = table(files, split).to_pylist()
        assert [row["id"] for row in back] == [row.id for row in own]
        assert [row["messages"] for row in back] == [
            [turn.model_dump() for turn in row.messages] for row in own
        ]
        assert [row["score_taxonomy_agreement"] for row in back] == [
            row.scores.get("score_taxonomy_agreement") for row in own
        ]


def test_shards_are_numbered_of_how_many_and_none_is_much_larger_than_asked() -> None:
    limits = ShardLimits(shard_bytes=64 << 10, group_bytes=32 << 10)
    files = written(list(rows(1500)), limits)
    train = [path for path in files if "train" in path]
    assert train == [f"data/train-{n:05d}-of-{len(train):05d}.parquet" for n in range(len(train))]
    assert len(train) > 3
    sizes = [stored_bytes(files[path]) for path in train]
    assert max(sizes) < limits.shard_bytes + limits.group_bytes  # the last row group may go beyond
    assert limits.shard_bytes < min(sizes[:-1])


def test_files_are_described_as_they_are() -> None:
    with ReleaseShards(SMALL) as shards:
        shards.extend(rows(300))
        shards.close()
        for file in shards.files:
            data = shards.local(file).read_bytes()
            assert file.size == len(data)
            assert file.sha256 == hashlib.sha256(data).hexdigest()
            assert file.rows == pq.read_metadata(shards.local(file)).num_rows
        assert sum(file.rows for file in shards.files) == 300
        assert shards.counts.total == 300
        assert shards.counts.splits == {"train": 270, "validation": 30}
        assert shards.counts.scored == {
            "score_judge_correct": 300,
            "score_taxonomy_agreement": 150,
        }
        assert [(use.step, use.model, use.rows) for use in shards.counts.models] == [
            ("judge", "judge-model", 300),
            ("refine", "writer", 300),
        ]


def test_a_score_that_comes_late_has_a_column_in_every_shard() -> None:
    late = candidate(1001)
    extra = released_row(late, "train", [judged(late.id, 1.0, "novel")])
    made = [*rows(300), extra]
    files = written(made)
    columns = ["score_judge_correct", "score_judge_novel", "score_taxonomy_agreement"]
    for path, data in files.items():
        assert pq.read_schema(pa.BufferReader(data)) == released_schema(columns), path
    back = table(files, "train").to_pylist()
    assert [row["score_judge_novel"] for row in back] == [None] * (len(back) - 1) + [1.0]
    assert [row["id"] for row in back] == [row.id for row in made if row.split == "train"]


def test_row_groups_are_bounded_by_their_texts() -> None:
    files = written(list(rows(600)), ShardLimits(group_bytes=64 << 10))
    (train,) = [data for path, data in files.items() if "train" in path]
    metadata = pq.ParquetFile(pa.BufferReader(train)).metadata
    sizes = [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]
    assert len(sizes) > 5
    assert max(sizes) - min(sizes[:-1]) < 5
    assert {metadata.row_group(0).column(n).compression for n in range(3)} == {"ZSTD"}


def test_an_id_that_stands_twice_is_refused() -> None:
    with ReleaseShards() as shards:
        shards.extend([*rows(20), *rows(3)])
        with pytest.raises(BadRow, match="3 ids stand more than once"):
            shards.close()


def test_nothing_to_train_on_is_no_release() -> None:
    with ReleaseShards() as shards:
        shards.extend(row for row in rows(30) if row.split == "validation")
        with pytest.raises(BadRow, match="no row to train on"):
            shards.close()


def test_files_go_with_the_block() -> None:
    with ReleaseShards() as shards:
        shards.extend(rows(30))
        shards.close()
        folder = shards.local(shards.files[0]).parent
        assert folder.is_dir()
    assert not folder.exists()


def test_row_digest_follows_every_value_and_the_order() -> None:
    def digest(made: list[ReleasedRow]) -> str:
        with ReleaseShards() as shards:
            shards.extend(made)
            return shards.row_digest

    made = list(rows(30))
    assert digest(made) == digest(list(rows(30)))
    other = [
        made[::-1],
        made[:-1],
        list(rows(30, {3: "another answer"})),
        [made[0].model_copy(update={"licence": "CC0 1.0"}), *made[1:]],
        [made[0].model_copy(update={"scores": {"score_judge_correct": 0.99}}), *made[1:]],
    ]
    assert len({digest(made), *map(digest, other)}) == 6


def test_score_that_is_configured_has_its_column_where_no_row_was_given_it() -> None:
    with ReleaseShards(SMALL, ["score_agreement_kept_result"]) as shards:
        shards.extend(rows(20))
        shards.close()
        assert "score_agreement_kept_result" in shards.score_columns
        for file in shards.files:
            column = pq.read_table(shards.local(file))["score_agreement_kept_result"]
            assert column.type == pa.float64()
            assert column.null_count == len(column)
