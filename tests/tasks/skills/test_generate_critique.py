import pytest

from gleanery.tasks.skills.generate_critique import critique_problem
from gleanery.tasks.skills.generate_texts import Texts

DRAFT = Texts(
    "We seat 100 guests in a hall of 14 by 9 m. How many round tables fit in?",
    "Fourteen tables fit, if they stand in two blocks with the dance floor between them.",
)
PROMPT = "Now you are the person who typed that. List the strengths and then the weaknesses."


@pytest.mark.parametrize(
    ("critique", "reason"),
    [
        ("I'm sorry, but I can't help with that.", "refusal"),
        ("As an AI language model, I cannot take the role of a person.", "refusal"),
        ("I cannot help with that request. Instead I could\n- write\n- translate", "refusal"),
        ("…", "empty"),
        ("[answer]", "empty"),
        (DRAFT.response, "echo"),
        (f"**{DRAFT.instruction}**", "echo"),
        (f"{DRAFT.instruction}\n\n{DRAFT.response}", "echo"),
        (PROMPT, "echo"),
    ],
)
def test_an_answer_that_criticises_nothing_is_no_critique(critique: str, reason: str) -> None:
    shown = [f"{DRAFT.instruction}\n{DRAFT.response}", PROMPT]
    problem = critique_problem(critique, DRAFT, shown)
    assert problem is not None
    assert problem[0] == reason
    assert problem[1]


@pytest.mark.parametrize(
    "critique",
    [
        "Strengths: a number. Weaknesses: no reason for it.",
        'Strengths\n- "Fourteen tables": a number.\n\nWeaknesses\n- I cannot open the plan of the '
        "hall that it relies on.\n- I'm sorry, but I can't use this without the width of a chair.",
        "- I cannot open the plan.\n- I am sorry, but I do not have access to the room.",
        "**Weaknesses**\n1. I do not have access to the drawing.\n2. I am unable to tell the cook.",
        f'"{DRAFT.response}" That is an answer, but where does the band stand? It lacks a sketch.',
        "The response helps me with the number of tables. What I miss is the room for chairs: it "
        "says nothing of it, and the caterer will ask. The instruction sounds like a real one.",
    ],
)
def test_what_the_asker_cannot_do_is_a_point_of_a_critique(critique: str) -> None:
    assert critique_problem(critique, DRAFT, [PROMPT]) is None
