"""What our training costs beside a plain script around TRL's SFTTrainer that makes the same steps.

    python tests/benchmarks/training_overhead.py [--data FOLDER] [--rounds 5] [--steps 60]

Base, rows, batches, seed and steps are the same, on one thread. Ours is `run_training`: a process
of its own with its events (a line a step), the parent that follows it, and checkpoints every
half minute that are stored on the local disk; the plain script logs every ten steps, as is TRL's
default, saves its model at the end and nothing else. The two alternate, and the ratio of each
round counts; both must end with the same loss. CPU seconds are those of all processes, so that a
busy machine matters less. `loop` is what `SFTTrainer.train` takes, for ours with all that the
parent does beside it; `whole` has imports, loading, the preparation of the rows and saving.
"""

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from training_examples import made_up, publish_examples, read_gsm8k

from gleanery.infra.storage import Store

HERE = Path(__file__).parent
DATA = Path(os.environ.get("GLEANERY_SHARED_DATA", HERE.parents[2] / "shared" / "data"))
EXAMPLES, BATCH, LENGTH, RATE = 1_000, 16, 512, 1e-3
CHECKPOINT_MINUTES = 0.5


def main() -> int:
    """Return 1 if ours costs more than a twentieth beside the plain loop."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--steps", type=int, default=60)
    options.add_argument("--shape", default="toy", help="one of training_models.SHAPES")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Path(folder)
        _prepare(bench, chosen)
        rounds = []
        for number in range(chosen.rounds):
            order = ("bare", "ours") if number % 2 else ("ours", "bare")
            rounds.append({kind: _measured(kind, bench, chosen.steps) for kind in order})
            _show(number, rounds[-1])
    return _summary(rounds, chosen.steps)


def _prepare(bench: Path, chosen: argparse.Namespace) -> None:
    examples = read_gsm8k(chosen.data) if chosen.data.is_dir() else made_up(EXAMPLES)
    examples = examples[:EXAMPLES]
    publish_examples(Store(f"{bench}/root/lessons"), [example[:2] for example in examples])
    texts = bench / "texts.json"
    texts.write_text(json.dumps([text for example in examples for text in example[:2]]))
    # In a process of its own: torch, once loaded, stays.
    script = str(HERE / "training_models.py")
    subprocess.run(
        [sys.executable, script, str(bench / "base"), chosen.shape, str(texts)], check=True
    )
    shim = bench / "python"
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} {HERE / "training_timed.py"} "$@"\n')
    shim.chmod(0o755)


def _measured(kind: str, bench: Path, steps: int) -> dict[str, Any]:
    """Return the times of one training, in seconds."""
    with tempfile.TemporaryDirectory(dir=bench) as folder, _clock(Path(folder)) as times:
        if kind == "bare":
            _run_bare(bench, folder, steps)
            beside = 0.0
        else:
            beside, times["checkpoints"] = _run_ours(bench, folder, steps)
    times["loop cpu"] += beside
    times["beside"] = beside
    return times


@contextmanager
def _clock(folder: Path) -> Iterator[dict[str, Any]]:
    os.environ["LOOP_TIMES"] = str(folder / "times.json")
    times: dict[str, Any] = {"checkpoints": 0, "loop cpu": 0.0}
    cpu, wall = _cpu(), time.monotonic()
    yield times
    times["whole cpu"], times["whole wall"] = _cpu() - cpu, time.monotonic() - wall
    values = json.loads((folder / "times.json").read_text())
    times["loop cpu"] += values["cpu"]
    times["loop wall"], times["loss"] = values["wall"], values["loss"]


def _cpu() -> float:
    """Return the CPU seconds of this process and of all that have ended below it."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _run_bare(bench: Path, folder: str, steps: int) -> None:
    arguments = {
        "learning_rate": RATE,
        "lr_scheduler_type": "cosine",
        "warmup_steps": 0.03,
        "max_steps": steps,
        "per_device_train_batch_size": BATCH,
        "gradient_accumulation_steps": 1,
        "max_length": LENGTH,
        "completion_only_loss": True,
        "optim": "adamw_torch",
        "weight_decay": 0.0,
        "seed": 0,
        "data_seed": 0,
        "bf16": False,
        "use_cpu": True,
        "activation_checkpointing": False,
        "save_strategy": "no",
        "report_to": [],
        "disable_tqdm": True,
    }
    plan = {
        "base": str(bench / "base"),
        "folder": folder,
        "files": sorted(map(str, (bench / "root" / "lessons").rglob("train-*.parquet"))),
        "threads": 1,
        "lora": 0,
        "arguments": arguments,
    }
    path = Path(folder, "plan.json")
    path.write_text(json.dumps(plan))
    command = [sys.executable, str(HERE / "training_timed.py"), "bare", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the plain script failed:\n{done.stderr[-3000:]}")


def _run_ours(bench: Path, folder: str, steps: int) -> tuple[float, int]:
    """Return this process's CPU seconds from the first step to the end, and the checkpoints."""
    from gleanery.flows.train_model import plan_training
    from gleanery.flows.training_config import TrainingConfig
    from gleanery.infra.settings import read_settings
    from gleanery.tasks.training.events import FINISHED, SAVED, STARTED
    from gleanery.tasks.training.training_run import run_training

    config = TrainingConfig.model_validate(
        {
            "name": "ours",
            "root": f"{bench}/root",
            "release": {"dataset": "lessons"},
            "model": {"path": str(bench / "base")},
            "recipe": {
                "learning_rate": RATE,
                "max_steps": steps,
                "global_batch": BATCH,
                "max_length": LENGTH,
            },
            "devices": {"threads": 1, "processes": 1, "most_per_device": BATCH},
            "checkpoint_minutes": CHECKPOINT_MINUTES,
            "python": str(bench / "python"),
            "work": f"{folder}/work",
        }
    )
    moments: dict[str, float] = {}
    saved = 0

    def told(event: Mapping[str, Any]) -> None:
        nonlocal saved
        saved += event["event"] == SAVED
        moments.setdefault(event["event"], time.process_time())

    training = plan_training(config, read_settings())
    run_training(Store(f"{folder}/models"), training, told, threading.Event())
    return moments[FINISHED] - moments[STARTED], saved


def _show(number: int, times: Mapping[str, Mapping[str, Any]]) -> None:
    if not math.isclose(times["ours"]["loss"], times["bare"]["loss"], rel_tol=1e-6):
        losses = {kind: times[kind]["loss"] for kind in times}
        raise SystemExit(f"the two did not learn the same, so their times say nothing: {losses}")
    told = [
        f"{what} {times['ours'][what]:.1f} / {times['bare'][what]:.1f} s"
        for what in ("loop cpu", "loop wall", "whole cpu", "whole wall")
    ]
    print(
        f"round {number + 1}: ours / plain: {', '.join(told)}; "
        f"{times['ours']['checkpoints']} checkpoints; the parent {times['ours']['beside']:.2f} s",
        flush=True,
    )


def _summary(rounds: list[dict[str, dict[str, Any]]], steps: int) -> int:
    print(f"\nmedian of {len(rounds)} rounds of {steps} steps, and the least and the most")
    medians = {}
    for what in ("loop cpu", "loop wall", "whole cpu", "whole wall"):
        ratios = [times["ours"][what] / times["bare"][what] for times in rounds]
        medians[what] = statistics.median(ratios)
        print(f"  {what:10} x{medians[what]:.3f}  ({min(ratios):.3f} to {max(ratios):.3f})")
    step = statistics.median(times["bare"]["loop cpu"] for times in rounds) / steps
    print(f"  a step of the plain loop takes {1000 * step:.0f} ms of CPU")
    return int(medians["loop cpu"] > 1.05)


if __name__ == "__main__":
    sys.exit(main())
