"""Tokens per second, MFU and peak memory of our training, beside SFTTrainer's plain defaults.

    python tests/benchmarks/training_speed.py [--shapes 0.5B 1.5B] [--methods full lora]
        [--steps 40] [--length 2048] [--batch 8] [--toy]

Meant for one large GPU. Models have random weights in the shapes of Qwen2.5-0.5B and -1.5B; rows
are random words of the lengths that instruction data has. Every variant trains in a process of its
own: `plain` is SFTTrainer with nothing set but the steps, the batch and the length; the others are
our training process by its own configuration, from what is its default to packing, fused AdamW,
recomputed activations, FlashAttention and the hub's kernels. What is not installed here is told and
left out. Tokens are those of the rows, without padding; the first quarter of the steps, in which
things are compiled and allocated, does not count. MFU is by `tasks/training/throughput.py`, of the
device's published bfloat16 peak; 0 where that is not known.

`--toy` runs all of it with a tiny model and few steps, also on a CPU: the script, not the speed.
It needs no Prefect, no store and no network, only torch, trl, peft and datasets. Where gleanery is
not installed, `make .typecheck/gleanery` links it and PYTHONPATH=.typecheck finds it.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training_speed_rows import made_up_talks, write_rows

from gleanery.tasks.training.throughput import flops_per_token, utilisation

HERE = Path(__file__).parent
LORA_RANK = 16
ROWS_PER_STEP = 12  # that a packed step may hold for each of its sequences

# What each variant sets, of our own configuration.
PACKED = {"packing": True, "optimizer": "adamw_torch_fused"}
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "ours": {},
    "packed": {"recipe": PACKED},
    "packed, recomputed": {"recipe": PACKED, "devices": {"activation_checkpointing": True}},
    "packed, flash": {"recipe": PACKED, "model": {"attention": "flash_attention_2"}},
    "packed, kernels": {"recipe": PACKED, "model": {"kernels": True}},
}
NEEDS = {"packed, flash": "flash_attn", "packed, kernels": "kernels"}


def main() -> int:
    """Return 1 if a variant that could run here did not."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--shapes", nargs="+", default=["0.5B", "1.5B"])
    options.add_argument("--methods", nargs="+", default=["full", "lora"])
    options.add_argument("--steps", type=int, default=40)
    options.add_argument("--length", type=int, default=2_048)
    options.add_argument("--batch", type=int, default=8)
    options.add_argument("--toy", action="store_true")
    chosen = options.parse_args()
    if chosen.toy:
        chosen.shapes, chosen.steps, chosen.length, chosen.batch = ["toy"], 4, 128, 2
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        bench = Path(folder)
        talks = made_up_talks(ROWS_PER_STEP * chosen.steps * chosen.batch, chosen.length)
        write_rows(bench / "rows.parquet", talks)
        texts = bench / "texts.json"
        texts.write_text(json.dumps([text for talk in talks[:2_000] for text in talk]))
        print(_line("model", "method", "variant", "tokens/s", "MFU", "peak GiB", "ms/step"))
        for shape in chosen.shapes:
            script = [sys.executable, str(HERE / "training_models.py")]
            subprocess.run([*script, str(bench / shape), shape, str(texts)], check=True)
            for method in chosen.methods:
                for variant in ("plain", *VARIANTS):
                    failed |= not _show(bench, shape, method, variant, chosen)
    return int(failed)


def _show(bench: Path, shape: str, method: str, variant: str, chosen: argparse.Namespace) -> bool:
    """Measure one variant and print its line; return whether all went well."""
    needed = NEEDS.get(variant)
    if needed and not importlib.util.find_spec(needed):
        print(_line(shape, method, variant, f"left out: {needed} is not installed here"))
        return True
    with tempfile.TemporaryDirectory(dir=bench) as folder:
        if variant == "plain":
            command = _plain(bench, folder, shape, method, chosen)
        else:
            command = _ours(bench, folder, shape, method, VARIANTS[variant], chosen)
        times = Path(folder, "times.json")
        environment = os.environ | {"LOOP_TIMES": str(times)}
        done = subprocess.run(
            [sys.executable, str(HERE / "training_timed.py"), *command],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode or not times.exists():
            told = _why(Path(folder), done.stderr)
            print(_line(shape, method, variant, f"failed: {told}"), flush=True)
            return False
        print(_line(shape, method, variant, *_speed(json.loads(times.read_text()))), flush=True)
    return True


def _plain(
    bench: Path, folder: str, shape: str, method: str, chosen: argparse.Namespace
) -> list[str]:
    plan = {
        "base": str(bench / shape),
        "folder": folder,
        "files": [str(bench / "rows.parquet")],
        "threads": int(chosen.toy),
        "lora": LORA_RANK if method == "lora" else 0,
        "arguments": {
            "max_steps": chosen.steps,
            "per_device_train_batch_size": chosen.batch,
            "max_length": chosen.length,
            "save_strategy": "no",
            "report_to": [],
            **({} if _has_gpu() else {"use_cpu": True, "bf16": False}),
        },
    }
    path = Path(folder, "plan.json")
    path.write_text(json.dumps(plan))
    return ["bare", str(path)]


def _ours(
    bench: Path,
    folder: str,
    shape: str,
    method: str,
    sets: Mapping[str, Any],
    chosen: argparse.Namespace,
) -> list[str]:
    spec = {
        "model": {"path": str(bench / shape), **sets.get("model", {})},
        "tuning": {"method": method, "lora": {"rank": LORA_RANK, "alpha": 2 * LORA_RANK}},
        "recipe": {
            "max_steps": chosen.steps,
            "global_batch": chosen.batch,
            "max_length": chosen.length,
            **sets.get("recipe", {}),
        },
        "devices": {
            "most_per_device": chosen.batch,
            "threads": int(chosen.toy),
            **sets.get("devices", {}),
        },
        "train_files": [str(bench / "rows.parquet")],
        "validation_files": [],
        "folder": folder,
    }
    path = Path(folder, "spec.json")
    path.write_text(json.dumps(spec))
    return ["-m", "gleanery.tasks.training.process_train", str(path)]


def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def _speed(told: Mapping[str, Any]) -> tuple[str, ...]:
    steps = told["steps"][len(told["steps"]) // 4 :]
    (start, before), (end, after) = steps[0], steps[-1]
    speed = (after - before) / (end - start)
    mfu = utilisation(speed, flops_per_token(told["trained"], told["frozen"]), told["device"], 1)
    step = 1000 * (end - start) / (len(steps) - 1)
    return f"{speed:,.0f}", f"{mfu:.1%}", f"{told['peak'] / 2**30:.1f}", f"{step:,.0f}"


def _why(folder: Path, errors: str) -> str:
    events = folder / "events.jsonl"
    refused = (
        [line for line in events.read_text().splitlines() if "refused" in line]
        if (events.exists())
        else []
    )
    return (refused or errors.strip().splitlines() or ["it said nothing"])[-1][:300]


def _line(*cells: str) -> str:
    widths = (6, 7, 20, 10, 7, 9, 8)
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
    return " ".join(padded).rstrip()


if __name__ == "__main__":
    sys.exit(main())
