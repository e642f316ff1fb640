"""A backend of lm-eval at work: `python -m gleanery.tasks.evaluation.process_backend SPEC.json`.

It answers the files of questions that appear in its folder until it is stopped, and tells every
answer as soon as the backend has it.
"""

import itertools
import json
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from lm_eval.api.instance import Instance
from lm_eval.api.model import CacheHook
from lm_eval.api.registry import get_model

from gleanery.infra.events import EventLog
from gleanery.tasks.evaluation.backend_spec import ANSWERED, REFUSED, BackendSpec, asked_file
from gleanery.tasks.evaluation.process_ends import UNKNOWN, End, ends_of_outputs, ends_of_tokens

_POLL_S = 0.05
_ENDS = {"hf": ends_of_tokens, "vllm": ends_of_outputs}


class Hearing(CacheHook):  # type: ignore[misc]
    """Tells every answer on. lm-eval hands them to its cache, in the order in which it has them."""

    def __init__(self, log: EventLog) -> None:
        super().__init__(None)
        self._log = log
        self._batch = 0
        self._numbers: dict[str, list[int]] = {}
        self._tokens: dict[str, int] = {}
        self.ends: deque[End] = deque()

    def expect(self, batch: int, numbers: dict[str, list[int]], tokens: dict[str, int]) -> None:
        """Take what is asked next: the numbers of each prompt, and how many tokens it has."""
        self._batch, self._numbers, self._tokens = batch, numbers, tokens

    def add_partial(self, attr: str, req: Any, res: Any) -> None:
        """Tell one answer; `ends` holds how those of its batch ended, where that is known."""
        end = self.ends.popleft() if self.ends else UNKNOWN
        for number in self._numbers[req[0]]:
            self._log.tell(
                ANSWERED,
                batch=self._batch,
                number=number,
                text=res,
                finish_reason=end.finish_reason,
                prompt_tokens=self._tokens[req[0]],
                completion_tokens=end.tokens,
            )


def main(spec_file: str) -> None:
    """Answer until stopped."""
    spec = BackendSpec.model_validate_json(Path(spec_file).read_text(encoding="utf-8"))
    place = {"device": "cuda" if torch.cuda.is_available() else "cpu"}
    args = (place if spec.backend == "hf" else {}) | spec.args
    model, log = get_model(spec.backend)(**args), EventLog(spec.work)
    hearing = Hearing(log)
    _listen(model, spec.backend, hearing)
    if spec.backend == "hf":
        _draw_as_told(model)
    for batch in itertools.count(1):
        path = asked_file(spec.work, batch)
        while not path.exists():
            time.sleep(_POLL_S)
        answer(model, hearing, log, batch, json.loads(path.read_text(encoding="utf-8")))
        path.unlink()


def answer(
    model: Any, hearing: Hearing, log: EventLog, batch: int, asked: Sequence[Mapping[str, Any]]
) -> None:
    """Have a batch answered; those that are drawn alike are asked together."""
    alike: dict[str, list[int]] = {}
    for number, one in enumerate(asked):
        alike.setdefault(json.dumps(one["sampling"]), []).append(number)
    for sampling, members in alike.items():
        drawn = json.loads(sampling)
        numbers: dict[str, list[int]] = {}
        tokens: dict[str, int] = {}
        for number in members:
            context = _context(model, asked[number])
            tokens[context] = len(model.tok_encode(context))
            if tokens[context] + drawn["max_tokens"] <= model.max_length:
                numbers.setdefault(context, []).append(number)
                continue
            why = (
                f"the prompt has {tokens[context]:,} tokens and its answer may have "
                f"{drawn['max_tokens']:,}, but the model holds {model.max_length:,}"
            )
            log.tell(REFUSED, batch=batch, number=number, why=why)  # lm-eval would cut it
        hearing.expect(batch, numbers, tokens)
        if numbers:
            model.generate_until([_instance(context, drawn) for context in numbers], True)


def _context(model: Any, one: Mapping[str, Any]) -> str:
    if one["messages"]:
        return str(model.apply_chat_template(one["messages"], add_generation_prompt=True))
    return str(one["prompt"])


def _instance(context: str, drawn: Mapping[str, Any]) -> Instance:
    options: dict[str, Any] = {
        "until": drawn["stop"],
        "max_gen_toks": drawn["max_tokens"],
        "do_sample": drawn["temperature"] > 0,
        "temperature": drawn["temperature"],
    }
    if drawn["top_p"] < 1:
        options["top_p"] = drawn["top_p"]
    return Instance("generate_until", {}, (context, options), 0)


def _listen(model: Any, backend: str, hearing: Hearing) -> None:
    made, ends = model._model_generate, _ENDS[backend]

    def generate(*args: Any, **told: Any) -> Any:
        result = made(*args, **told)
        hearing.ends = deque(ends(model, result, told))
        return result

    model._model_generate = generate
    model.set_cache_hook(hearing)


def _draw_as_told(model: Any) -> None:
    """Forget how the model's file would draw: a penalty for repeats changes greedy answers too."""
    own = model.model.generation_config
    model.model.generation_config = type(own)(
        bos_token_id=own.bos_token_id, eos_token_id=own.eos_token_id, pad_token_id=own.pad_token_id
    )


if __name__ == "__main__":
    main(sys.argv[1])
