"""Chat templates: what is refused before the first step, and what a batch looks like."""

import sys
from pathlib import Path
from typing import Any

import pytest

from gleanery.tasks.training.chat_template import (
    TrainingRefused,
    check_length,
    check_template,
    marked_batch,
    set_template,
)

sys.path.insert(0, str(Path(__file__).parent))

ROWS = [
    {
        "prompt": [{"role": "user", "content": f"What is {n} plus 1?"}],
        "completion": [{"role": "assistant", "content": f"It is {n + 1}."}],
    }
    for n in range(9)
]
VOCABULARY = 512


@pytest.fixture
def tokenizer() -> Any:
    from tiny_base import SUMS, TINY

    from gleanery.tasks.training.process_fresh import train_tokenizer

    return train_tokenizer(SUMS, TINY)


def test_the_usual_template_is_taken(tokenizer: Any) -> None:
    set_template(tokenizer, "")
    rendered = check_template(tokenizer, VOCABULARY, ROWS, 256)
    assert (rendered.examples, rendered.cut, rendered.unlearnt) == (9, 0, 0)


def test_plain_template_needs_no_tokens_but_the_end(tokenizer: Any) -> None:
    set_template(tokenizer, "plain")
    check_template(tokenizer, VOCABULARY, ROWS, 256)
    text = tokenizer.apply_chat_template(
        [{"role": "system", "content": "Be brief."}, *ROWS[0]["prompt"], *ROWS[0]["completion"]],
        tokenize=False,
    )
    assert text == "Be brief.\n\nQuestion:\nWhat is 0 plus 1?\n\nAnswer:\nIt is 1.<|end_of_turn|>"


def test_a_base_without_a_template_is_told_to_name_one(tokenizer: Any) -> None:
    tokenizer.chat_template = None
    with pytest.raises(TrainingRefused, match="to plain, or to a Jinja file"):
        set_template(tokenizer, "")


def test_a_template_that_never_ends_a_turn_is_refused(tokenizer: Any) -> None:
    tokenizer.chat_template = (
        "{% for m in messages %}{{ m['role'] }}\n{{ m['content'] }}\n{% endfor %}"
        "{% if add_generation_prompt %}assistant\n{% endif %}"
    )
    with pytest.raises(TrainingRefused, match="would not learn to stop"):
        check_template(tokenizer, VOCABULARY, ROWS, 256)


CHATML = (
    "{% for m in messages %}<|turn|>{{ m['role'] }}\n{{ m['content'] }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|turn|>assistant\n{% endif %}"
)


def test_another_end_of_turn_than_the_end_of_the_text_is_where_answers_stop(tokenizer: Any) -> None:
    tokenizer.add_special_tokens({"extra_special_tokens": ["<|end|>"]})
    assert tokenizer.eos_token != "<|end|>"
    tokenizer.chat_template = CHATML
    set_template(tokenizer, "")
    assert tokenizer.eos_token == "<|end|>"
    assert tokenizer.pad_token == "<|end_of_text|>"
    check_template(tokenizer, len(tokenizer), ROWS, 256)
    with pytest.raises(TrainingRefused, match=r"the end-of-turn token '<\|end\|>'"):
        check_template(tokenizer, tokenizer.eos_token_id, ROWS, 256)


def test_an_end_of_the_text_behind_the_end_of_turn_stays_the_end(tokenizer: Any) -> None:
    tokenizer.add_special_tokens({"extra_special_tokens": ["<|end|>"]})
    tokenizer.chat_template = (
        f"{CHATML}{{% if not add_generation_prompt %}}{{{{ eos_token }}}}{{% endif %}}"
    )
    end = tokenizer.eos_token
    set_template(tokenizer, "")
    assert tokenizer.eos_token == end
    check_template(tokenizer, len(tokenizer), ROWS, 256)


def test_a_template_that_refuses_a_talk_is_refused_in_words(tokenizer: Any) -> None:
    tokenizer.chat_template = "{{ raise_exception('No assistants here.') }}"
    with pytest.raises(TrainingRefused, match=r"No assistants here\.\. Set model\.chat_template"):
        set_template(tokenizer, "")


def test_a_prompt_that_is_no_beginning_of_its_example_is_refused(tokenizer: Any) -> None:
    tokenizer.chat_template = (
        "{% for m in messages %}<|turn|>{{ m['content'] }}<|end_of_turn|>{% endfor %}"
        "{% if add_generation_prompt %}<|turn|>assistant: {% endif %}"
    )
    with pytest.raises(TrainingRefused, match="cannot be told apart"):
        check_template(tokenizer, VOCABULARY, ROWS, 256)


def test_an_end_that_the_model_cannot_emit_is_refused(tokenizer: Any) -> None:
    with pytest.raises(TrainingRefused, match="the model can emit 2 tokens"):
        check_template(tokenizer, 2, ROWS, 256)


def test_examples_of_which_nothing_is_left_are_refused_and_cut_ones_counted(
    tokenizer: Any,
) -> None:
    with pytest.raises(TrainingRefused, match=r"raise recipe\.max_length"):
        check_template(tokenizer, VOCABULARY, ROWS, 8)
    long = [*ROWS, {**ROWS[0], "completion": [{"role": "assistant", "content": "why " * 300}]}]
    rendered = check_template(tokenizer, VOCABULARY, long, 256)
    assert (rendered.cut, rendered.unlearnt) == (1, 0)


def test_marked_batch_shows_what_is_learnt(tokenizer: Any) -> None:
    asked, told = tokenizer("a question ")["input_ids"], tokenizer("an answer")["input_ids"]
    row = {
        "input_ids": [*asked, *told, *asked],
        "labels": [-100] * len(asked) + told + [-100] * len(asked),
    }
    assert marked_batch(tokenizer, [row]) == ["a question ⟦an answer⟧a question "]


def test_examples_that_the_model_does_not_hold_are_refused(tokenizer: Any) -> None:
    longest = check_template(tokenizer, VOCABULARY, ROWS, 256).longest
    assert check_template(tokenizer, VOCABULARY, ROWS, longest - 1).longest == longest - 1
    check_length(longest, longest)
    check_length(longest, None)
    with pytest.raises(TrainingRefused, match=f"set recipe.max_length to {longest - 1} at most"):
        check_length(longest, longest - 1)
