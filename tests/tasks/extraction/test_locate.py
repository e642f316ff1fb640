"""Quotations are found through white space and typography, and never through a changed meaning."""

import time

import pytest

from gleanery.tasks.extraction.locate import PageIndex, find_quote

PAGE = r"""Home | Chapters | Forum
3.2 Motion on a line
Exercise 3.4 A cyclist rides 18 km in 45 minutes. What is the mean speed?
Exercise 3.5 A stone falls for $2\,\mathrm{s}$. How far does it fall?
Exercise 3.6 Simplify $x^{2} - 3.5 y \leq 10^{-3}$, if y isn't zero.
Solutions
3.4 $45\,\mathrm{min} = 0.75\,\mathrm{h}$, so $v = 18/0.75 = 24\,\mathrm{km/h}$.
3.5 $19.6$ m
3.6 It is not simpler.

Why does soap remove grease?
asked by lena, 3 votes
I know that oil and water do not mix. So what does the soap do?
tomk: because it's slippery lol
Reply by m_ross (accepted): A soap molecule has a polar head and a long nonpolar tail.
The tails dissolve in the grease, the heads stay in the water.

1. Mix the “acid” – slowly – with water.
2. Never pour water into the acid.
"""


@pytest.fixture(scope="module")
def page() -> PageIndex:
    return PageIndex(PAGE)


@pytest.mark.parametrize(
    "quote",
    [
        "A cyclist rides 18 km in 45 minutes.\nWhat is the mean speed",
        "a cyclist rides 18\u00a0km in 45 minutes. What is the mean speed?",
        "**A cyclist** rides 18 km in 45 minutes. What is the mean speed?",
        "Question: A cyclist rides 18 km in 45 minutes. What is the mean speed?",
        r"\(45\,\mathrm{min}=0.75\,\mathrm{h}\), so \(v=18/0.75=24\,\mathrm{km/h}\)",
        "45 min = 0.75 h, so v = 18 / 0.75 = 24 km/h.",
        "Simplify x² − 3.5y ≤ 10⁻³, if y isn’t zero.",
        "Simplify $x^2 - 3.5 y &le; 10^{-3}$, if y isn't zero",
        'Mix the "acid" - slowly - with water.',
        'Mix the "acid" — slowly — with wa\xadter. Never pour water into the acid.',
        "１９.６ m",
    ],
)
def test_quotation_in_other_typography_is_found(page: PageIndex, quote: str) -> None:
    assert find_quote(page, quote)


@pytest.mark.parametrize(
    "quote",
    [
        "A cyclist rides 13 km in 45 minutes. What is the mean speed?",
        "A cyclist rides 18 m in 45 minutes. What is the mean speed?",
        "45 min = 0.75 h, so v = 18 * 0.75 = 24 km/h.",
        "45 min = 7.5 h, so v = 18 / 0.75 = 24 km/h.",
        "Simplify x² + 3.5y ≤ 10⁻³, if y isn't zero.",
        "Simplify x² - 35y ≤ 10⁻³, if y isn't zero.",
        "Simplify x² - 3.5y ≥ 10⁻³, if y isn't zero.",
        "Simplify x² - 3.5y ≤ 10³, if y isn't zero.",
        "Simplify X² - 3.5y ≤ 10⁻³, if y isn't zero.",
        "Simplify x² - 3.5y ≤ 10⁻³, if y is zero.",
        "It is simpler.",
        "I know that oil and water do mix. So what does the soap do?",
        "A soap molecule has a polar head and the heads stay in the water.",
        "pour water into the acid.",
        "19",
        "9.6 m",
        "min",
        "",
    ],
)
def test_changed_or_cut_meaning_is_not_found(page: PageIndex, quote: str) -> None:
    assert find_quote(page, quote) is None


def test_spans_cover_what_was_quoted_and_leave_out_what_was_not(page: PageIndex) -> None:
    quote = (
        "Why does soap remove grease? I know that oil and water do not mix. "
        "So what does the soap do?"
    )
    spans = find_quote(page, quote)
    assert spans is not None
    assert [PAGE[span.start : span.end] for span in spans] == [
        "Why does soap remove grease",
        "I know that oil and water do not mix. So what does the soap do",
    ]


def test_occurrence_behind_the_given_offset_is_preferred() -> None:
    page = PageIndex("Simplify the fraction now please.\nNo.\nSimplify the fraction now please.\n")
    first, second = (
        find_quote(page, "Simplify the fraction now please"),
        find_quote(page, "Simplify the fraction now please", near=10),
    )
    assert first is not None
    assert second is not None
    assert (first[0].start, second[0].start) == (0, 38)


@pytest.mark.parametrize(
    "filler", ["-", "*", " ", "_", ".", "$", "(", "\\", "{", "\n", "1 ", "- ", "a. "]
)
def test_no_page_takes_long_to_search(filler: str) -> None:
    text = f"What is it? {filler * 20_000} It is here.\n" + f"{filler}word " * 2_000
    started = time.process_time()
    page = PageIndex(text)
    find_quote(page, "What is it? It is here.")
    find_quote(page, "word " * 40 + "is not here")
    assert time.process_time() - started < 5
