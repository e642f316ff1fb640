r"""Different writings of one text fold to the same words, and every word knows where it stood."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.curation.leaks_folding import fold, fold_with_origins


def words(text: str) -> list[str]:
    return fold(text).decode().split()


@pytest.mark.parametrize(
    "writings",
    [
        (r"$x^{2}$", "$x^2$", "x²", r"\(x^2\)", r"x ^ {2}"),
        (r"\frac{a}{b}", r"\dfrac{a}{b}", r"\tfrac{a}{b}", "a/b", "(a) / (b)"),
        (r"\frac12", "1/2", "½", r"\dfrac{1}{2}", r"\cfrac 1 2"),
        (r"\left( 3, \frac{\pi}{2} \right)", "(3, π/2)", r"(3,\,\pi / 2)"),
        (r"2 \times 3 \le 7", "2 × 3 ≤ 7", "2*3 <= 7", r"2 \cdot 3 \leqslant 7", "2·3⩽7"),
        (r"\text{if }x>2", "if x > 2", r"\mbox{if } x \gt 2"),
        (r"\sqrt{2}", "√2", "sqrt(2)", r"\sqrt 2"),
        (r"45^\circ", "45°", r"45^{\circ}"),
        ("1,000", "1000", "1000.0", r"1{,}000", r"1,\!000", r"1\,000", "1,000.00"),
        (r"\$5.00", "$5", "5"),
        (r"\theta", "θ", "Θ", r"\vartheta", "theta"),
        ("naïve Poincaré", "naive POINCARE", "nai\u0308ve Poincare\u0301"),
        ("don’t", "don't", "DON'T"),
        ("ﬁnd the ﬂow", "find the flow"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        (r"\nWhat is it?", "\nWhat is it?"),
        (r"\begin{array}{cl} a & b \\ c & d \end{array}", "a b c d"),
        ("Straße", "STRASSE"),
        ("a < b & c", "a &lt; b &amp; c", "a &#60; b &#x26; c", "a &amp;lt; b&nbsp;&amp;amp; c"),
        ("don’t", "don&#39;t", "don&rsquo;t", "don&amp;apos;t", r"don\u2019t"),
        ("½ of α", "&frac12; of &alpha;", r"\\frac{1}{2} of \\alpha"),
        ("fresh water", "<b>fresh</b> <a href='/w'>wat</a>er", "fresh<br/>water", "<P>fresh water"),
        ("fresh water", r"<a class=\"x\" href=\"/w\">fresh<\/a> water", "<td>fresh</td><td>water"),
        ("x²y", "x<sup>2</sup>y", "x<SUP>2</SUP>y"),
        ("10000 m", "10,000 m", "10\u2009000 m", "10\u202f000 m", "10&nbsp;000 m"),
        ("1234567", "1,234,567", "1\u2009234\u2009567", r"1\\,234\\,567", r"1,\\!234,\\!567"),
        ("its wavelength", "its wave-\nlength", "its wave-\n  length"),
        ("a rate of", "a [rate](https://example.org/Rate_(of)) of", 'a [rate](/r "The rate") of'),
        ("Что это?", "ЧТО ЭТО"),
    ],
)
def test_writings_of_one_text_are_the_same_words(writings: tuple[str, ...]) -> None:
    assert {text: words(text) for text in writings} == dict.fromkeys(writings, words(writings[0]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3.5", "35"),
        ("1.05", "1.5"),
        ("1,000,000", "1,000"),
        ("12,34", "1234"),
        ("2.0.1", "2.1"),
        ("12 000", "12000"),
        ("12\u20093450", "123450"),
    ],
)
def test_different_numbers_stay_different(one: str, other: str) -> None:
    assert words(one) != words(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if a<b and c>d", "if a b and c d"),
        ("a<b>", "a"),
        ("x<p and p>y", "x p and p y"),
        ("for i<n, j>m", "for i n j m"),
        ("f[0](3.5)", "f 0 3 5"),
        ("AT&T; R&D &unknown;", "at t r d unknown"),
        ("a -\nb, X-\nray, 3-\n4", "a b x ray 3 4"),
        (r"1 & 2 \\\\ 3 & 4 \\\\[2pt] \\\\\frac{5}{6}", "1 2 3 4 2pt 5 6"),
    ],
)
def test_what_only_looks_like_markup_stays(text: str, expected: str) -> None:
    assert " ".join(words(text)) == expected


def test_each_chinese_character_is_a_word() -> None:
    assert words("求x的值") == ["求", "x", "的", "值"]


def test_words_know_the_characters_that_they_come_from() -> None:
    text = r"Ünit: “\dfrac{α}{2}” of 1,000 kg’s"
    origins = fold_with_origins(text)
    spans, at = {}, 0
    for word in origins.folded.split():
        at = origins.folded.index(word, at)
        start, end = origins.span(at, at + len(word))
        spans[word.decode()] = text[start:end]
        at += len(word)
    assert spans == {
        "unit": "Ünit",
        "alpha": "α",
        "2": "2",
        "of": "of",
        "1000": "1,000",
        "kgs": "kg’s",
    }


PIECES = st.sampled_from(
    [
        *"aZ1 90.,'’\\{}$^_-α½²ﬁß日Ж\u00ad\u0301😀\x00\n",
        r"\frac",
        r"\!",
        "{,}",
        ".0",
        ",000",
        r"\text{",
        "\u2009",
        ",000 ",
        "-\n",
        r"\u00e9",
        *("&", "amp;", "&lt;", "&#39;", "&frac12;", "&#x1d4d0;", "&nbsp;"),
        *("<b>", "</b>", "<sup>", "<br />", "<a href='", "'>", "[", "](/x)", "](https://y)"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_traced_folding_is_folding(text: str) -> None:
    origins = fold_with_origins(text)
    assert origins.folded == fold(text)
    assert len(origins.starts) == len(origins.ends) == len(origins.folded)
    assert (origins.starts < origins.ends).all()


@given(st.lists(PIECES, max_size=20).map("".join))
def test_text_folds_alike_wherever_it_stands(text: str) -> None:
    assert words(f"Before it. {text} \n\nAfter it.") == [
        "before",
        "it",
        *words(text),
        "after",
        "it",
    ]


def test_real_texts_fold_alike_traced_and_not(shared_data: Path) -> None:
    with gzip.open(shared_data / "recall_seed" / "positives_docs.jsonl.gz") as file:
        for row, _ in zip(map(json.loads, file), range(300), strict=False):
            assert fold_with_origins(row["text"]).folded == fold(row["text"])
