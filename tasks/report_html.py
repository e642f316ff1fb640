"""HTML that is safe by how it is built: every text becomes markup only through `tag`, escaped.

Text from the web is hostile, so a template in which somebody can forget to escape is not used.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Union

from gleanery.tasks.report_text import visible

_VOID = {"meta", "link", "input"}  # shapes in an SVG are closed like any other element
_SAFE_LINK = re.compile(r"(https?://|#|data:,$|\./[\w-]+\.[\w-]+$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Html:
    """Finished markup; only this module and the page itself make it from a plain string."""

    markup: str


Child = Union[Html, str, None, Iterable["Child"]]  # noqa: UP007 (a string inside cannot use |)
Attribute = str | int | float | bool | None


class UnsafeMarkup(ValueError):
    """An element or attribute that a report must not have."""


def tag(element: str, *children: Child, **attributes: Attribute) -> Html:
    """Return an element; `class_` is class, `stroke_width` stroke-width, `True` a bare attribute.

    Raises `UnsafeMarkup` for inline handlers, inline styles, sources, and links that are neither
    http(s) nor to a place in the report: whatever the caller was handed, these cannot be written.
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if element in _VOID:
        return Html(f"<{element}{written}>")
    return Html(f"<{element}{written}>{join(children).markup}</{element}>")


def join(children: Child) -> Html:
    """Return the markup of children one after the other, texts among them escaped."""
    if children is None:
        return Html("")
    if isinstance(children, Html):
        return children
    if isinstance(children, str):
        return Html(escape(visible(children)))
    return Html("".join(join(child).markup for child in children))


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    lowered = written.lower()
    if lowered.startswith("on") or lowered in {"style", "src", "srcdoc", "srcset", "action"}:
        raise UnsafeMarkup(f"a report has no attribute {written}")
    if value is True:
        return f" {written}"
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    if lowered == "href" and not _SAFE_LINK.match(text):
        raise UnsafeMarkup(f"a report has no link to {text[:80]!r}: use http(s) or a place in it")
    return f' {written}="{escape(visible(text), quote=True)}"'
