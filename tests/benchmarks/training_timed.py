"""One training in a process of its own, with a clock in its loop.

    training_timed.py bare PLAN.json
    training_timed.py -m gleanery.tasks.training.process_train SPEC.json

The first is a plain script around SFTTrainer. The second runs our training process unchanged but
for the clock; it is what `training.python` is set to. Both write what the clock saw as JSON into
the file that LOOP_TIMES names: CPU and wall seconds of `SFTTrainer.train`, the time and the tokens
so far at the end of each step, the weights, the device and the peak of its memory.
"""

import json
import os
import resource
import runpy
import sys
import time
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback
from trl import SFTConfig, SFTTrainer


class StepClock(TrainerCallback):  # type: ignore[misc]
    """Notes when each step is done, on the device too, and how many tokens it had."""

    def __init__(self, trainer: Any) -> None:
        self.steps: list[tuple[float, float]] = []
        self._trainer = trainer

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Note the time."""
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.steps.append((time.monotonic(), float(self._trainer._total_train_tokens)))


def time_the_loop() -> None:
    """Put a clock around `SFTTrainer.train`."""
    train = SFTTrainer.train

    def timed(self: Any, *arguments: Any, **options: Any) -> Any:
        clock = StepClock(self)
        self.add_callback(clock)
        cpu, wall = time.process_time(), time.monotonic()
        done = train(self, *arguments, **options)
        told = {"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall}
        told |= {"loss": done.training_loss, "steps": clock.steps, **_weights(self.model)}
        Path(os.environ["LOOP_TIMES"]).write_text(json.dumps(told))
        return done

    SFTTrainer.train = timed


def _weights(model: Any) -> dict[str, Any]:
    gpu = torch.cuda.is_available()
    return {
        "trained": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "frozen": sum(p.numel() for p in model.parameters() if not p.requires_grad),
        "device": torch.cuda.get_device_name() if gpu else "cpu",
        "peak": torch.cuda.max_memory_allocated()
        if gpu
        else 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


def train_bare(plan: dict[str, Any]) -> None:
    """Train as a user of TRL writes it: load, train, save."""
    from datasets import load_dataset
    from transformers import set_seed

    if plan["threads"]:
        torch.set_num_threads(plan["threads"])
    set_seed(0)
    rows = load_dataset(
        "parquet", data_files=plan["files"], split="train", cache_dir=plan["folder"] + "/cache"
    )
    trainer = SFTTrainer(
        model=plan["base"],
        args=SFTConfig(output_dir=plan["folder"] + "/out", **plan["arguments"]),
        train_dataset=rows.select_columns(["prompt", "completion"]),
        peft_config=_lora(plan["lora"]),
    )
    trainer.train()
    trainer.save_model(plan["folder"] + "/model")


def _lora(rank: int) -> Any:
    if not rank:
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM"
    )


if __name__ == "__main__":
    time_the_loop()
    if sys.argv[1] == "bare":
        train_bare(json.loads(Path(sys.argv[2]).read_text()))
    else:
        module = sys.argv[2]
        sys.argv = [module, *sys.argv[3:]]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
