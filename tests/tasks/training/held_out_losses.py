"""The held-out losses of a base in a folder, by how many examples a device takes.

`held_out_losses.py FOLDER`, alone or under torchrun: the first process prints them.
"""

import sys
from pathlib import Path
from typing import Any

from datasets import Dataset

ANSWERS = ["Two.", "Two boxes hold one kettle each, and the third holds none. " * 4, "None."]


def trainer_of(folder: Path, size: int) -> Any:
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import SFTConfig

    from gleanery.tasks.training.process_held_out import HeldOutTrainer

    rows = Dataset.from_list(
        [
            {
                "prompt": [{"role": "user", "content": "How many kettles?"}],
                "completion": [{"role": "assistant", "content": answer}],
            }
            for answer in ANSWERS
        ]
    )
    return HeldOutTrainer(
        model=AutoModelForCausalLM.from_pretrained(folder),
        args=SFTConfig(
            output_dir=str(folder / "out"),
            per_device_eval_batch_size=size,
            use_cpu=True,
            bf16=False,
            report_to=[],
            disable_tqdm=True,
        ),
        train_dataset=rows,
        eval_dataset=rows,
        processing_class=AutoTokenizer.from_pretrained(folder),
    )


def losses_of(folder: Path) -> list[float]:
    return [trainer_of(folder, size).evaluate()["eval_loss"] for size in (1, 2)]


if __name__ == "__main__":
    found = losses_of(Path(sys.argv[1]))
    import torch.distributed as dist

    if dist.get_rank() == 0:
        print("losses", *found, flush=True)
    dist.destroy_process_group()
