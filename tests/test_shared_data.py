"""The tests on real data run in CI, or CI fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
USES_REAL_DATA = HERE / "tasks" / "refinement" / "test_on_real_pairs.py"


def run_without_data(tmp_path: Path, ci: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(USES_REAL_DATA)],
        cwd=HERE.parent,
        env={**os.environ, "CI": ci, "GLEANERY_SHARED_DATA": str(tmp_path / "nowhere")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_missing_data_fails_in_ci_and_names_the_folder(tmp_path: Path):
    ended = run_without_data(tmp_path, ci="true")
    assert ended.returncode == pytest.ExitCode.TESTS_FAILED
    assert "skipped" not in ended.stdout.splitlines()[-1]
    assert f"no test data at {tmp_path / 'nowhere'}" in ended.stdout


def test_missing_data_skips_elsewhere(tmp_path: Path):
    ended = run_without_data(tmp_path, ci="")
    assert ended.returncode == pytest.ExitCode.OK
    assert "skipped" in ended.stdout.splitlines()[-1]
