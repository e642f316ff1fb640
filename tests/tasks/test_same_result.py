"""Two results in any notation, against pairs that were checked by hand."""

import json
import random
from pathlib import Path

import pytest
import yaml

from gleanery.tasks.expressions import same_expression
from gleanery.tasks.final_result import final_result
from gleanery.tasks.result_notation import bare, value_of
from gleanery.tasks.same_result import same_result

HERE = Path(__file__).parent
EXPECTED = {"same": True, "different": False, "unknown": None}


def no_algebra(one: str, other: str) -> bool | None:
    return None


def table(name: str) -> list[tuple[str, str, bool | None]]:
    pairs = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return [(one, other, EXPECTED[kind]) for kind in pairs for one, other in pairs[kind]]


def mistakes(name: str) -> tuple[int, list[str], list[str]]:
    """Return how many comparisons were made, both ways round, and those wrong or given up."""
    pairs = table(name)
    pairs += [(other, one, expected) for one, other, expected in pairs]
    wrong, given_up = [], []
    for one, other, expected in pairs:
        found = same_result(one, other, same_expression)
        if found is not expected:
            (given_up if found is None else wrong).append(f"{one} | {other} | {found}")
    return len(pairs), wrong, given_up


def test_pairs_that_were_checked_by_hand_are_told_apart() -> None:
    count, wrong, given_up = mistakes("result_pairs.yaml")
    assert count >= 300
    assert not wrong
    assert not given_up


BLIND = [f"result_pairs_{name}.yaml" for name in ("held_out", "blind", "unseen", "later")]


@pytest.mark.parametrize("name", BLIND)
def test_pairs_written_blind_are_never_told_wrong_and_seldom_given_up(name: str) -> None:
    count, wrong, given_up = mistakes(name)
    assert not wrong
    assert len(given_up) <= 0.05 * count


def test_whole_answers_arrive_at_what_a_person_says() -> None:
    wrong, given_up = [], []
    pairs = table("result_answers.yaml")
    for answer, result, expected in pairs:
        arrived = final_result(answer)
        found = same_result(arrived.text, result, same_expression) if arrived else None
        if found is not expected:
            (given_up if found is None else wrong).append((answer, result, arrived))
    assert len(pairs) == 40
    assert not wrong
    assert len(given_up) <= 3, given_up


def test_decimals_that_differ_in_their_last_digit_are_different() -> None:
    draw = random.Random(3)
    for _ in range(500):
        number, places = draw.randint(100, 9999), draw.randint(1, 3)
        one, other = (f"{n / 10**places:.{places}f}" for n in (number, number + 1))
        assert same_result(one, other, no_algebra) is False, (one, other)


def test_what_needs_no_algebra_asks_for_none() -> None:
    for one, other in [
        ("50\\%", "0.5"),
        ("(3, \\infty)", "x > 3"),
        ("B", "(B) 12"),
        ("1,250", "1250"),
        ("1.5 million", "1,500,000"),
        ("x = 4, y = 2", "y = 2, x = 4"),
    ]:
        assert same_result(one, other, no_algebra) is True
    assert same_result("x^2", "x \\cdot x", no_algebra) is None


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("**$\\dfrac{1}{2}$.**", "\\frac{1}{2}"),
        ("\\left( 3, \\frac\\pi2 \\right)", "( 3, \\frac\\pi2 )"),
        ("\\(5\\,\\mathrm{m\\,s^{-2}}\\)", "5 m s^{-2}"),
        ("The answer is: $x\\leq3$", "x\\le3"),
        ("10,\\!236", "10,236"),
        ("√3/2", "\\sqrt{3}/2"),
    ],
)
def test_dress_is_taken_off(written: str, plain: str) -> None:
    assert bare(written) == plain


@pytest.mark.parametrize(
    ("equation", "value"),
    [
        ("P = 20/56 = 5/14 \\approx 0.357", "5/14"),
        ("x = 3", "3"),
        ("2x - y + 3 = 0", "2x - y + 3 = 0"),
        ("x = 2 or x = 3", "x = 2 or x = 3"),
        ("a \\le b", "a \\le b"),
    ],
)
def test_value_of_a_chain_is_its_exact_end(equation: str, value: str) -> None:
    assert value_of(equation) == value


def test_a_very_long_result_is_a_text_and_is_compared_by_its_letters_alone() -> None:
    assert same_result("1+" * 400 + "1", "401", same_expression) is None
    assert same_result("1+" * 400 + "1", "1 + " * 400 + "1", same_expression) is True


def test_random_pairs_of_benchmark_answers_are_not_taken_for_the_same(shared_data: Path) -> None:
    lines = (
        (shared_data / "benchmarks" / "math_test.jsonl").read_text(encoding="utf-8").splitlines()
    )
    answers = sorted({str(json.loads(line)["answer"]) for line in lines})
    draw = random.Random(5)
    pairs = [draw.sample(answers, 2) for _ in range(150)]
    assert not [pair for pair in pairs if same_result(*pair, same_expression)]
    for answer in answers[::20]:
        assert same_result(answer, f"$\\displaystyle {answer}$.", no_algebra) is True, answer
