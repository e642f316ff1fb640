"""Excerpts as markup: the marked spans stand out, and what was left out is said."""

from gleanery.tasks.release.report_samples import Excerpt
from gleanery.tasks.report_html import Child, Html, tag


def excerpt(shown: Excerpt) -> Html:
    """Return a text with its marks; its lines are kept, and it is written left to right or not."""
    return tag(
        "div",
        _left_out(shown.before),
        *[_piece(piece.text, piece.mark) for piece in shown.pieces],
        _left_out(shown.after),
        class_="text",
        dir="auto",
    )


def _piece(text: str, mark: str) -> Child:
    if mark == "gap":
        return tag("span", " … ", class_="left-out")
    return tag("mark", text, data_mark=mark) if mark else text


def _left_out(characters: int) -> Html | None:
    if not characters:
        return None
    return tag("span", f"[… {characters:,} characters]", class_="left-out")
