"""Texts and numbers of a report, and markup that cannot be written unescaped."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.report_html import Html, UnsafeMarkup, join, tag
from gleanery.tasks.report_numbers import decimal, money, share
from gleanery.tasks.report_text import json_for_script, safe_url, shortened, visible

TEXTS = st.text(alphabet=st.characters(), max_size=200)  # half surrogate pairs too


@given(TEXTS)
def test_any_text_becomes_markup_without_a_character_that_opens_something(text: str) -> None:
    markup = tag("p", text, title=text).markup
    inside = markup.removeprefix("<p").removesuffix("</p>")
    assert inside.count("<") == 0
    assert inside.count(">") == 1
    assert inside.count('"') == 2
    markup.encode()


@given(TEXTS)
def test_json_of_any_text_reads_back_as_it_is_shown(text: str) -> None:
    written = json_for_script({text: [text, 1, None]})
    assert json.loads(written) == {visible(text): [visible(text), 1, None]}
    assert not set(written) & set("<>&\u2028\u2029")
    written.encode()


def test_ordinary_writing_of_any_script_is_left_alone() -> None:
    for text in ("naïve π ≈ 3", "שלום", "नमस्ते", "👩‍🔬 e\u0301", "tab\tand\nline", "می‌خواهم"):
        assert visible(text) == text


def test_what_cannot_be_seen_is_written_out() -> None:
    assert visible("a\u202eb\x00\ud800") == "a⟨U+202E⟩b⟨U+0000⟩⟨U+D800⟩"
    assert visible("one\r\ntwo\rthree") == "one\ntwo\nthree"


@pytest.mark.parametrize(
    "attribute",
    [
        {"onclick": "x"},
        {"ONLOAD": "x"},
        {"style": "x"},
        {"src": "x"},
        {"srcdoc": "x"},
        {"action": "x"},
        {"href": "javascript:x"},
        {"href": " https://example.org"},
        {"href": "//example.org"},
        {"href": "data:text/html,x"},
        {"href": "file:///etc"},
    ],
)
def test_attribute_that_could_act_is_refused(attribute: dict[str, str]) -> None:
    with pytest.raises(UnsafeMarkup):
        tag("a", "text", **attribute)


def test_children_of_all_kinds_are_joined_in_order() -> None:
    assert join(["<", Html("<b>"), None, ["x", tag("i", "&")]]).markup == "&lt;<b>x<i>&amp;</i>"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a?b=c&d=%20#e",
        "http://xn--bcher-kva.example:8080/",
        "HTTPS://EXAMPLE.org",
    ],
)
def test_ordinary_address_becomes_a_link(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt://example.org/%0Aalert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org",
        "/path",
        "https://",
        "https:///path",
        "http://[::1",
        "https://example.org/\u202egpj.exe",
        "https://example.org/a b",
        'https://example.org/"onclick=x',
        "https://example.org/" + "x" * 5000,
    ],
)
def test_address_that_is_none_or_could_act_stays_a_text(url: str) -> None:
    assert safe_url(url) == ""


def test_long_name_is_cut_to_one_line() -> None:
    assert shortened("a\n  b\tc") == "a b c"
    assert shortened("x" * 500) == "x" * 159 + "…"


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (0, 0, "–"),
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 3, "33.3 %"),
        (1, 1_000_000, "< 0.01 %"),
        (999_999, 1_000_000, "> 99.99 %"),
        (1, 200, "0.50 %"),
    ],
)
def test_share_keeps_a_digit_that_says_something(part: int, whole: int, written: str) -> None:
    assert share(part, whole) == written


def test_numbers_are_no_longer_than_what_they_say() -> None:
    shown = [decimal(one) for one in (None, float("nan"), 0, 0.5, 12.345, 1234.5, 0.00012, -3.0)]
    assert shown == ["–", "–", "0", "0.5", "12.35", "1,234", "0.00012", "-3"]
    assert [money(one, "USD") for one in (0, 1234.5, 0.42, 0.00231)] == [
        "0 USD", "1,234.50 USD", "0.42 USD", "0.0023 USD"
    ]  # fmt: skip
