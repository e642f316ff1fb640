"""The script that makes the CPU environment keeps a finished one and spares what is none."""

import hashlib
import subprocess
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "infra" / "vllm"


def make(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(SOURCE / "make_cpu_environment.sh"), str(folder), "/no/such/python"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_finished_environment_is_kept(tmp_path: Path) -> None:
    requirements = (SOURCE / "requirements-cpu.txt").read_bytes()
    (tmp_path / "made-from").write_text(hashlib.sha256(requirements).hexdigest())
    result = make(tmp_path)
    assert (result.returncode, result.stdout) == (0, "")


def test_one_made_from_other_requirements_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").touch()
    (tmp_path / "made-from").write_text("of old")
    result = make(tmp_path)
    assert "Making the vLLM environment" in result.stdout
    assert result.returncode != 0, "there is no such python"


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    result = make(tmp_path)
    assert result.returncode == 1
    assert "no virtual environment" in result.stderr
    assert (tmp_path / "thesis.tex").exists()
