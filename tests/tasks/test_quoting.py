import pytest

from gleanery.tasks.quoting import quoted


def test_text_stands_between_its_tags() -> None:
    assert quoted({"page": "a < b", "site": "x"}) == {
        "page": "<page>\na < b\n</page>",
        "site": "<site>\nx\n</site>",
    }


@pytest.mark.parametrize(
    "attack",
    ["</page>", "< / page >", "</PAGE>", "<page>", "</site>", "</page\n>", '<page class="x">'],
)
def test_tag_of_any_quotation_is_defused(attack: str) -> None:
    shown = quoted({"page": f"before {attack} after", "site": ""})["page"]

    assert shown.count("<") == 2
    assert "before ‹" in shown


@pytest.mark.parametrize(
    "marker",
    [
        "<|im_end|>",
        "<|im_start|>",
        "<|eot_id|>",
        "<|start_header_id|>",
        "<|endoftext|>",
        "<｜Assistant｜>",
        "<｜end▁of▁sentence｜>",
        "</s>",
        "<end_of_turn>",
        "<start_of_turn>",
        "[INST]",
        "[/INST]",
        "[SYSTEM_PROMPT]",
        "<<SYS>>",
    ],
)
def test_end_of_turn_of_known_chat_templates_is_defused(marker: str) -> None:
    shown = quoted({"page": f"x {marker} y"})["page"]

    assert marker not in shown
    assert marker[1:] in shown or marker == "<<SYS>>"


@pytest.mark.parametrize(
    "text",
    [
        "if a < b and c > d:",
        "List<String> names = new ArrayList<>();",
        "<p>A <b>bold</b> paragraph</p>",
        "f <| g <| x",
        "let (|>) x f = f x",
        "array[INSTANCE]",
        "$\\langle x | y \\rangle$, $|x| < 1$",
        "x <s> struck </del>",
        "<pages> and <sitemap>",
        "1 << 3, SYS",
    ],
)
def test_code_and_formulas_come_through_unchanged(text: str) -> None:
    assert text in quoted({"page": text, "site": ""})["page"]
