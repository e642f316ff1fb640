"""What counts as a leak, and what does not."""

from collections.abc import Sequence

import pytest

from gleanery.tasks.curation.benchmark_config import DecontaminationConfig
from gleanery.tasks.curation.benchmark_items import BenchmarkItem, Benchmarks
from gleanery.tasks.curation.leaks_build import build_index, index_digest
from gleanery.tasks.curation.leaks_find import find_leaks
from gleanery.tasks.curation.leaks_index import LeakIndex
from gleanery.tasks.dataset_records import Leak

LONG = (
    "A baker sells muffins in boxes of twelve and has seven boxes left over after the market "
    "closes on Saturday; how many muffins did she take home?"
)


def item(question: str, number: int = 0, **values: Sequence[str]) -> BenchmarkItem:
    return BenchmarkItem("b", str(number), question, **{k: tuple(v) for k, v in values.items()})


def index_of(*items: BenchmarkItem | str, **config: object) -> LeakIndex:
    made = [item(i, n) if isinstance(i, str) else i for n, i in enumerate(items)]
    return build_index(Benchmarks(tuple(made), ()), DecontaminationConfig.model_validate(config))


def leaks_in(text: str, *items: BenchmarkItem | str, **config: object) -> list[Leak]:
    return find_leaks([("t", text)], index_of(*items, **config))


def test_span_covers_all_that_is_shared_and_no_more() -> None:
    text = f"Ünrelated “words” first. Q7) {LONG.upper()} And 3 more."
    (leak,) = leaks_in(text, LONG)
    assert text[leak.start : leak.end] == leak.matched == LONG.upper().rstrip("?")
    assert (leak.kind, leak.side, leak.item_id, leak.item_text) == ("ngram", "question", "0", LONG)


def test_thirteen_words_in_a_row_are_a_leak_and_twelve_are_none() -> None:
    words = LONG.split()
    assert leaks_in("It begins: " + " ".join(words[3:16]), LONG)
    assert not leaks_in("It begins: " + " ".join(words[3:15]), LONG)
    assert leaks_in("It begins: " + " ".join(words[2:12]), LONG, n=10)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Why is the sky blue?", "Children ask. Why is the sky blue? Because it scatters light."),
        ("Why is the sky blue?", "12. Why is the sky blue?\n13. Why is grass green?"),
        (r"Compute $\sin 45^\circ$.", "(a) Compute sin 45°.\n"),
        (r"Compute $\sin 45^\circ$.", r"Q3) compute \(\sin 45^{\circ}\)."),
        ("What is 2 + 2?", "What is 2 + 2?"),
        ("FM stands for what?", "Question: FM stands for what?"),
        ("((5 + 4 - -1) * (6 - 7)) =", "we see that ((5 + 4 - -1) * (6 - 7)) = -10 and then"),
        (
            "The rate of acceleration is determined by",
            "so the rate of acceleration is determined by",
        ),
    ],
)
def test_short_questions_are_found_where_they_stand_by_themselves(question: str, text: str) -> None:
    (leak,) = leaks_in(text, question)
    assert leak.kind == "whole_text"
    assert leak.matched in text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Why is the sky blue?", "That is why is the sky blue today and was grey before."),
        ("What is 2 + 2?", "Nobody asks what is 2 - 2?"),
        ("What is 2 + 2?", "We know what is 2 + 2 + 5."),
        ("Which of the following is true?", "Which of the following is true?"),
        ("Which statement is false?", "(c) Which statement is false?"),
        ("What is the value of $x$?", "What is the value of $x$?"),
        ("Neural networks:", "Neural networks: an introduction"),
        ("The coronary arteries", "The coronary arteries\n"),
        ("Simplify 64/3.", "Simplify 64/3x and say why."),
    ],
)
def test_what_any_text_may_say_is_no_leak(question: str, text: str) -> None:
    assert leaks_in(text, question) == []


def test_counting_and_roman_numerals_are_no_leak() -> None:
    counting = "Find the sum 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 13 + 14 of these."
    choices = ["I only", "II only", "III only", "I and II only", "I, II, and III", "none of them"]
    asked = item("Which of the following holds for a field?", 1, choices=choices)
    page = "Pages: 1 2 3 4 5 6 7 8 9 10 11 12 13 14\nA. I only B. II only C. III only D. I and II "
    page += "only E. I, II, and III F. none of them"
    assert leaks_in(page, counting, asked) == []


def test_answers_and_choices_are_found_where_they_are_long_enough() -> None:
    solution = f"First we count the boxes. {LONG.rstrip('?')}. The result is 84."
    choice = "It moves towards the pole that has the opposite charge until the circuit is opened."
    asked = item("What happens to an ion?", answers=["84", solution], choices=["Nothing", choice])
    assert [leak.side for leak in leaks_in(f"Some say so. {solution}", asked)] == ["answer"]
    assert [leak.side for leak in leaks_in(f"B. {choice}", asked)] == ["choices"]
    assert leaks_in("The answer is 84. Nothing happens.", asked) == []
    assert leaks_in(f"B. {choice}", asked, sides=["question", "answer"]) == []


def test_short_question_is_found_with_its_choices_whatever_letters_they_have() -> None:
    asked = item(
        "Osteoclasts",
        choices=["deposit bone and differentiate early", "resorb bone from within the red marrow"],
    )
    deposits, resorbs = asked.choices
    for text in (
        f"Osteoclasts:\n(A) {deposits}\n(B) {resorbs}",
        f"Osteoclasts\n- {deposits}\n- {resorbs}",
    ):
        (leak,) = leaks_in(text, asked)
        assert leak.side == "choices"


def test_phrasing_that_many_items_share_is_no_sign_of_any() -> None:
    frame = "The following paragraph describes a set of objects that stand in a fixed order: "
    items = [f"{frame} object number {n} is a {'red ' * n} vase." for n in range(1, 8)]
    assert leaks_in(f"{frame} something else altogether.", *items) == []
    assert leaks_in(f"{frame} something else altogether.", *items[:3]) != []
    (leak,) = leaks_in(f"{frame} object number 2 is a red red vase.", *items)
    assert leak.item_id == "1"


def test_phrasing_that_questions_of_several_benchmarks_share_is_no_sign_of_any() -> None:
    frame = "The following paragraph describes a set of objects that stand in a fixed order: "
    items = [BenchmarkItem(f"b{n}", "0", f"{frame} object {n} is a vase.") for n in range(7)]
    assert leaks_in(f"{frame} something else altogether.", *items) == []
    assert leaks_in(f"{frame} something else altogether.", *items[:4]) != []


def test_question_that_many_benchmarks_have_is_one_question_and_is_told_for_all() -> None:
    twins = [BenchmarkItem(f"b{n}", "0", f"{LONG}{' ' * n}") for n in range(7)]
    assert len(leaks_in(f"Someone asks: {LONG}", *twins)) == len(twins)


STANDING = "where m and n are relatively prime positive integers. Find m + n."


def test_standing_phrase_is_no_sign_of_a_question_unless_it_is_much_of_it() -> None:
    longer = f"{LONG} The share that she eats at home can be written as m/n, {STANDING}"
    assert leaks_in(f"The slope of a certain line is m/n, {STANDING}", longer) == []
    assert leaks_in(f"The slope of a certain line is m/n, {STANDING}", f"It is m/n, {STANDING}")
    assert leaks_in(f"It says: {longer}", longer)


@pytest.mark.parametrize(
    ("opened", "closed"), [("[asy]", "[/asy]"), (r"\begin{tikzpicture}", r"\end{tikzpicture}")]
)
def test_code_of_a_drawing_is_no_sign_of_a_question_that_is_found_all_the_same(
    opened: str, closed: str
) -> None:
    code = "pair A, B, C; draw(circle(A, 2)); label(north, A); fill(triangle, gray); pen thick;"
    drawing = f"{opened} {code} {code.replace('gray', 'black')} {closed}"
    asked = f"What is the area of the shaded region? {drawing}"
    assert leaks_in(f"How long is the red line? {drawing}", asked) == []
    assert leaks_in(f"Exercise. {asked}", asked)
    assert leaks_in(LONG, f"{LONG} {drawing}")


def test_of_items_that_share_words_the_one_that_accounts_for_most_is_named() -> None:
    other = LONG.replace("how many muffins did she take home", "how many boxes did she sell")
    leaks = leaks_in(f"Here it is. {LONG}", other, LONG)
    assert [leak.item_id for leak in leaks] == ["1"]


def test_same_item_of_two_benchmarks_is_told_for_both() -> None:
    twin = BenchmarkItem("c", "x", LONG)
    assert [leak.benchmark for leak in leaks_in(LONG, item(LONG), twin)] == ["b", "c"]


def test_texts_keep_their_ids_and_order_over_batches() -> None:
    filler = "Nothing to see here. " * 20_000
    texts = [(f"t{n}", filler + LONG if n % 2 else filler) for n in range(6)]
    assert [leak.id for leak in find_leaks(texts, index_of(LONG))] == ["t1", "t3", "t5"]
    assert find_leaks([("empty", ""), ("blank", " \n")], index_of(LONG)) == []
    assert find_leaks([], index_of(LONG)) == []


def test_index_without_items_finds_nothing() -> None:
    assert leaks_in(LONG) == []


def test_digest_follows_what_decides_a_verdict() -> None:
    def digest(*items: BenchmarkItem, **config: object) -> str:
        return index_digest(Benchmarks(items, ()), DecontaminationConfig.model_validate(config))

    first = digest(item(LONG))
    assert first == digest(item(LONG)) == index_of(LONG).digest
    assert len({first, digest(item(LONG), n=10), digest(item(LONG + "!")), digest()}) == 4


def test_shorter_ngrams_find_all_that_longer_ones_do_and_need_words_that_tell() -> None:
    dull = "If 3 of the 7 are for sale at 40 each and the other 4 at 5, what is the sum of all?"
    assert leaks_in(f"It says: {dull}", dull, LONG, n=10)
    words = dull.split()
    assert leaks_in(" ".join(words[2:13]), dull, n=10) == []
    assert leaks_in("It begins: " + " ".join(LONG.split()[:10]), LONG, n=10)
