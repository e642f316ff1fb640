"""The models of `data_quality.py`: random weights, a plain training loop, losses and answers.

The loop is plain PyTorch, not the product's: TRL's start-up alone costs as much as 150 of these
steps, and arms have to see the same rows in the same step, which no release can say.
"""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from data_quality_arms import Pair, order
from torch.optim.lr_scheduler import LambdaLR
from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed

from gleanery.tasks.training.process_fresh import build_fresh
from gleanery.tasks.training.training_spec import FreshModel

SHAPE = {"vocabulary": 1_024, "width": 64, "layers": 2, "heads": 2, "context": 512}
WARM_UP = 0.05  # of the steps; then the rate falls to 0 in a straight line
NEW_TOKENS = 128

Row = tuple[int, list[int]]  # where the answer begins, and the tokens of question and answer


def fresh_model(texts: Sequence[str], seed: int, folder: Path) -> tuple[Any, Any]:
    """Return a model of random weights and a tokenizer of these texts, the same for every seed."""
    torch.set_num_threads(1)
    build_fresh(FreshModel(**SHAPE, seed=seed), texts, folder)
    return AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


def encode(tokenizer: Any, pair: Pair) -> Row:
    """Return a question and its answer in tokens, cut where the model's context ends."""
    turns = [{"role": "user", "content": pair[0]}, {"role": "assistant", "content": pair[1]}]
    asked = tokenizer.apply_chat_template(turns[:1], add_generation_prompt=True, return_dict=False)
    whole = tokenizer.apply_chat_template(turns, return_dict=False)
    return len(asked), list(whole[: tokenizer.model_max_length])


def learn(
    base: Any, rows: Sequence[Row | None], rate: float, steps: int, batch: int, seed: int
) -> Any:
    """Return what the base becomes after so many steps over the rows.

    A row that is None leaves its place in its step empty: arms of the same length and seed see the
    same places in the same steps.
    """
    model = copy.deepcopy(base).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.0)
    warm = max(1, round(WARM_UP * steps))
    schedule = LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, (steps - step) / (steps - warm))
    )
    for places in order(len(rows), steps, batch, seed):
        if present := [row for place in places if (row := rows[place]) is not None]:
            nats, _ = _answer_nats(model, present)
            nats.mean().backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
        schedule.step()
    return model.eval()


@torch.no_grad()
def losses(model: Any, rows: Sequence[Row], batch: int = 50) -> list[list[float]]:
    """Return nats of the answer, nats of its first token, and its tokens, for each row."""
    made: list[list[float]] = []
    for start in range(0, len(rows), batch):
        nats, lengths = _answer_nats(model, rows[start : start + batch])
        made += [[float(own.sum()), float(own[0]), len(own)] for own in nats.split(lengths)]
    return made


def _answer_nats(model: Any, rows: Sequence[Row]) -> tuple[torch.Tensor, list[int]]:
    """Return the loss of each token of the answers, one after the other, and their lengths."""
    ids = torch.zeros((len(rows), max(len(whole) for _, whole in rows)), dtype=torch.long)
    answer = torch.zeros(ids.shape, dtype=torch.bool)
    for place, (asked, whole) in enumerate(rows):
        ids[place, : len(whole)] = torch.tensor(whole)
        answer[place, asked : len(whole)] = True
    # Padding comes last, so that no token sees any; scores are only made where an answer is.
    hidden = model.model(input_ids=ids[:, :-1]).last_hidden_state[answer[:, 1:]]
    nats = torch.nn.functional.cross_entropy(
        model.lm_head(hidden), ids[:, 1:][answer[:, 1:]], reduction="none"
    )
    return nats, [len(whole) - asked for asked, whole in rows]


@torch.no_grad()
def answers(model: Any, tokenizer: Any, asked: Sequence[str]) -> list[str]:
    """Return the model's answers, drawn at temperature 1; those that do not end are cut."""
    set_seed(0)
    tokenizer.padding_side = "left"
    batch = tokenizer.apply_chat_template(
        [[{"role": "user", "content": one}] for one in asked],
        add_generation_prompt=True, return_dict=True, return_tensors="pt", padding=True,
    )  # fmt: skip
    out = model.generate(**batch, max_new_tokens=NEW_TOKENS, do_sample=True, top_k=0)
    new = out[:, batch["input_ids"].shape[1] :]
    return list(tokenizer.batch_decode(new, skip_special_tokens=True))
