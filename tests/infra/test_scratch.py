"""Scratch folders: gone with their block, and with the next process where theirs was killed."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gleanery.infra import scratch
from gleanery.infra.scratch import remove_orphans, scratch_folder

HOLDER = """
import sys, tempfile, time
from gleanery.infra.scratch import scratch_folder

tempfile.tempdir = sys.argv[1]
with scratch_folder() as folder:
    print(folder, flush=True)
    time.sleep(600)
"""

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="without /proc nobody can be said to be gone"
)


def holder(folder: Path) -> tuple["subprocess.Popen[str]", Path]:
    """Start a process that holds a scratch folder below this one."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    held = Path(process.stdout.readline().strip())
    (held / "rows.parquet").write_bytes(b"half")
    return process, held


def test_a_folder_goes_with_its_block() -> None:
    with scratch_folder() as folder:
        assert Path(folder).is_dir()
    assert not Path(folder).exists()


def test_what_a_killed_process_left_goes_with_the_first_folder_of_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    living, held = holder(tmp_path)
    dead, left = holder(tmp_path)
    (tmp_path / "gleanery-of-mine").mkdir()
    elsewhere = tmp_path / "gleanery-0123abcd-1-1-foreign"  # another container's process 1
    elsewhere.mkdir()
    dead.kill()
    dead.wait()
    assert left.exists()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scratch._looked.clear()
    with scratch_folder() as own:
        assert {path.name for path in tmp_path.iterdir()} == {
            held.name, Path(own).name, "gleanery-of-mine", elsewhere.name
        }  # fmt: skip
        remove_orphans(tmp_path)
        assert Path(own).exists()
    assert (held / "rows.parquet").exists()
    living.kill()
    living.wait()
    remove_orphans(tmp_path)
    assert not held.exists()
