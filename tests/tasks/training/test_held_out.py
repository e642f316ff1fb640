"""The loss on held-out answers: a mean over tokens, beside that of a model of counts alone."""

import math
from pathlib import Path

import pytest
from datasets import Dataset

from gleanery.tasks.training.training_spec import FreshModel


def test_unigram_loss_is_of_learnt_tokens_counted_one_higher() -> None:
    from gleanery.tasks.training.process_held_out import unigram_loss

    # The first token of a row is foretold by none, whatever its label says.
    train = Dataset.from_dict({"labels": [[3, 1, 1, -100], [-100, 1, 2]]})
    held_out = Dataset.from_dict({"labels": [[-100, 1, 2, 3], [0]]})
    # Of four tokens 0 and 3 were never learnt, 1 three times, 2 once: 8 with one more each.
    expected = -(math.log(4 / 8) + math.log(2 / 8) + math.log(1 / 8)) / 3
    assert unigram_loss(train, held_out, 4) == pytest.approx(expected)
    sliced = held_out.select([0])
    assert unigram_loss(train, sliced, 4) == pytest.approx(expected)
    nothing = Dataset.from_dict({"labels": [[1, -100], [2]]})
    assert unigram_loss(train, nothing, 4) is None


def test_held_out_loss_is_per_token_however_examples_share_batches(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import SFTConfig

    from gleanery.tasks.training.process_fresh import build_fresh
    from gleanery.tasks.training.process_held_out import HeldOutTrainer

    answers = ["Two.", "Two boxes hold one kettle each, and the third holds none. " * 4, "None."]
    rows = Dataset.from_list(
        [
            {
                "prompt": [{"role": "user", "content": "How many kettles?"}],
                "completion": [{"role": "assistant", "content": answer}],
            }
            for answer in answers
        ]
    )
    build_fresh(FreshModel(layers=1, width=32, vocabulary=300), answers, tmp_path / "base")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "base")
    losses = []
    for size in (1, 2):
        trainer = HeldOutTrainer(
            model=AutoModelForCausalLM.from_pretrained(tmp_path / "base"),
            args=SFTConfig(
                output_dir=str(tmp_path / "out"),
                per_device_eval_batch_size=size,
                use_cpu=True,
                bf16=False,
                report_to=[],
                disable_tqdm=True,
            ),
            train_dataset=rows,
            eval_dataset=rows,
            processing_class=tokenizer,
        )
        losses.append(trainer.evaluate()["eval_loss"])
    nats = tokens = 0.0
    for row in trainer.eval_dataset:
        labels = torch.tensor([row["labels"]])
        with torch.no_grad():
            found = trainer.model(input_ids=torch.tensor([row["input_ids"]]), labels=labels)
        learnt = int((labels[:, 1:] >= 0).sum())
        nats, tokens = nats + float(found.loss) * learnt, tokens + learnt
    assert losses == pytest.approx([nats / tokens] * 2, rel=1e-5)
