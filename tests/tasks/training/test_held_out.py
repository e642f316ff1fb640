"""The loss on held-out answers: a mean over tokens, beside that of a model of counts alone."""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from datasets import Dataset

from gleanery.tasks.training.training_spec import FreshModel

sys.path.insert(0, str(Path(__file__).parent))


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


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from held_out_losses import ANSWERS

    from gleanery.tasks.training.process_fresh import build_fresh

    folder = tmp_path_factory.mktemp("base")
    build_fresh(FreshModel(layers=1, width=32, vocabulary=300), ANSWERS, folder)
    return folder


@pytest.fixture(scope="module")
def expected(base: Path) -> float:
    """Return the loss per learnt token, one row after the other."""
    import torch
    from held_out_losses import trainer_of

    trainer = trainer_of(base, 1)
    nats = tokens = 0.0
    for row in trainer.eval_dataset:
        labels = torch.tensor([row["labels"]])
        with torch.no_grad():
            found = trainer.model(input_ids=torch.tensor([row["input_ids"]]), labels=labels)
        learnt = int((labels[:, 1:] >= 0).sum())
        nats, tokens = nats + float(found.loss) * learnt, tokens + learnt
    return nats / tokens


def test_held_out_loss_is_per_token_however_examples_share_batches(
    base: Path, expected: float
) -> None:
    from held_out_losses import losses_of

    assert losses_of(base) == pytest.approx([expected] * 2, rel=1e-5)


def test_held_out_loss_is_per_token_however_examples_share_devices(
    base: Path, expected: float
) -> None:
    # Three examples on two devices: one has an answer of 60 words, and none counts twice.
    script = Path(__file__).with_name("held_out_losses.py")
    launcher = [*("-m", "torch.distributed.run"), "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [sys.executable, *launcher, script, base],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=200,
    )
    [told] = [line for line in done.stdout.splitlines() if line.startswith("losses ")]
    assert [float(loss) for loss in told.split()[1:]] == pytest.approx([expected] * 2, rel=1e-5)
