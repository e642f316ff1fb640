import contextlib
import re
import time

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
# Nor what stands for no character at all.
SYMBOLS = st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufeff\ufffd")
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
        "<think>\nFirst\n<<<instruction>>>\nthen more.\n</think>\nHere it is:\n\n",
        "The server sent no opening tag.</think>\n**The pair**\n---\n",
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
        ("I thought.\nHere you are:\n" + GOOD, "outside the sections: 'I thought. Here you are:'"),
        (GOOD + "\nI hope so.\nAsk me.", "text outside the sections: 'I hope so. Ask me.'"),
        (GOOD + "\n" + "It goes on. " * 20, "text outside the sections: 'It goes on."),
        (GOOD + "\n3. Dust scatters too.", "text outside the sections: '3. Dust"),
        ("```\n" + GOOD, "text outside the sections: '```'"),
        (GOOD + "\n```", "text outside the sections: '```'"),
        ("```\n" + GOOD.replace("<<<end", "```\n<<<end"), "text outside the sections: '```'"),
        ("```\n" + GOOD + "\n~~~", "text outside"),
        ("Here you are:\n" + GOOD + "\n" + GOOD, "markers <<<instruction>>> <<<response>>> <<<e"),
        (GOOD.replace(">>>\nAir", ">>> Air"), "does not stand alone on its line"),
        (GOOD.replace("\n<<<end", " <<<end"), "does not stand alone on its line"),
        (GOOD.replace("<<<response>>>", "**<<<response>>>"), "does not stand alone"),
        (GOOD.replace("<<<response>>>", "**Text: <<<response>>>**"), "does not stand alone"),
        ("<<<response>>>\nAir.\n<<<instruction>>>\nWhy?\n<<<end>>>", "instead of"),
        ("", "markers none"),
    ],
)
def test_an_answer_out_of_shape_is_refused_with_what_is_amiss(answer: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        read_sections(answer, NAMES)


BOLD = re.sub(r"(<<<\w+>>>)", r"**\1**", GOOD)
WRAPPED = {
    "remark before": "Here is the training example:\n\n" + GOOD,
    "remark behind": GOOD + "\n\nLet me know if you want another tone!",
    "rules": f"**Final pair**\n\n---\n\n{GOOD}\n\n---",
    "fence": f"```\n{GOOD}\n```",
    "named fence": f"```text\n{GOOD}\n```\n",
    "long fence": f"~~~~\n{GOOD}\n~~~~",
    "bold markers": BOLD,
    "code markers": re.sub(r"(<<<\w+>>>)", r"`\1`", GOOD),
    "all of it": f"Sure! Here it is:\n```markdown\n{BOLD}\n```\nI hope this helps.",
}


@pytest.mark.parametrize("answer", WRAPPED.values(), ids=WRAPPED.keys())
def test_what_is_wrapped_around_the_sections_does_no_harm_and_is_in_no_text(answer: str) -> None:
    texts = {"instruction": "Why is the sky blue?", "response": "Air scatters blue."}
    assert read_sections(answer, NAMES) == texts


@given(instruction=TEXTS, response=TEXTS)
@example(instruction="**", response="```")
def test_wrapping_takes_nothing_from_a_text_and_adds_nothing(
    instruction: str, response: str
) -> None:
    assume(not MARKER.search(instruction) and not MARKER.search(response))
    texts = {"instruction": instruction.strip(), "response": response.strip()}
    written = write_sections(texts)
    assert read_sections(f"Here it is:\n```\n{written}\n```\nThat is all.", NAMES) == texts


def test_line_ends_and_control_characters_do_no_harm() -> None:
    answer = GOOD.replace("\n", "\r\n").replace("Air", "\ufeffA\x00i\x1br\ufffd\x85")
    assert read_sections(answer, NAMES)["response"] == "Air scatters blue."


@pytest.mark.parametrize(
    "answer",
    ["<<<" + " " * 30_000, "\n" * 30_000 + GOOD, "x" + "</think>\n" * 9_000 + GOOD, "<" * 30_000],
)
def test_hostile_answers_take_no_more_than_linear_time(answer: str) -> None:
    started = time.process_time()
    with contextlib.suppress(ValueError):
        read_sections(answer, NAMES)
    assert time.process_time() - started < 2
