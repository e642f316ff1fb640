"""What everyone else opens a release with: `datasets`, from a folder and S3, with no network.

Each test runs in a process of its own: `datasets` reads its settings when it is imported.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.local_files import TEMPORARY
from gleanery.infra.storage import Store

sys.path.insert(0, str(Path(__file__).parent))

from released_candidates import publish_rows, rows

COUNT = 120

LOADED = """
import json, sys
from datasets import load_dataset
asked = json.loads(sys.argv[1])
loaded = load_dataset(*asked["names"], **asked["options"])
print(json.dumps({
    "splits": {name: split.num_rows for name, split in loaded.items()},
    "columns": loaded["train"].column_names,
    "rows": [loaded["train"][n] for n in (0, 1)],
}))
"""


def load(cache: Path, *names: str, **options: Any) -> dict[str, Any]:
    asked = json.dumps({"names": names, "options": options | {"cache_dir": str(cache)}})
    # Offline, `datasets` reads no bucket either: then nobody answers where the Hub would be.
    offline = str(int("storage_options" not in options))
    environment = os.environ | {"HF_HUB_OFFLINE": offline, "HF_ENDPOINT": "http://127.0.0.1:9"}
    environment |= {"HF_HOME": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", LOADED, asked],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def check(loaded: dict[str, Any]) -> None:
    made = [row for row in rows(COUNT) if row.split == "train"]
    assert loaded["splits"] == {"train": len(made), "validation": COUNT - len(made)}
    for row, back in zip(made, loaded["rows"], strict=False):
        assert back["id"] == row.id
        assert back["prompt"] == [turn.model_dump() for turn in row.prompt]
        assert back["score_taxonomy_agreement"] == row.scores.get("score_taxonomy_agreement")
        assert json.loads(back["lineage"])["part"]
    assert {"messages", "completion", "licence", "score_judge_correct"} <= set(loaded["columns"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = Store(str(tmp_path / "store"))
    return tmp_path / "store" / publish_rows(store, COUNT).manifest.folder


def test_parquet_files_load_by_split(folder: Path, tmp_path: Path) -> None:
    patterns = {split: f"{folder}/data/{split}-*.parquet" for split in ("train", "validation")}
    check(load(tmp_path / "cache", "parquet", data_files=patterns))


def test_the_folder_loads_by_its_card(folder: Path, tmp_path: Path) -> None:
    # What a killed run's write may leave beside a file is not taken for a shard.
    shard = next((folder / "data").glob("train-00000*"))
    (shard.parent / f"{shard.name}.0123456789ab{TEMPORARY}").write_bytes(b"half a shard")
    (shard.parent / "train-00000-of-00099.parquet").write_bytes(b"a shard of another release")
    check(load(tmp_path / "cache", str(folder)))


def test_parquet_files_load_from_s3(s3: str, bucket: str, tmp_path: Path) -> None:
    manifest = publish_rows(Store(f"{bucket}/prefix"), COUNT).manifest
    data = f"{bucket}/prefix/{manifest.folder}"
    files = {
        split: [f"{data}/{p}" for p in manifest.data_files(split)] for split in manifest.rows.splits
    }
    options = {"client_kwargs": {"endpoint_url": s3}}
    check(load(tmp_path / "cache", "parquet", data_files=files, storage_options=options))
