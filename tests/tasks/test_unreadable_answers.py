import pytest

from gleanery.tasks.unreadable_answers import why_unreadable

PROMPT = "Write one question about mirrors. Reply with one JSON object and nothing else."
GERMAN = (
    "Eine Lampe steht zwei Meter vor einem ebenen Spiegel. Wie weit hinter dem Spiegel steht ihr "
    "Bild, und warum kann man es nicht auf einem Schirm auffangen?"
)
REFUSAL = "I'm sorry, but I can't help with that."


@pytest.mark.parametrize(
    ("answer", "reason", "telling"),
    [
        (PROMPT, "echo", "Write one question"),
        (REFUSAL, "refusal", "sorry"),
        (GERMAN, "wrong_language", "German"),
        ("A lamp stands before a mirror.", "unparseable", "no JSON"),
    ],
)
def test_an_answer_that_cannot_be_read_is_named_for_what_it_is_as_a_whole(
    answer: str, reason: str, telling: str
) -> None:
    found = why_unreadable(answer, ValueError("no JSON"), [PROMPT], "English", False)
    assert found[0] == reason
    assert telling in found[1]


@pytest.mark.parametrize("answer", [REFUSAL, GERMAN])
def test_an_answer_that_is_laid_out_by_halves_is_a_slip(answer: str) -> None:
    found = why_unreadable(answer, ValueError("cut off"), [PROMPT], "English", True)
    assert found == ("unparseable", "cut off")


def test_an_echo_is_one_in_any_layout_and_language() -> None:
    found = why_unreadable(PROMPT, ValueError(""), ["Hello.", PROMPT], "German", True)
    assert found[0] == "echo"
