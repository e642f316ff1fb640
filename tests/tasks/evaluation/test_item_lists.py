"""Which items are listed and written: each where it belongs, all of them in the file."""

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from evaluation_sample import scored, two_models

from gleanery.tasks.evaluation.item_lists import item_lists
from gleanery.tasks.evaluation.item_outcomes import reported_items


def test_every_item_is_in_the_lists_that_it_belongs_to() -> None:
    lists = {(one.benchmark, one.kind, one.label): one for one in item_lists(two_models(), 500)}
    counts = {key: one.total for key, one in lists.items()}
    assert counts == {
        ("gsm8k", "won", "tuned"): 30,
        ("gsm8k", "lost", "tuned"): 5,
        ("gsm8k", "both_wrong", "tuned"): 15,
        ("gsm8k", "unparseable", "base"): 1,
        ("gsm8k", "unparseable", "tuned"): 1,
        ("theoremqa", "won", "tuned"): 1,
        ("theoremqa", "lost", "tuned"): 1,
        ("theoremqa", "both_wrong", "tuned"): 5,
    }
    lost = lists["gsm8k", "lost", "tuned"]
    assert [shown.answers[1][1].id for shown in lost.shown] == [f"sums/{n}" for n in range(5)]
    assert all(
        [(label, answer.correct) for label, answer in shown.answers] == [("base", 1), ("tuned", 0)]
        for shown in lost.shown
    )
    assert len({one.anchor for one in lists.values()}) == len(lists)


def test_long_list_is_drawn_the_same_way_each_time_and_not_from_its_beginning() -> None:
    first, again = (item_lists(two_models(), 6) for _ in range(2))
    assert first == again
    won = next(one for one in first if (one.benchmark, one.kind) == ("gsm8k", "won"))
    numbers = [int(shown.answers[1][1].id.split("/")[1]) for shown in won.shown]
    assert (won.total, len(numbers)) == (30, 6)
    assert numbers == sorted(numbers)
    assert max(numbers) > 30


def test_single_model_has_lists_of_what_it_has_wrong() -> None:
    alone = {"base": two_models()["base"]}
    kinds = [(one.benchmark, one.kind, one.total) for one in item_lists(alone, 3)]
    assert kinds == [("gsm8k", "wrong", 45), ("gsm8k", "unparseable", 1), ("theoremqa", "wrong", 6)]


def test_item_that_the_base_has_not_answered_is_neither_won_nor_lost() -> None:
    items = {
        "base": [scored(1, True)],
        "tuned": [scored(1, True), scored(2, True), scored(3, False)],
    }
    assert [one.outcome for one in reported_items(items)] == [
        "right", "both_right", "right", "wrong"
    ]  # fmt: skip
    (listed,) = item_lists(items, 5)
    assert (listed.kind, len(listed.shown[0].answers)) == ("wrong", 1)


def test_file_has_every_answer_of_every_model_with_what_became_of_it() -> None:
    items = two_models()
    rows = list(reported_items(items))
    assert len(rows) == 2 * 68
    assert [row.answer for row in rows] == [item.answer for of in items.values() for item in of]
    outcomes = Counter((row.label, row.outcome) for row in rows)
    assert outcomes["tuned", "won"] == 31
    assert outcomes["tuned", "lost"] == 6
    assert outcomes["base", "right"] == 17
