"""An answer belongs to the question that the page gives it to: by place, by label, by order."""

import time

import pytest

from gleanery.tasks.extraction.labels import is_label, page_labels
from gleanery.tasks.extraction.locate import PageIndex
from gleanery.tasks.extraction.located import LocatedPair
from gleanery.tasks.extraction.pairing import locate_pairs

EDGES, FACES = "How many edges does a cube have?", "How many faces does a cube have?"
CORNERS = "How many corners does a cube have?"
TWELVE, SIX = "There are twelve of them.", "There are six of them."
EIGHT = "There are eight of them."

INTERLEAVED = f"Question A\n{EDGES}\nAnswer. {TWELVE}\n\nQuestion B\n{FACES}\nAnswer. {SIX}\n"
PLAIN = f"{EDGES}\n\n{TWELVE}\n\n{FACES}\n\n{SIX}\n"
KEY = (
    f"7.1 {EDGES}\n7.2 {FACES}\n\nLate sheets are not marked.\n\n"
    f"Solutions\n\n7.1 {TWELVE}\n7.2 {SIX}\n"
)
ONE_LINE_KEY = f"1. {EDGES}\n2. {FACES}\n\nKey\n1. {TWELVE} 2. {SIX}\n"
TABLE_KEY = f"1. {EDGES}\n2. {FACES}\n\nKey\n\nQuestion\t\tAnswer\n1\t\t{TWELVE}\n2\t\t{SIX}\n"
UNLABELLED_KEY = f"{EDGES}\n{FACES}\n\nAnswers\n\n{TWELVE}\n\n{SIX}\n"
PAGES = [INTERLEAVED, PLAIN, KEY, ONE_LINE_KEY, TABLE_KEY, UNLABELLED_KEY]


def outcomes(page: str, *pairs: tuple[str, str]) -> list[str]:
    """Return for each pair "" if it stays, else the reason why not."""
    located = locate_pairs(PageIndex(page), [(question, [answer]) for question, answer in pairs])
    return ["" if isinstance(pair, LocatedPair) else pair for pair in located]


@pytest.mark.parametrize("page", PAGES)
def test_each_layout_keeps_its_own_pairs_and_no_others(page: str) -> None:
    assert outcomes(page, (EDGES, TWELVE), (FACES, SIX)) == ["", ""]
    assert outcomes(page, (FACES, SIX), (EDGES, TWELVE)) == ["", ""]
    assert outcomes(page, (EDGES, SIX), (FACES, TWELVE)) == ["swapped", "swapped"]
    assert outcomes(page, (EDGES, SIX), (FACES, SIX))[0] == "swapped"


@pytest.mark.parametrize("page", [INTERLEAVED, KEY, ONE_LINE_KEY, TABLE_KEY])
def test_labels_tell_even_when_the_other_question_was_not_returned(page: str) -> None:
    assert outcomes(page, (EDGES, SIX)) == ["swapped"]
    assert outcomes(page, (FACES, TWELVE)) == ["swapped"]
    assert outcomes(page, (FACES, SIX)) == [""]


def test_order_that_is_broken_anywhere_ties_nothing() -> None:
    page = f"{EDGES}\n{FACES}\n{CORNERS}\n\nAnswers\n\n{TWELVE}\n\n{SIX}\n\n{EIGHT}\n"
    assert outcomes(page, (EDGES, TWELVE), (FACES, SIX), (CORNERS, EIGHT)) == ["", "", ""]
    turned = outcomes(page, (EDGES, SIX), (FACES, EIGHT), (CORNERS, TWELVE))
    assert turned == ["swapped"] * 3


def test_a_question_without_an_answer_bounds_the_one_before() -> None:
    located = locate_pairs(PageIndex(PLAIN), [(EDGES, [SIX]), (FACES, [])])
    assert located == ["swapped", "question_only"]


def test_equal_answers_are_found_each_in_its_own_place() -> None:
    page = "1. Is ice lighter?\n2. Is it so?\n3. Is lead heavy?\n\nAnswers\n1. Yes\n2. No\n3. Yes\n"
    pairs = [("Is ice lighter?", ["Yes"]), ("Is it so?", ["No"]), ("Is lead heavy?", ["Yes"])]
    located = locate_pairs(PageIndex(page), pairs)
    starts = [pair.answer_spans[0].start for pair in located if isinstance(pair, LocatedPair)]
    assert starts == [page.index("Yes"), page.index("No"), page.rindex("Yes")]


def test_letters_of_options_are_no_answers_to_find() -> None:
    gas, metal = "Which is a gas?\nA. iron\nB. neon", "Which is a metal?\nA. iron\nB. neon"
    page = f"Q: {gas}\nA: B\n\nQ: {metal}\nA: A\n"
    assert outcomes(page, (gas, "B"), (metal, "A")) == ["", ""]
    assert outcomes(page, (gas, "A"), (metal, "B")) == ["swapped", "swapped"]


def test_parts_of_an_exercise_share_its_introduction_but_not_their_answers() -> None:
    page = (
        "Exercise 4\nSimplify these terms and name the rule.\n(a) $2x + 3x$\n(b) $2x - 3x$\n\n"
        "Solution 4\n(a) $5x$ by collecting\n(b) $-x$ by collecting\n"
    )
    intro = "Simplify these terms and name the rule."
    first, second = f"{intro} $2x + 3x$", f"{intro} $2x - 3x$"
    assert outcomes(page, (first, "$5x$ by collecting"), (second, "$-x$ by collecting")) == ["", ""]
    assert outcomes(page, (first, "$-x$ by collecting"), (second, "$5x$ by collecting")) == [
        "swapped",
        "swapped",
    ]


def test_an_answer_may_have_passages_with_other_things_between() -> None:
    page = (
        f"{EDGES}\n\n{TWELVE}\n\nAdvertisement: cubes for sale\n\nFour are at the top.\n\n{FACES}\n"
    )
    [pair] = locate_pairs(PageIndex(page), [(EDGES, [TWELVE, "Four are at the top."])])
    assert isinstance(pair, LocatedPair)
    texts = [page[span.start : span.end].rstrip(".") for span in pair.answer_spans]
    assert texts == ["There are twelve of them", "Four are at the top"]


def test_accepted_reply_far_below_other_questions_stays() -> None:
    page = (
        "Why is the sky blue?\nasked by ina\n\n"
        "tomk: Why do you ask? Is it for school?\nIna: Yes, for school.\n\n"
        "Is the sky blue on Mars as well?\n\nben: No, it is butterscotch there.\n\n"
        "Reply by ada (accepted)\nShort waves are scattered more than long ones.\n"
    )
    sky = ("Why is the sky blue?", "Short waves are scattered more than long ones.")
    mars = ("Is the sky blue on Mars as well?", "No, it is butterscotch there.")
    assert outcomes(page, sky, mars) == ["", ""]
    assert outcomes(page, sky) == [""]


def test_questions_that_are_answered_together_are_no_swap() -> None:
    page = (
        "What is the mean of these data?\nWhat is their median?\n\n"
        "The mean is 12.5 and the median is 11, since the data lean to the right.\n"
    )
    answer = "The mean is 12.5 and the median is 11, since the data lean to the right."
    questions = ("What is the mean of these data?", "What is their median?")
    assert outcomes(page, *((question, answer) for question in questions)) == ["", ""]


@pytest.mark.parametrize(
    ("line", "kind", "path"),
    [
        ("Exercise 7: Search trees", "ask", "7"),
        ("Problem 7.1 A piece of ice", "ask", "7.1"),
        ("Solution A. We look", "answer", "a"),
        ("Answer to exercise 3: none", "answer", "3"),
        ("Q: What is it?", "ask", ""),
        ("12) Find x", "", "12"),
        ("7.2 From the law", "", "7.2"),
        ("(b) Find y", "", "b"),
    ],
)
def test_labels_are_read(line: str, kind: str, path: str) -> None:
    [label] = page_labels(f"Some words\n{line}\nand others")
    assert (label.kind, label.path) == (kind, path)


@pytest.mark.parametrize(
    "line", ["Answer the following", "A car moves", "Problem solving is fun", "1.5 kg", "(b)", "A"]
)
def test_words_and_numbers_that_label_nothing_are_no_labels(line: str) -> None:
    assert [label for label in page_labels(line) if label.end < len(line) - 3] == []


def test_label_and_nothing_else_is_a_label() -> None:
    assert all(map(is_label, ["2.", "Solution:", "3.1", "(b)", "Exercise 7", "• 4)"]))
    assert not any(map(is_label, ["24 km", "Solution: 4", "a pair", "0"]))


def test_a_page_of_questions_is_paired_in_no_time() -> None:
    pairs = [(f"What is {n} times {n}?", [f"It is {n * n}."]) for n in range(400)]
    text = "\n".join(f"{n}. {question}" for n, (question, _) in enumerate(pairs))
    text += "\nKey\n" + "\n".join(f"{n}. {answer[0]}" for n, (_, answer) in enumerate(pairs))
    started = time.process_time()
    located = locate_pairs(PageIndex(text), pairs)
    assert time.process_time() - started < 5
    assert all(isinstance(pair, LocatedPair) for pair in located)
