"""Measures models on held-out answers: `python -m …process_response_loss SPEC.json`.

One model after the other; of one that cannot be measured the reason is written, and the next one
has its turn.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from gleanery.tasks.training.response_loss import HeldOutRow, MeasureSpec, ResponseLoss

_TOKENS_AT_ONCE = 8192  # padding among them; a longer row goes alone


def main(spec_file: str) -> None:
    """Measure all models that the file names."""
    spec = MeasureSpec.model_validate_json(Path(spec_file).read_text(encoding="utf-8"))
    if spec.threads:
        torch.set_num_threads(spec.threads)
    lines = Path(spec.rows).read_text(encoding="utf-8").split("\n")
    rows = [HeldOutRow.model_validate_json(line) for line in lines]
    for place, folder in enumerate(spec.models):
        try:
            result: Any = [one.model_dump() for one in measure(folder, rows, spec.max_length)]
        except Exception as error:  # whatever it is, it is this model's
            result = f"{type(error).__name__}: {error}"
        unfinished = spec.result(place).with_suffix(".unfinished")
        unfinished.write_text(json.dumps(result), encoding="utf-8")
        unfinished.rename(spec.result(place))


@torch.inference_mode()
def measure(folder: str, rows: Sequence[HeldOutRow], max_length: int) -> list[ResponseLoss]:
    """Return the losses of a model on the rows, in their order."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = AutoModelForCausalLM.from_pretrained(folder, dtype="auto").to(device).eval()
    longest = min(max_length, getattr(model.config, "max_position_embeddings", max_length))
    talks = [_tokens(tokenizer, row) for row in rows]
    nats: dict[int, float] = {}
    short = [place for place, (_, talk) in enumerate(talks) if len(talk) <= longest]
    for places in _batches(short, [len(talk) for _, talk in talks]):
        found = _nats(model, [talks[place] for place in places], device)
        nats |= dict(zip(places, found, strict=True))
    return [
        ResponseLoss(
            id=row.id,
            nats=nats.get(place),
            tokens=len(talk) - start,
            bytes=sum(len(turn.content.encode()) for turn in row.completion),
        )
        for place, (row, (start, talk)) in enumerate(zip(rows, talks, strict=True))
    ]


def _tokens(tokenizer: Any, row: HeldOutRow) -> tuple[int, list[int]]:
    """Return where the answer begins in a talk's tokens, and these.

    That is where the talk leaves what the model is given to go on with, as in training.
    """
    turns = [turn.model_dump() for turn in (*row.prompt, *row.completion)]
    given = tokenizer.apply_chat_template(
        turns[: len(row.prompt)], add_generation_prompt=True, return_dict=False
    )
    talk = tokenizer.apply_chat_template(turns, return_dict=False)
    pairs = enumerate(zip(given, talk, strict=False))
    start = next((place for place, (one, other) in pairs if one != other), len(given))
    return max(start, 1), talk


def _batches(places: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield places of rows of like lengths, so that little of a batch is padding."""
    batch: list[int] = []
    for place in sorted(places, key=lambda place: (lengths[place], place)):
        if batch and lengths[place] * (len(batch) + 1) > _TOKENS_AT_ONCE:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _nats(model: Any, talks: Sequence[tuple[int, list[int]]], device: str) -> list[float]:
    """Return the surprise of each talk's answer."""
    longest = max(len(talk) for _, talk in talks)
    ids = torch.zeros(len(talks), longest, dtype=torch.long)
    given = torch.zeros_like(ids)
    answers = torch.zeros(len(talks), longest, dtype=torch.bool)
    for row, (start, talk) in enumerate(talks):
        ids[row, : len(talk)] = torch.tensor(talk)
        given[row, : len(talk)] = 1
        answers[row, start : len(talk)] = True
    ids, given, answers = ids.to(device), given.to(device), answers.to(device)
    logits = model(input_ids=ids, attention_mask=given, use_cache=False).logits
    found = []
    for row in range(len(talks)):  # in 32 bits, one row at a time: vocabularies are large
        learnt = answers[row, 1:]
        chances = torch.log_softmax(logits[row, :-1][learnt].float(), dim=-1)
        own = chances.gather(1, ids[row, 1:][learnt][:, None])
        found.append(-float(own.double().sum()))
    return found


if __name__ == "__main__":
    main(sys.argv[1])
