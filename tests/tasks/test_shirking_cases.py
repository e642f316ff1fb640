"""Each detector on beginnings and endings of its own kind, and on honest ones that look alike."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from gleanery.tasks.shirking import shirks
from gleanery.tasks.shirking_asked import asks_for_voice
from gleanery.tasks.shirking_cut_off import cut_off, unfinished
from gleanery.tasks.shirking_length import least_words, named_least
from gleanery.tasks.shirking_revision_leak import revision_leak
from gleanery.tasks.shirking_words import meta_talk, refusal

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "shirking_cases.yaml").read_text())
LENGTHS = yaml.safe_load((HERE / "shirking_lengths.yaml").read_text())
DETECTORS: dict[str, Callable[[str, str], str | None]] = {
    "revision_leak": revision_leak,
    "refusal": lambda instruction, response: refusal(response, asks_for_voice(instruction)),
    "cut_off": lambda instruction, response: cut_off(response),
    "meta_talk": lambda instruction, response: meta_talk(response, asks_for_voice(instruction)),
}


# The words of refusals, leaks and talk are learned, from these cases too, which are there to be
# hard: a few may slip.
MISSED, FLAGGED = 0.1, 0.2


@pytest.mark.parametrize("kind", DETECTORS)
def test_telling_words_are_caught(kind: str) -> None:
    caught = CASES[kind]["caught"]
    missed = [case for case in caught if not DETECTORS[kind](*case)]
    assert len(missed) <= MISSED * len(caught), missed


@pytest.mark.parametrize("kind", DETECTORS)
def test_honest_responses_that_look_alike_pass(kind: str) -> None:
    honest = CASES[kind]["honest"]
    flagged = [case for case in honest if DETECTORS[kind](*case)]
    assert len(flagged) <= FLAGGED * len(honest), flagged


@pytest.mark.parametrize(
    ("side", "is_right"), [("few", lambda n: n <= 24), ("many", lambda n: n > 40)]
)
def test_length_follows_from_what_is_asked(side: str, is_right: Callable[[int], bool]) -> None:
    wrong = [text for text in LENGTHS[side] if not is_right(least_words(text))]
    assert len(wrong) <= 0.06 * len(LENGTHS[side]), wrong


@pytest.mark.parametrize(
    ("instruction", "least"),
    [
        ("Describe a sunset in 200 words.", 80),
        ("Write a two-minute speech for my sister's wedding.", 80),
        ("Explain gravity in one sentence.", 3),
        ("Summarise the French Revolution in three paragraphs.", 36),
        ("How long is the Nile? Answer in 5 sentences.", 16),
        ("Write two paragraphs on how much water people drink.", 24),
    ],
)
def test_length_that_the_instruction_names_goes_first(instruction: str, least: int) -> None:
    assert least_words(instruction) == least


@pytest.mark.parametrize(
    "problem",
    [
        "Mia is reading a 120-page book. She read 12 pages today. How many pages are left?",
        "A clerk types 40 words a minute. How long does she take for 2,000 words?",
    ],
)
def test_pages_that_a_problem_tells_of_are_no_length_of_its_answer(problem: str) -> None:
    assert named_least(problem) is None


def test_list_with_fewer_entries_than_asked_for_is_unfinished() -> None:
    listed = "1. Prague spring\n2. Berlin wall\n3. Cuba"
    assert unfinished("Give me five events of the Cold War.", listed)
    assert unfinished("Give me three events of the Cold War.", listed) is None
    assert (
        unfinished("Give me five events of the Cold War.", f"{listed}\n\nTwo are disputed.") is None
    )


def test_same_words_shirk_in_an_answer_and_not_in_a_letter() -> None:
    farewell = (
        "Bring the keys on Monday at nine, and ask for Mr Brandt. Let me know if you need more."
    )
    assert shirks("Where do I return the keys of the rented flat?", farewell)
    letter = f"Dear Ms Okafor,\n\n{farewell}\n\nKind regards,\nMaria Santos"
    request = "Write a short letter to my tenant about returning the keys."
    assert shirks(request, letter) is None


def test_an_edit_may_name_its_version_and_an_answer_may_not() -> None:
    response = "Here is a shorter version:\n\nSam, could you send me the file by Monday?"
    assert (
        shirks("Make this email shorter: Dear Sam, I am writing to ask for the file.", response)
        is None
    )
    problem = shirks("How do noise-cancelling headphones work?", response)
    assert problem
    assert problem[0] == "revision_leak"


@pytest.mark.parametrize("text", ["", " ", "\n\n", "?", "x" * 20_000, "(" * 5_000, "a b " * 5_000])
def test_odd_texts_are_judged_without_an_error(text: str) -> None:
    shirks(text, text)
    shirks("Explain this.", text)
