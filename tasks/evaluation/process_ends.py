"""How the answers of lm-eval's backends came to their ends, which lm-eval itself does not say."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class End(NamedTuple):
    """Why an answer ended ("stop", "length" or "unknown"), and after how many tokens."""

    finish_reason: str
    tokens: int


UNKNOWN = End("unknown", 0)


def ends_of_tokens(model: Any, made: Any, told: Mapping[str, Any]) -> Iterator[End]:
    """Yield the ends of what transformers made, row by row: it returns prompts and answers.

    Nothing is known of a model that reads and writes apart (seq2seq).
    """
    if model.backend != "causal":
        return
    start = told["context"].shape[1]
    own = model.model.generation_config.eos_token_id
    ends = {model.eot_token_id, *(own if isinstance(own, list) else [own])}
    for row in made[:, start:].tolist():
        if ended := [place for place, token in enumerate(row) if token in ends][:1]:
            yield End("stop", ended[0] + 1)
            continue
        text = model.tok_decode(row, skip_special_tokens=False)
        stops = [text.find(stop) for stop in told["stop"] if stop in text]
        if stops:  # others of its batch went on, and it with them
            answer = model.tok_encode(text[: min(stops)], add_special_tokens=False)
            yield End("stop", len(answer))
        else:
            yield End("length", len(row))


def ends_of_outputs(model: Any, made: Any, told: Mapping[str, Any]) -> Iterator[End]:
    """Yield the ends of what vLLM made: it says them."""
    for output in made:
        (one, *_) = output.outputs
        yield End(one.finish_reason or "unknown", len(one.token_ids))
