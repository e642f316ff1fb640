import pytest

from gleanery.tasks.control_characters import without_control_characters


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x00b\x07c\x1b[d\x7f", "abc[d"),
        ("caf\u00e9\ufffd \x85\x9fau lait", "café au lait"),
        ("\ufeffFirst\uffff\ufdd0\ud800", "First"),
    ],
)
def test_what_is_no_text_is_taken_out(text: str, clean: str) -> None:
    assert without_control_characters(text) == clean


@pytest.mark.parametrize(
    "text",
    ["", "a\tb\r\n\nc", "नमस्ते क्‍ष", "👩‍🔬", "می‌خواهم", "\u00a0\u2028", "∑ 中文 🙂", "\U0010ffff"],
)
def test_all_else_stays(text: str) -> None:
    assert without_control_characters(text) == text
