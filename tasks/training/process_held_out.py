"""How well the training process's model foretells the validation split, and how well counts do."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from datasets import Dataset, concatenate_datasets
from trl import SFTTrainer

_ROWS_AT_ONCE = 1000


class HeldOutTrainer(SFTTrainer):  # type: ignore[misc]
    """A trainer whose validation loss is the mean over all learnt tokens, in nats.

    The one it derives from takes the mean of its batches' and devices' means: a batch of short
    answers counts there as much as one of long ones, and the loss depends on how many examples a
    device takes.
    """

    eval_dataset: Dataset | None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.eval_dataset is not None and self.args.world_size > 1:
            at_once = self.args.world_size * self.args.per_device_eval_batch_size
            self.eval_dataset = _filled_up(self.eval_dataset, at_once)

    def evaluation_loop(self, *args: Any, **options: Any) -> Any:
        """Return the outcome with the loss per token in place of that per batch."""
        self._nats = self._tokens = 0.0
        outcome = super().evaluation_loop(*args, **options)
        for name in [name for name in outcome.metrics if name.endswith("_loss")]:
            outcome.metrics[name] = self._nats / self._tokens if self._tokens else math.nan
        return outcome

    def prediction_step(self, model: Any, inputs: Any, *args: Any, **options: Any) -> Any:
        """Return what a batch came to, and add that of all devices to what was seen so far."""
        labels = inputs["shift_labels"] if "shift_labels" in inputs else inputs["labels"][..., 1:]
        tokens = labels.ne(-100).sum().to(self.args.device)
        result = super().prediction_step(model, inputs, *args, **options)
        nats = torch.where(tokens > 0, result[0] * tokens, 0.0)  # the mean of nothing is no number
        self._nats += float(self.accelerator.gather(nats).sum())
        self._tokens += float(self.accelerator.gather(tokens).sum())
        return result


def _filled_up(rows: Dataset, at_once: int) -> Dataset:
    """Return rows and, behind them, some of which nothing is learnt: devices share them evenly.

    Else the first rows would be given out once more, and count twice.
    """
    last = rows[len(rows) - 1]
    nothing = {**last, "labels": [-100] * len(last["labels"])}
    missing = -len(rows) % at_once
    more = Dataset.from_list([nothing] * missing, features=rows.features)
    return concatenate_datasets([rows, more]) if missing else rows


def unigram_loss(train: Dataset, held_out: Dataset, outputs: int) -> float | None:
    """Return the loss of foretelling each learnt token by how often it is learnt, in nats a token.

    Counts are of the training split, each one higher (Laplace), over a model's `outputs` tokens.
    `None` where nothing of the validation split is learnt.
    """
    counts = _learnt(held_out, outputs)
    if not counts.sum():
        return None
    seen = _learnt(train, outputs) + 1
    surprise = np.log(seen.sum()) - np.log(seen)
    return float(counts @ surprise / counts.sum())


def _learnt(rows: Dataset, outputs: int) -> npt.NDArray[np.int64]:
    """Return how often each token is learnt; the first of a row is foretold by none."""
    counts = np.zeros(outputs, dtype=np.int64)
    for batch in rows.select_columns(["labels"]).with_format("arrow").iter(_ROWS_AT_ONCE):
        labels = batch["labels"].combine_chunks()
        tokens = labels.flatten().to_numpy(zero_copy_only=False).copy()
        tokens[labels.offsets.to_numpy()[:-1] - labels.offsets[0].as_py()] = -1
        counts += np.bincount(tokens[tokens >= 0], minlength=outputs)
    return counts
