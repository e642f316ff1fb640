import random
from collections.abc import Callable

import pytest

from gleanery.tasks.records import QAPair
from gleanery.tasks.refinement.context import source_excerpt

PAGE = "\n".join(f"Line {number} of a lecture on optics and waves." for number in range(400))


def spot(number: int) -> tuple[int, int]:
    start = PAGE.index(f"Line {number} ")
    return start, start + len(f"Line {number} of a lecture on optics and waves.")


def test_short_page_is_shown_whole(make_pair: Callable[..., QAPair]) -> None:
    assert source_excerpt(make_pair(), "short page", 100) == "short page"


def test_excerpt_surrounds_the_pair_on_both_sides(make_pair: Callable[..., QAPair]) -> None:
    excerpt = source_excerpt(make_pair(question_span=spot(200), answer_span=spot(203)), PAGE, 600)

    assert excerpt.startswith("[…]\n")
    assert excerpt.endswith("\n[…]")
    for number in range(198, 206):
        assert f"Line {number} " in excerpt
    assert len(excerpt) <= 600 + 2 * len("[…]\n")


def test_room_that_one_side_does_not_need_goes_to_the_other(
    make_pair: Callable[..., QAPair],
) -> None:
    excerpt = source_excerpt(make_pair(question_span=spot(1), answer_span=spot(2)), PAGE, 900)

    assert excerpt.startswith("Line 0 ")
    assert len(excerpt) > 800


def test_answer_far_from_its_question_is_shown_too(make_pair: Callable[..., QAPair]) -> None:
    excerpt = source_excerpt(make_pair(question_span=spot(10), answer_span=spot(390)), PAGE, 600)

    assert "Line 10 of a lecture on optics and waves." in excerpt
    assert "Line 390 of a lecture on optics and waves." in excerpt
    assert "\n[…]\n" in excerpt
    assert "Line 200 " not in excerpt


def test_pair_that_its_page_declares_in_markup_is_looked_up(
    make_pair: Callable[..., QAPair],
) -> None:
    page = PAGE.replace("Line 300 ", "What is an interference pattern? ")
    pair = make_pair("What is an interference pattern?", "Bright and dark fringes.")

    assert "interference pattern" in source_excerpt(pair, page, 500)
    assert source_excerpt(make_pair("Not shown?"), page, 500).startswith("Line 0 ")


def test_span_outside_the_text_names_the_pair(make_pair: Callable[..., QAPair]) -> None:
    with pytest.raises(ValueError, match=r"pair-1.*document-1"):
        source_excerpt(make_pair(question_span=(5, 500)), "another text", 100)


def test_any_spans_give_an_excerpt_of_bounded_size_that_cuts_no_word(
    make_pair: Callable[..., QAPair],
) -> None:
    draw = random.Random(4)
    words = set(PAGE.split()) | {"[…]"}
    for _ in range(500):
        starts = sorted(draw.sample(range(len(PAGE) - 200), 2))
        spans = [(start, start + draw.randrange(200)) for start in starts]
        limit = draw.choice([150, 600, 4_000])
        pair = make_pair(question_span=spans[0], answer_span=spans[1])
        excerpt = source_excerpt(pair, PAGE, limit)

        assert len(excerpt) <= limit + 3 * len("\n[…]\n")
        if limit == 4_000:
            assert set(excerpt.split()) <= words
