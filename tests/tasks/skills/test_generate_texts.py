import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.skills.generate_texts import (
    Texts,
    read_instruction,
    read_texts,
    unwrapped,
)
from gleanery.tasks.skills.sections import write_sections

CODE = 'Use `\\n`:\n```python\nprint("a\\nb", f"{x!r}")\n```\nand $\\frac{1}{2}\\times\\nu$.'


@pytest.mark.parametrize("structured", [False, True])
def test_both_layouts_give_the_same_texts(structured: bool) -> None:
    texts = {"instruction": 'Print "a" and b on two lines {here}.', "response": CODE}
    answer = json.dumps(texts) if structured else write_sections(texts)
    assert read_texts(answer, structured) == Texts(**texts)
    alone = {"instruction": texts["instruction"]}
    answer = json.dumps(alone) if structured else write_sections(alone)
    assert read_instruction(answer, structured) == texts["instruction"]


@pytest.mark.parametrize("structured", [False, True])
def test_characters_that_no_text_has_are_in_neither_layout(structured: bool) -> None:
    texts = {"instruction": "Why\x07 now?\ufffd", "response": "\ufeffSo\x85\x00 it is."}
    answer = json.dumps(texts) if structured else write_sections(texts)
    assert read_texts(answer, structured) == Texts("Why now?", "So it is.")


@given(instruction=st.text(max_size=60), response=st.text(max_size=200))
def test_reading_ends_in_texts_or_in_a_value_error(instruction: str, response: str) -> None:
    answer = write_sections({"instruction": instruction, "response": response})
    for text in (answer, instruction, response):
        for structured in (False, True):
            with contextlib.suppress(ValueError):
                texts = read_texts(text, structured)
                assert unwrapped(texts.response) == texts.response


@pytest.mark.parametrize(
    "answer",
    [
        '["instruction", "response"]',
        '{"instruction": "Why?"}',
        '{"instruction": "Why?", "response": ["Because."]}',
        "Instruction: Why? Response: Because.",
    ],
)
def test_an_object_without_both_texts_is_refused(answer: str) -> None:
    with pytest.raises(ValueError, match=r"instruction, response|no JSON"):
        read_texts(answer, structured=True)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("**How do I prune a pear tree?**", "How do I prune a pear tree?"),
        ("**How do I prune a pear tree?", "How do I prune a pear tree?"),
        ("** How do I prune it?", "How do I prune it?"),
        ("How do I prune it?**", "How do I prune it?"),
        ('"How do I prune it?"', "How do I prune it?"),
        ("“How do I prune it?”", "How do I prune it?"),
        ("„Wie schneide ich ihn?“", "Wie schneide ich ihn?"),
        ('"How do I prune it?', "How do I prune it?"),
        ('**"How do I prune it?"**', "How do I prune it?"),
        ("**Cut in winter.\n\nThen **stop**.", "Cut in winter.\n\nThen **stop**."),
        ("\n  Cut in winter. \n", "Cut in winter."),
        ("**", ""),
        ('""', ""),
    ],
)
def test_stray_marks_around_the_whole_text_are_taken_off(text: str, bare: str) -> None:
    assert unwrapped(text) == bare


@pytest.mark.parametrize(
    "text",
    [
        "**Short answer:** cut in winter.",
        "**First** and **last**",
        "**Tools**\n\n- saw\n\n**Steps**",
        "Cut in **winter**",
        '"Cut" or "prune"?',
        "“Cut” or “prune”?",
        'The branch is 3/4"',
        'What does "prune" mean?',
        "x = 2**3",
        "*Pyrus communis*",
        "```\n**kept**\n```",
    ],
)
def test_marks_that_belong_to_a_part_of_the_text_stay(text: str) -> None:
    assert unwrapped(text) == text
