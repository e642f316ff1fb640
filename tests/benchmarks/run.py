"""Run every benchmark, one after the other, and print what each one measures.

    python tests/benchmarks/run.py [--data FOLDER] [--peers-python PYTHON]

FOLDER is the shared test data (by default `../shared/data`, or GLEANERY_SHARED_DATA); PYTHON is an
interpreter with the peers (README.md beside this file). Without it the peers are not measured, and
the output says so.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
DATA = Path(os.environ.get("GLEANERY_SHARED_DATA", HERE.parents[2] / "shared" / "data"))
PEERS = Path(".venv-peers/bin/python")


def main() -> int:
    """Return 1 if a benchmark failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--peers-python", type=Path, default=PEERS if PEERS.exists() else None)
    arguments = parser.parse_args()
    peers = [str(arguments.peers_python)] if arguments.peers_python else []
    commands = [
        ["llm_client.py", *(["--peers-python", *peers] if peers else [])],
        ["recall_speed.py", "--data", str(arguments.data)]
        + (["--datatrove-python", *peers] if peers else []),
        ["recall_quality.py", "--data", str(arguments.data)],
        ["near_duplicates.py", "--data", str(arguments.data)]
        + (["--peers-python", *peers] if peers else []),
        ["decontamination.py", "--data", str(arguments.data)]
        + (["--peers-python", *peers] if peers else []),
        ["near_duplicates_scale.py"],
        ["semantic_scale.py"],
        ["selection.py", "--rows", "200000"],
        ["plans.py", "--method", "taxonomy"],
        ["plans.py", "--method", "skills"],
        ["synthesis.py", "--examples", "10000", "--skill-examples", "1000"]
        + (["--peers-python", *peers] if peers else []),
        ["training_overhead.py", "--data", str(arguments.data)],
    ]
    failed = False
    for script, *options in commands:
        print(f"\n== {script}", flush=True)
        done = subprocess.run([sys.executable, str(HERE / script), *options], check=False)
        failed |= done.returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
