"""Prompts and answers as the report shows them: long ones cut in the middle, and it is said."""

from gleanery.tasks.report_html import Html, tag


def text_box(text: str, longest: int) -> Html:
    """Return a text with its lines; of one longer than `longest`, its beginning and its end.

    An answer states its result at the end, so the middle is what can be spared.
    """
    if not text.strip():
        return tag("p", "(empty)", class_="nothing")
    if len(text) <= longest:
        return tag("div", text, class_="text", dir="auto")
    half = longest // 2
    cut = f" [… {len(text) - 2 * half:,} characters left out: see the file of items …] "
    left_out = tag("span", cut, class_="left-out")
    return tag("div", text[:half], left_out, text[-half:], class_="text", dir="auto")


def one_line(text: str, longest: int) -> str:
    """Return a text on one line, its end left out where it is long; "(empty)" for none."""
    line = " ".join(text[: 4 * longest].split())
    return (line if len(line) <= longest else f"{line[: longest - 1]}…") or "(empty)"
