import pytest

from gleanery.tasks.near_identical import GroupedText, near_identical

CUBE = "A cube has edges of 3 cm. What is the volume of the cube, in cubic centimetres?"


def repeated(*texts: str, group: str = "g") -> dict[str, str]:
    numbered = [GroupedText(str(number), group, text) for number, text in enumerate(texts)]
    return dict(near_identical(numbered))


@pytest.mark.parametrize(
    "again",
    [
        CUBE,
        CUBE.upper(),
        CUBE.replace("3", "4.5"),
        CUBE.replace(" ", "\n "),
        CUBE.replace("centimetres", "centimeters"),
    ],
)
def test_same_exercise_again_is_found_and_the_first_one_named(again: str) -> None:
    assert repeated("What is a prism?", CUBE, again) == {"2": "1"}


@pytest.mark.parametrize(
    "other",
    [
        "A cube has a volume of 27 cubic centimetres. How long are its edges, in cm?",
        "A sphere has a radius of 3 cm. What is its surface, in square centimetres?",
        "",
    ],
)
def test_another_question_on_the_same_matter_stays(other: str) -> None:
    assert repeated(CUBE, other) == {}


def test_nothing_is_left_out_because_of_a_text_that_is_left_out() -> None:
    words = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(40)]
    first, second, third = (" ".join(words[at : at + 30]) for at in (0, 4, 8))
    assert repeated(first, second, third) == {"1": "0"}  # the third is like the second alone


def test_groups_are_not_compared_with_each_other() -> None:
    texts = [GroupedText("1", "one", CUBE), GroupedText("2", "two", CUBE)]
    assert near_identical(texts) == {}


def test_two_empty_texts_are_the_same() -> None:
    assert repeated("", "") == {"1": "0"}
