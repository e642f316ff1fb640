"""Chunks: whole at the seams, the same every time, and nothing of a page left out."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.tasks.extraction.chunks import split_page
from gleanery.tasks.extraction.config import ExtractionConfig

SMALL = ExtractionConfig(chunk_characters=600, overlap_characters=120)


def exercises(count: int) -> str:
    return "\n\n".join(
        f"Exercise {n}\nA train of mass $m = {n}\\,\\mathrm{{t}}$ brakes for {n} s. How far does "
        f"it go?\nSolution. It goes {n * n} m, since $$s = \\frac{{1}}{{2}} a t^2 = {n * n}.$$"
        for n in range(1, count + 1)
    )


def test_a_page_that_fits_is_one_chunk() -> None:
    [chunk] = split_page("short page", SMALL)
    assert (chunk.start, chunk.text) == (0, "short page")


def test_every_exercise_is_whole_in_one_of_the_chunks() -> None:
    text = exercises(30)
    chunks = split_page(text, SMALL)
    assert len(chunks) > 5
    for exercise in text.split("\n\n"):
        assert any(exercise in chunk.text for chunk in chunks)


def test_no_cut_falls_inside_a_formula() -> None:
    for chunk in split_page(exercises(30), SMALL):
        assert chunk.text.count("$$") % 2 == 0
        assert len(re.findall(r"(?<!\$)\$(?!\$)", chunk.text)) % 2 == 0


def test_an_unbroken_stretch_is_cut_before_the_formula_that_crosses_the_limit() -> None:
    text = "x" * 550 + "$" + "a+" * 40 + "b$" + "y" * 300
    assert split_page(text, SMALL)[0].text == "x" * 550


def test_no_cut_falls_inside_a_code_block() -> None:
    code = "```\n" + "\n\n".join(f"line({n})" for n in range(25)) + "\n```"
    text = "\n\n".join(["Some words about loops. " * 12, code] * 6)
    for chunk in split_page(text, SMALL):
        assert chunk.text.count("```") % 2 == 0


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab $\n.1", max_size=4000))
def test_chunks_cover_the_page_in_order_and_within_the_limit(text: str) -> None:
    chunks = split_page(text, SMALL)
    covered = 0
    for chunk in chunks:
        assert chunk.start <= covered
        assert text[chunk.start : chunk.start + len(chunk.text)] == chunk.text
        assert len(chunk.text) <= SMALL.chunk_characters
        covered = chunk.start + len(chunk.text)
    assert covered == len(text)
    assert chunks == split_page(text, SMALL)
