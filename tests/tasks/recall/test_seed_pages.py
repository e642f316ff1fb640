"""Pairs become pages that hold every question and answer, in the forms that pages take."""

from gleanery.tasks.recall.features import FEATURES, structure
from gleanery.tasks.recall.seed_pages import SeedPagesConfig, SeedPair, assemble_pages

EXERCISES = [
    SeedPair(f"Find the area of square {n}.", f"It is {n * n}.", f"Chapter {n // 20}", "book")
    for n in range(1, 200)
]
THREADS = [
    SeedPair(f"Why does pump {n} stop?\nIt stops at night.", f"Valve {n} sticks.",
             f"Why does pump {n} stop?", "forum")
    for n in range(40)
]  # fmt: skip
HOST = "\n\n".join(
    f"Paragraph {n} of a page on travel, with a beach and a hotel." for n in range(50)
)


def test_every_pair_of_a_page_is_on_it() -> None:
    pages = assemble_pages(EXERCISES, [HOST], SeedPagesConfig())
    text = "\n".join(page for page, _, _ in pages)
    assert all(pair.question in text and pair.answer in text for pair in EXERCISES)


def test_pages_are_positive_and_named_after_their_source() -> None:
    pages = assemble_pages(EXERCISES + THREADS, [], SeedPagesConfig())
    assert {(label, source) for _, label, source in pages} == {(True, "book"), (True, "forum")}


def test_half_of_the_exercises_stand_in_other_prose_and_no_thread_does() -> None:
    pages = assemble_pages(EXERCISES + THREADS, [HOST], SeedPagesConfig())
    book = ["on travel" in page for page, _, source in pages if source == "book"]
    forum = ["on travel" in page for page, _, source in pages if source == "forum"]
    assert 0.25 < sum(book) / len(book) < 0.75
    assert not any(forum)


def test_blocks_keep_their_order_in_the_prose() -> None:
    config = SeedPagesConfig(embedded_share=1.0)
    for page, _, _ in assemble_pages(EXERCISES, [HOST], config):
        places = [page.find(pair.question) for pair in EXERCISES if pair.question in page]
        assert places == sorted(places)


def test_a_thread_shows_replies_and_exercises_do_not() -> None:
    replies = [name for name, _ in FEATURES].index("replies")
    pages = assemble_pages(EXERCISES + THREADS, [], SeedPagesConfig())
    assert all(
        (structure(page.lower())[replies] > 0) == (site == "forum") for page, _, site in pages
    )


def test_no_source_gives_more_pages_than_allowed_and_the_choice_is_repeatable() -> None:
    config = SeedPagesConfig(pages_per_source=10)
    pages = assemble_pages(EXERCISES + THREADS, [HOST], config)
    assert [source for _, _, source in pages].count("book") == 10
    assert [source for _, _, source in pages].count("forum") == 10
    assert pages == assemble_pages(EXERCISES + THREADS, [HOST], config)
