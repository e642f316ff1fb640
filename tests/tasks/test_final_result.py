# ruff: noqa: E501  (answers are one paragraph)
import json
import re
from pathlib import Path

import pytest

from gleanery.tasks.final_result import FinalResult, closes_with, final_result, mentions
from gleanery.tasks.same_result import same_result


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("So it is $\\boxed{\\{1, \\frac{2}{3}\\}}$.", "\\{1, \\frac{2}{3}\\}"),
        ("Twice said: $\\boxed{0.5}$, that is \\boxed{\\frac12}, so \\boxed{}.", "0.5"),
        ("The capital is Paris, which has 2 million inhabitants.", "The capital is Paris."),
        ("Paris, where 2 million people live", "Paris."),
        ("We look it up. The answer is Paris, which has 2 million people.", "Paris."),
        ("Divide the sum by the number of friends, which gives 8.", "8"),
        ("It is the sum of both halves, which is 8 m.", "8 m"),
        ("The train, which is late, takes 2 hours.", "2 hours"),
        ("She has 5 + 3 = 8 left.\n#### 8", "8"),
        ("Chlorophyll stands there. The answer is C) chloroplast.", "C"),
        ("C Chloroplasts hold the chlorophyll.", "C"),
        ("We add. The answer is $\\frac{7}{9}$. It is less than 1.", "\\frac{7}{9}"),
        ("Work it out.\n\n**Answer:** 42 apples", "42 apples"),
        ("42 m/s", "42 m/s"),
        ("The speed is 42 m/s.", "42 m/s"),
        ("x = 2 or x = 3", "x = 2 or x = 3"),
        ("Metaphase.", "Metaphase."),
        ("<think>7 or 8?</think>\nSo it is: <answer>42</answer>", "42"),
        ("<answer>We add both. The answer is 42 m.</answer>", "42 m."),
        ("\\boxed{12} is wrong, it should be \\boxed{13}.", "13"),
        ("So \\boxed{5}.\n\nWait, that is incorrect. The answer is 6.", "6."),
        ("The answer is 5. I made a sign error.\nThe answer is -5.", "-5."),
        ("Option B is wrong. The answer is 6.", "6."),
        ("She makes $18 every day.", "$18"),
    ],
)
def test_an_announced_result_is_found(answer: str, result: str) -> None:
    assert final_result(answer) == FinalResult(result, True)


def test_several_boxes_are_one_result_with_parts() -> None:
    answer = (
        "So it is $\\boxed{\\frac{1}{2}}$. First \\boxed{3}, then \\boxed{\\{1, \\frac{2}{3}\\}}."
    )
    parts = ("\\frac{1}{2}", "3", "\\{1, \\frac{2}{3}\\}")
    assert final_result(answer) == FinalResult(", ".join(parts), True, parts)


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (
            "First we multiply the two.\n$$P = \\frac{5}{8} \\cdot \\frac{4}{7} = \\frac{5}{14}.$$\n"
            "The probability is $\\frac{5}{14}$, about 36 %.",
            "\\frac{5}{14}",
        ),
        (
            "Adding both equations gives the two numbers. The pair is $x = 4$, $y = 2$.",
            "x = 4, y = 2",
        ),
        ("Thymine takes as much as adenine does, so the DNA contains 20 percent cytosine.", "20 %"),
        ("From rest the speed grows evenly, so the final speed is $42$ m/s at the end.", "42 m/s"),
        ("The multiplier is 4, because 0.8 divided by 0.2 is 4, and so it goes on and on.", "4"),
        (
            "Subtract the two and double what is left over. Therefore\n$$x = 8 - 1 = 7.$$",
            "x = 8 - 1 = 7",
        ),
        ("First, 3 + 4 = 7. Then 7 * 6 = 42.", "42"),
        ("She has 5 + 3 = 8 apples.", "8"),
        ("Adding them, we get the total of both, which we divide by the three to obtain 8.", "8"),
        (
            "Yes, because the sum of two even numbers is even, whichever two even ones they are.",
            "yes",
        ),
    ],
)
def test_a_result_that_closes_the_answer_is_found(answer: str, result: str) -> None:
    found = final_result(answer)
    assert found is not None
    assert (found.text.replace("percent", "%"), found.announced) == (result, False)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "The Moon turns once around its own axis in the same time in which it goes around the Earth.",
        "The train takes $5.0\\,\\mathrm{s}$ to stop and travels $62.5\\,\\mathrm{m}$ while braking.",
        "It is slightly too large, which one sees at once when one squares it: $5.1^2 = 26.01 > 26$.",
        "The capital is Paris, which has 2 million inhabitants and was founded by Celts, since 987 it is one.",
        "The city that was asked for lies on the Seine, and it is Paris, which has 2 million people.",
        "\\boxed{" + "x" * 1000 + "}",
        "(a) \\boxed{3}\n(b) \\boxed{4",
        "\\boxed{never closed, " + "{" * 50,
        "So we get \\boxed{5}. Hmm, but this is wrong: it ought to be more than 7.",
    ],
)
def test_where_nothing_is_certain_no_result_is_made_out(answer: str) -> None:
    assert final_result(answer) is None


def test_a_number_is_found_in_an_answer_whatever_its_notation() -> None:
    assert mentions("Half of it, $\\frac12$, is left.", "0.5")
    assert not mentions("A third of it is left.", "0.5")
    assert closes_with("It costs 3. So we pay 5/14 of it, as said.", "\\frac{5}{14}")
    assert not closes_with("We pay 5/14 of it. That is much.", "\\frac{5}{14}")
    assert closes_with("So the share is 5 percent.", "0.05")
    assert not closes_with("So the share is 5 percent.", "5")
    assert not closes_with("It is Paris, which has 2 million inhabitants.", "2")
    assert closes_with("So it takes 3 km.", "3 km")
    assert not closes_with("So it takes 3 km.", "7 m")


def test_a_number_of_thousands_of_digits_ends_nothing() -> None:
    result = final_result(f"We multiply them all, and what we get in the end is {'9' * 5000} m.")
    assert result is not None
    assert result.text.startswith("999")


def test_real_solutions_arrive_at_their_answer_with_and_without_its_mark(shared_data: Path) -> None:
    def outcomes(name: str, unmarked: bool) -> list[bool | None]:
        lines = (shared_data / "benchmarks" / name).read_text(encoding="utf-8").splitlines()[::5]
        found: list[bool | None] = []
        for row in map(json.loads, lines):
            solution = re.sub(r"<<[^>]*>>", "", row["solution"])
            if unmarked:
                solution = re.sub(r"\n?####.*", "", solution)
            result = final_result(solution)
            answer = str(row["answer"])
            found.append(same_result(result.text, answer, lambda a, b: None) if result else None)
        return found

    marked = [*outcomes("gsm8k_test.jsonl", False), *outcomes("math500.jsonl", False)]
    assert len(marked) > 350
    assert all(marked)
    unmarked = outcomes("gsm8k_test.jsonl", True)
    assert unmarked.count(True) > 0.93 * len(unmarked)
    assert unmarked.count(False) < 0.02 * len(unmarked)  # $0.25 for 25 cents
