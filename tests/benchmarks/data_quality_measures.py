"""Losses and answers of trained models: data_quality_measures.py WORK.json RESULT.json

WORK has `models` (name and folder), `sets` (name, and pairs of question and answer), `asked`
(questions) and for each model the sets it is measured on. RESULT has per model: for each set and
pair the loss of the answer in nats, that of its first token, and its tokens; and its answers to the
questions, greedy and drawn at temperature 1.
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed

BATCH, NEW_TOKENS = 64, 128


def main(work_file: str, result_file: str) -> None:
    torch.set_num_threads(1)
    work = json.loads(Path(work_file).read_text())
    results = {}
    for name, told in work["models"].items():
        tokenizer = AutoTokenizer.from_pretrained(told["folder"])
        model = AutoModelForCausalLM.from_pretrained(told["folder"]).eval()
        results[name] = {
            "losses": {key: losses(model, tokenizer, work["sets"][key]) for key in told["sets"]},
            "answers": {
                "greedy": answers(model, tokenizer, work["asked"], {"do_sample": False}),
                "drawn": answers(model, tokenizer, work["asked"], {"do_sample": True, "top_k": 0}),
            },
        }
        print(f"measured {name}", flush=True)
    Path(result_file).write_text(json.dumps(results))


@torch.no_grad()
def losses(model: Any, tokenizer: Any, pairs: list[tuple[str, str]]) -> list[list[float]]:
    """Return nats of the answer, nats of its first token, and its tokens, for each pair."""
    made: list[list[float]] = []
    longest = model.config.max_position_embeddings
    for start in range(0, len(pairs), BATCH):
        rows = [tokens(tokenizer, *pair) for pair in pairs[start : start + BATCH]]
        width = min(longest, max(len(whole) for _, whole in rows))
        ids = torch.full((len(rows), width), tokenizer.pad_token_id)
        for place, (_, whole) in enumerate(rows):
            ids[place, : len(whole)] = torch.tensor(whole[:width])
        logits = model(input_ids=ids).logits[:, :-1].float()
        nats = torch.nn.functional.cross_entropy(
            logits.transpose(1, 2), ids[:, 1:], reduction="none"
        )
        for place, (asked, whole) in enumerate(rows):
            own = nats[place, asked - 1 : min(len(whole), width) - 1]
            made.append([float(own.sum()), float(own[0]), len(own)])
    return made


def tokens(tokenizer: Any, question: str, answer: str) -> tuple[int, list[int]]:
    """Return how many tokens the question has, and those of question and answer."""
    turns = [{"role": "user", "content": question}]
    options = {"return_dict": False}
    asked = tokenizer.apply_chat_template(turns, add_generation_prompt=True, **options)
    turns.append({"role": "assistant", "content": answer})
    return len(asked), list(tokenizer.apply_chat_template(turns, **options))


@torch.no_grad()
def answers(model: Any, tokenizer: Any, asked: list[str], how: dict[str, Any]) -> list[str]:
    """Return the model's answers; those that do not end are cut."""
    set_seed(0)
    tokenizer.padding_side = "left"
    made: list[str] = []
    for start in range(0, len(asked), BATCH):
        batch = tokenizer.apply_chat_template(
            [[{"role": "user", "content": one}] for one in asked[start : start + BATCH]],
            add_generation_prompt=True, return_dict=True, return_tensors="pt", padding=True,
        )  # fmt: skip
        out = model.generate(**batch, max_new_tokens=NEW_TOKENS, **how)
        new = out[:, batch["input_ids"].shape[1] :]
        made += tokenizer.batch_decode(new, skip_special_tokens=True)
    return made


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
