"""Fine-tune a tiny model on a release as it is: train_two_steps.py RELEASE_FOLDER OUTPUT_FOLDER

The model is new and random; its tokenizer is trained on the release's own texts. Prints what the
trainer made of the first row, and its losses, as JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any

from datasets import DatasetDict, load_dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

from gleanery.tasks.training.process_fresh import build_fresh
from gleanery.tasks.training.training_spec import FreshModel

SHAPE = FreshModel(layers=1, width=32, vocabulary=512)


def new_trainer(rows: DatasetDict, output: str, base: Path, **options: Any) -> SFTTrainer:
    config = SFTConfig(
        output_dir=output,
        max_steps=2,
        per_device_train_batch_size=4,
        use_cpu=True,
        bf16=False,
        report_to=[],
        logging_steps=1,
        save_strategy="no",
        disable_tqdm=True,
        **options,
    )
    return SFTTrainer(
        model=AutoModelForCausalLM.from_pretrained(base),
        args=config,
        train_dataset=rows["train"],
        eval_dataset=rows["validation"],
        processing_class=AutoTokenizer.from_pretrained(base),
    )


def learnt(trainer: SFTTrainer) -> tuple[str, str]:
    """Return the first row as the model sees it, and what of it is in the loss."""
    first = trainer.train_dataset[0]
    pairs = zip(first["input_ids"], first["labels"], strict=True)
    tokens = [token for token, label in pairs if label >= 0]
    tokenizer = trainer.processing_class
    return tokenizer.decode(first["input_ids"]), tokenizer.decode(tokens)


def main(release: str, output: str) -> None:
    rows = load_dataset(release)
    base = Path(output, "base")
    texts = (turn["content"] for row in rows["train"] for turn in row["messages"])
    build_fresh(SHAPE, texts, base)
    trainer = new_trainer(rows, output, base)
    trainer.train()
    text, completion = learnt(trainer)
    # As the card says it is done for every turn of the assistant.
    all_turns = new_trainer(
        rows, output, base, assistant_only_loss=True, completion_only_loss=False
    )
    told = {
        "text": text,
        "learnt": completion,
        "learnt_of_all_turns": learnt(all_turns)[1],
        "losses": [log["loss"] for log in trainer.state.log_history if "loss" in log],
        "eval_loss": trainer.evaluate()["eval_loss"],
        "steps": trainer.state.global_step,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
