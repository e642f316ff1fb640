import re
import time
import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.curation.normalise import plain_words, spelt_out, words_and_signs

SAME = [
    ("What is 2*(3 + 4)?", "what is  2 * (3+4)"),
    ("Don’t “quote” it – ever…", 'don\'t "quote" it - ever'),
    ("A **well-known** _fact_.", "a well known fact"),
    ("ﬁnd the STRASSE", "Find the Straße"),
    ("Caf\u00e9", "cafe\u0301"),
    ("\uff11\uff12\uff0b\uff13", "12+3"),
    ("x² − 5½", "x^2 - 5 1/2"),
    ("soft\u00adhyphen\u200b", "softhyphen"),
    ("## Heading\n---\ntext", "heading text"),
    ("f′(x)", "f'(x)"),
    ("Hi there!", "hi, there"),
    ("数学は、楽しい。", "数学は楽しい"),
    ("INTRODUCTION TO ALGEBRA", "Introduction to algebra"),
    ("What Is the Sum of It, and Why?", "what is the sum of it, and why?"),
    ("A cat and a dog. I think so.", "a cat and A dog. i think so."),
    ("A\ncat", "a  cat"),
    ("DON'T SAY IT'S MINE, I'M SURE", "don't say it's mine, I'm sure"),
    ("Ann pays $5 and Bob $7.", "ANN PAYS $5 AND BOB $7."),
    ("Élan Вода", "élan вода"),
    ("- wash it\n- dry it", "wash it\ndry it"),
    ("* wash it\n  + dry it", "wash it\ndry it"),
    ("> A **dog**, I think,\n>> and\n> - a cat", "a dog, i think, and a cat"),
    ("To do: - wash it. * Dry it", "to do: wash it. dry it"),
    ("this  -  that", "this - that"),
    ("A  dog", "a dog"),
    ("A 5 m rope", "a 5 m rope"),
    ("WHAT IS IT ALL ABOUT?", "what is it all about?"),
    ("What Is It Of A Dog?", "what is it of a dog?"),
    ("GitHub or JavaScript", "github or JAVASCRIPT"),
    ("It Is La Maison", "it is la maison"),
]
DIFFERENT = [
    ("2 * (3 + 4)", "2 * 3 + 4"),
    ("3 - 4", "3 + 4"),
    ("C#", "C"),
    ("C++", "C"),
    ("f'(x)", "f(x)"),
    (".5 + 1", "5 + 1"),
    ("1.5", "1 5"),
    ("5!", "5"),
    ("n! = 1", "n = 1"),
    ("n != 1", "n = 1"),
    ("x-y", "x y"),
    ("x - y", "x y"),
    ("|x|", "x"),
    ("x²", "x2"),
    ("a == b", "a b"),
    ("für", "fur"),
    ("≤ 3", "≥ 3"),
    ("AA x aa", "Aa x Aa"),
    ("AaBb x AaBb", "aabb x aabb"),
    ("5 MW", "5 mW"),
    ("5MW", "5mW"),
    ("5 MWh", "5 mWh"),
    ("pH", "PH"),
    ("Co", "CO"),
    ("2 CO + O2", "2 Co + O2"),
    ("GaAs", "gaas"),
    ("solve X", "solve x"),
    ("Find A.", "Find a."),
    ("A = 5", "a = 5"),
    ("find A", "find a"),
    ("$Sum$ is", "$sum$ is"),
    ("$$Sum$$ is", "$$sum$$ is"),
    (r"\(Sum\) is", r"\(sum\) is"),
    ("print `Name`", "print `name`"),
    ("```\nName\n```", "```\nname\n```"),
    ("Δ", "δ"),
    ("12\n- 5", "12\n+ 5"),
    ("12\n- 5", "12\n5"),
    ("2x\n- y", "2x\n+ y"),
    ("x\n>= 5", "x\n= 5"),
    ("x > 5", "x 5"),
    ("```\ncost\n+ tax\n```", "```\ncost\n* tax\n```"),
    ("X ≤ 5", "x ≤ 5"),
    ("convert Mg to mg", "convert mg to Mg"),
    ("2 NO + CO", "2 No + Co"),
    ("Aa x Aa", "aa x aa"),
    ("What is CO?", "What is Co?"),
    ("1. yes", "2. yes"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_typography_and_markup_do_not_count(one: str, other: str) -> None:
    assert spelt_out(one) == spelt_out(other) != ""


PLAIN = [
    ("3 - 5", "3 + 5"),
    ("f'(x) > X.", "F x x"),
    ("- one\n> # two\n  three", "ONE _two_ **three**"),
    ("for x in y:\n    z", "for x in y: z"),
    ("Straße: ﬁnd Вода ≤ Δ", "STRASSE find вода δ"),
    ("数学は、楽しい。", "数学は 楽しい"),
    ("cafe\u0301 soft\u00adhyphen", "Café softhyphen"),
    ("ⓐ Foo™ a", "foo a"),
    ("\ud800 a", "a"),
]
OTHER_WORDS = [("a b", "ab"), ("für", "fur"), ("数学", "学数"), ("1", "2"), ("का", "की"), ("x", "")]


def plain(text: str) -> list[int]:
    return [int(word) for word in plain_words([text]).hashes]


@pytest.mark.parametrize(("one", "other"), PLAIN)
def test_plain_words_leave_out_case_signs_and_lines(one: str, other: str) -> None:
    assert plain(one) == plain(other) != []


@pytest.mark.parametrize(("one", "other"), OTHER_WORDS)
def test_plain_words_tell_letters_and_digits_apart(one: str, other: str) -> None:
    assert plain(one) != plain(other)


@given(st.text(st.characters(codec="ascii") | st.sampled_from("éßñЖя")))
def test_plain_words_are_runs_of_letters_and_digits(text: str) -> None:
    words = re.findall(r"[^\W_]+", text.casefold())
    found = plain(text)
    assert len(found) == len(words)
    assert len(set(zip(words, found, strict=True))) == len(set(words)) == len(set(found))


LOOP = "for row in rows:\n    add(row)\n    show(row)\n"
OTHER_LOOP = "for row in rows:\n    add(row)\nshow(row)\n"


@pytest.mark.parametrize("frame", ["{}", "What does this print?\n\n{}", "Run:\n```python\n{}```"])
def test_indentation_of_code_counts_by_its_depth(frame: str) -> None:
    one, other = frame.format(LOOP), frame.format(OTHER_LOOP)
    narrow, tabs = LOOP.replace("    ", "  "), LOOP.replace("    ", "\t")
    words = [words_and_signs([text]).hashes.tolist() for text in (one, other)]
    assert [a == b for a, b in zip(*words, strict=True)].count(False) == 1
    for same in (narrow, tabs):
        assert words_and_signs([frame.format(same)]).hashes.tolist() == words[0]


def test_indentation_of_prose_does_not_count() -> None:
    texts = ["To do:\n   wash it\n dry it", "To do:\nwash it\ndry it", "  To do: wash it dry it"]
    assert len({tuple(words_and_signs([text]).hashes.tolist()) for text in texts}) == 1


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "> ",
        "- A ",
        "Aa AB ",
        "$",
        "$a ",
        "`",
        "```",
        "\\(",
        "\\[a",
        "if a:\n b\n",
        "for",
        "\n ",
    ],
)
def test_hostile_length_takes_no_hostile_time(piece: str) -> None:
    started = time.process_time()
    words_and_signs([piece * (60_000 // len(piece)), "\n" + piece])
    plain_words([piece * (60_000 // len(piece))])
    assert time.process_time() - started < 3


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_signs_of_mathematics_and_code_count(one: str, other: str) -> None:
    assert spelt_out(one) != spelt_out(other)


def test_letters_of_scripts_without_spaces_are_words() -> None:
    assert spelt_out("楽しい math").split() == ["楽", "し", "い", "math"]
    assert spelt_out("русский язык").split() == ["русский", "язык"]


@given(st.text())
def test_any_text_is_read_and_its_composition_does_not_count(text: str) -> None:
    assert spelt_out(unicodedata.normalize("NFD", text)) == spelt_out(text)


@given(st.text("abcdeghé .,!\n", max_size=40))
def test_case_of_longer_words_does_not_count(text: str) -> None:
    words = re.sub(r"\b\w{1,2}\b", "", text)
    assert spelt_out(words) == spelt_out(words.upper()) == spelt_out(words.title())


@given(st.lists(st.text("aB1 .-*=~'#!)é\n", max_size=12), max_size=6))
def test_texts_are_read_the_same_alone_and_in_a_batch(texts: list[str]) -> None:
    together = words_and_signs(texts)
    alone = [words_and_signs([text]).hashes.tolist() for text in texts]
    starts = together.offsets.tolist()
    assert [together.hashes[a:b].tolist() for a, b in pairwise(starts)] == alone


@given(st.lists(st.text("aB1 .-*=~'#!)é(", max_size=20), max_size=4))
def test_hashed_words_are_those_spelt_out_each_with_the_signs_before_it(texts: list[str]) -> None:
    words = [WITH_SIGNS.findall(spelt_out(text).replace(" ", "\0")) for text in texts]
    every = [word.replace("\0", "") for own in words for word in own]
    found = words_and_signs(texts)
    assert np.diff(found.offsets).tolist() == [len(own) for own in words]
    assert len(set(zip(every, found.hashes.tolist(), strict=True))) == len(set(every))
    assert len(set(found.hashes.tolist())) == len(set(every))


WITH_SIGNS = re.compile(r"(?:[^\w\0.]\0?)*(?:[\w.]|(?<=[A-Za-zéÉ])#)+|(?:[^\w\0]\0?)+")


def test_lone_surrogates_break_nothing() -> None:
    assert spelt_out("a \ud800 b").split() == ["a", "b"]
