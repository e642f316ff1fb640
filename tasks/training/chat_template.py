"""Whether a chat template teaches what it should: what is learnt, and that an answer ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gleanery.infra.folders import file_digest

PLAIN = "plain"
_ENDS_WITHIN = 4  # tokens: some templates put a line break behind the end of a turn
_ASKED, _ANSWERED = "What is it?", "An answer."

Turns = Sequence[Mapping[str, str]]


class TrainingRefused(ValueError):
    """Training that would teach something else than was meant; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """How many examples were looked at, and of how many the end, or all of the answer, is cut.

    `longest` is how many tokens the longest of them has once it is cut.
    """

    examples: int
    cut: int
    unlearnt: int
    longest: int


def plain_template() -> str:
    """Return the template that needs no tokens but the end of the text."""
    return Path(__file__).with_name("plain_template.jinja").read_text(encoding="utf-8")


def template_identity(chosen: str) -> str:
    """Return what names a template wherever its file lies; raises `TrainingRefused` without one."""
    if chosen in ("", PLAIN):
        return chosen
    if not Path(chosen).is_file():
        raise TrainingRefused(f"there is no chat template at {chosen}: see model.chat_template")
    return file_digest(Path(chosen))


def set_template(tokenizer: Any, chosen: str) -> None:
    """Give a tokenizer the chosen template, and the end that this has for a turn.

    Where that is another special token than the tokenizer's end of sequence (`<end_of_turn>`, and
    `<|im_end|>` of a base that knows ChatML), it takes that one's place: generation has to stop at
    what is learnt as an answer's end. Raises `TrainingRefused` where there is no template, and
    where it cannot write a question and its answer.
    """
    if chosen:
        template_identity(chosen)  # refuses a file that is not there
        tokenizer.chat_template = (
            plain_template() if chosen == PLAIN else Path(chosen).read_text(encoding="utf-8")
        )
    if not tokenizer.chat_template:
        raise TrainingRefused(
            "the model's tokenizer has no chat template, as base models often have none: set "
            f"model.chat_template to {PLAIN}, or to a Jinja file"
        )
    if tokenizer.eos_token_id is None:
        raise TrainingRefused(
            "the tokenizer names no end-of-sequence token, so that no answer could ever end: add "
            "eos_token to its tokenizer_config.json"
        )
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token  # what is padded has no part in the loss
    _end_as_the_template_does(tokenizer)


def _end_as_the_template_does(tokenizer: Any) -> None:
    from jinja2 import TemplateError  # which whoever renders a template has

    talk = [{"role": "user", "content": _ASKED}, {"role": "assistant", "content": _ANSWERED}]
    try:
        text = tokenizer.apply_chat_template(talk, tokenize=False)
    except TemplateError as error:
        raise template_refusal(error) from error
    _, found, behind = text.rpartition(_ANSWERED)
    ids = tokenizer(behind, add_special_tokens=False)["input_ids"] if found else []
    known = tokenizer.added_tokens_decoder
    special = [token for token in ids if token in known and known[token].special]
    if special and tokenizer.eos_token_id not in special:
        tokenizer.eos_token = known[special[0]].content


def template_refusal(error: Exception) -> TrainingRefused:
    """Return the refusal of talks that a template raises an error for."""
    return TrainingRefused(
        f"the chat template cannot write an example: {error}. Set model.chat_template to {PLAIN}, "
        "or to a Jinja file that takes the turns of the release"
    )


def check_template(
    tokenizer: Any, outputs: int, rows: Sequence[Mapping[str, Turns]], max_length: int
) -> Rendered:
    """Return what becomes of some examples; `outputs` is how many tokens the model can emit.

    Raises `TrainingRefused` where prompts are no beginning of their examples, so that the mask
    would be wrong, where the end of an answer is no token that the model can emit, and where
    nothing is left to learn of any example.
    """
    _check_end(tokenizer, outputs)
    cut = unlearnt = longest = 0
    for row in rows:
        prompt, whole = _tokens(tokenizer, row)
        if whole[: len(prompt)] != prompt:
            raise TrainingRefused(
                "the chat template writes a prompt differently when an answer follows, so that "
                "prompt and answer cannot be told apart: it must end a prompt (with "
                "add_generation_prompt) just as it goes on when the answer is there. The prompt "
                f"ends with {tokenizer.decode(prompt[-12:])!r}, the example has "
                f"{tokenizer.decode(whole[max(0, len(prompt) - 12) : len(prompt)])!r} there"
            )
        if tokenizer.eos_token_id not in whole[len(prompt) :][-_ENDS_WITHIN:]:
            raise TrainingRefused(
                f"the chat template ends an answer with {tokenizer.decode(whole[-4:])!r}, and not "
                f"with {tokenizer.eos_token!r}, at which generation stops: a model trained so "
                "would not learn to stop. Let the template end the assistant's turn with eos_token"
            )
        cut += len(whole) > max_length
        unlearnt += len(prompt) >= max_length
        longest = max(longest, min(len(whole), max_length))
    if rows and unlearnt == len(rows):
        raise TrainingRefused(
            f"the questions of all {unlearnt} examples looked at fill {max_length} tokens, so that "
            "nothing of their answers is left to learn: raise recipe.max_length"
        )
    return Rendered(len(rows), cut, unlearnt, longest)


def check_length(longest: int, held: int | None) -> None:
    """Raise `TrainingRefused` for examples that are longer than a model holds.

    `held` is in tokens, `None` where the model does not say. What lies behind it would be learnt
    at places that the model has never seen, and that servers refuse.
    """
    if held and longest > held:
        raise TrainingRefused(
            f"examples have up to {longest:,} tokens, and the model holds {held:,}: set "
            f"recipe.max_length to {held} at most, or take a model that holds more"
        )


def _check_end(tokenizer: Any, outputs: int) -> None:
    if tokenizer.eos_token_id >= outputs:
        raise TrainingRefused(
            f"the end-of-turn token {tokenizer.eos_token!r} has the number "
            f"{tokenizer.eos_token_id}, and the model can emit {outputs} tokens: no answer could "
            "end. Use a template whose tokens the model has, or a base whose embeddings hold them"
        )


def _tokens(tokenizer: Any, row: Mapping[str, Turns]) -> tuple[list[int], list[int]]:
    prompt, completion = list(row["prompt"]), list(row["completion"])
    options = {"return_dict": False}
    before = tokenizer.apply_chat_template(prompt, add_generation_prompt=True, **options)
    whole = tokenizer.apply_chat_template([*prompt, *completion], **options)
    return list(before), list(whole)


def marked_batch(tokenizer: Any, rows: Sequence[Mapping[str, Sequence[int]]]) -> list[str]:
    """Return the rows of a batch as texts, what is learnt of each between ⟦ and ⟧."""
    return [_marked(tokenizer, row["input_ids"], row["labels"]) for row in rows]


def _marked(tokenizer: Any, tokens: Sequence[int], labels: Sequence[int]) -> str:
    pieces: list[str] = []
    start = 0
    learnt = [label >= 0 for label in labels]
    for end in range(1, len(tokens) + 1):
        if end == len(tokens) or learnt[end] != learnt[start]:
            text = tokenizer.decode(list(tokens[start:end]))
            pieces.append(f"⟦{text}⟧" if learnt[start] else text)
            start = end
    return "".join(pieces)
