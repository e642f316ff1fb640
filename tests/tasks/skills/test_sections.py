import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gleanery.tasks.skills.sections import read_sections, write_sections

NAMES = ("instruction", "response")
GOOD = "<<<instruction>>>\nWhy is the sky blue?\n<<<response>>>\nAir scatters blue.\n<<<end>>>"
MARKER = re.compile(r"<<<\s*/?\s*(?:instruction|response|end)\s*>>>", re.IGNORECASE)

# Whatever a text may be about, this format and its words included.
PIECES = st.sampled_from(
    [
        "Instruction",
        "### Response:",
        "instruction>>>",
        "<<<",
        "<<< end",
        "<<<EOF>>>",
        "cat <<<'here'",
        "<think>hm</think>",
        "</think>",
        "{",
        '"}]',
        "```python\nprint('\\n')\n```",
        r"$\frac{1}{2}\times \nabla$",
        "\\",
        "\n\n",
        "\t",
        "---",
        "为什么",
        "🙂",
        "\u2028",
    ]
)
SYMBOLS = st.characters(exclude_categories=["Cs", "Cc"])
TEXTS = st.lists(st.one_of(PIECES, st.text(SYMBOLS, max_size=20)), max_size=12).map("".join)


@given(instruction=TEXTS, response=TEXTS)
@example(instruction="Print the Response of the Instruction", response='{"instruction": "<<<"}')
def test_any_text_without_a_marker_comes_back_as_it_was(instruction: str, response: str) -> None:
    assume(not MARKER.search(instruction) and not MARKER.search(response))
    texts = {"instruction": instruction.strip(), "response": response.strip()}
    assert read_sections(write_sections(texts), NAMES) == texts


MARKERS = ["<<<instruction>>>", "<<<response>>>", "<<<end>>>", "<<< End >>>", "<<</response>>>"]


@given(
    before=TEXTS, after=TEXTS, marker=st.sampled_from(MARKERS), name=st.sampled_from(list(NAMES))
)
@example(before="", after="", marker="<<<end>>>", name="response")
def test_a_text_that_holds_a_marker_is_refused(
    before: str, after: str, marker: str, name: str
) -> None:
    texts = dict.fromkeys(NAMES, "Some text.") | {name: f"{before}{marker}{after}"}
    with pytest.raises(ValueError, match="markers"):
        read_sections(write_sections(texts), NAMES)


@pytest.mark.parametrize(
    "thoughts",
    [
        "<think>\nI write <<<instruction>>> first.\n</think>\n\n",
        "The server sent no opening tag.</think>\n",
        "\n \n",
    ],
)
def test_reasoning_before_the_first_marker_is_left_out(thoughts: str) -> None:
    assert read_sections(thoughts + GOOD, NAMES)["response"] == "Air scatters blue."


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ("Why is the sky blue? Air scatters blue.", "markers none instead of"),
        (GOOD.removesuffix("<<<end>>>"), "markers <<<instruction>>> <<<response>>> instead"),
        (GOOD.replace("<<<instruction>>>", "<<<Instruction>>>"), "markers <<<Instruction>>>"),
        ("Here you are:\n" + GOOD, "text outside the sections: 'Here you are:'"),
        (GOOD + "\nI hope you like it.", "text outside the sections: 'I hope you like it.'"),
        ("```\n" + GOOD + "\n```", "text outside"),
        (GOOD.replace(">>>\nAir", ">>> Air"), "does not stand alone on its line"),
        (GOOD.replace("\n<<<end", " <<<end"), "does not stand alone on its line"),
        (GOOD.replace("<<<response>>>", "**<<<response>>>**"), "does not stand alone"),
        ("<<<response>>>\nAir.\n<<<instruction>>>\nWhy?\n<<<end>>>", "instead of"),
        ("", "markers none"),
    ],
)
def test_an_answer_out_of_shape_is_refused_with_what_is_amiss(answer: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        read_sections(answer, NAMES)


def test_line_ends_and_control_characters_do_no_harm() -> None:
    answer = GOOD.replace("\n", "\r\n").replace("Air", "A\x00i\x1br")
    assert read_sections(answer, NAMES)["response"] == "Air scatters blue."
