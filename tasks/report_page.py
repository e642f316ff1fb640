"""A report as one HTML file: it needs no network and runs nothing but its own script.

Every report has this shell, the sheet `report_page.css` and the script `report_page.js`; what one
alone needs stands beside its own modules.
"""

import textwrap
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib.resources import files

from gleanery.tasks.report_html import Child, Html, tag

_OWN_SCRIPT = "  // What this report shows: its own script defines startBrowser.\n"

Section = tuple[str, str, Html]
"""A section's anchor, its title, and what stands in it."""


def render_page(
    name: str,
    *,
    title: str,
    header: Html,
    contents: Iterable[tuple[str, str]],
    chapters: Sequence[Child],
    script: str,
    style: str = "",
) -> str:
    """Return a report as one HTML document, to be written as UTF-8.

    `title` is the window's, `name` the footer's; `contents` are anchors with their titles. `script`
    defines `startBrowser()`; `style` adds to the sheet of all reports. Every text is escaped; the
    page's policy forbids all network, all scripts but this one, and all styles but this sheet.
    """
    sheet = own_file(__package__, "report_page.css") + style
    shell = own_file(__package__, "report_page.js")
    whole = shell.replace(_OWN_SCRIPT, textwrap.indent(script, "  "))
    policy = (
        f"default-src 'none'; script-src '{_hash(whole)}'; style-src '{_hash(sheet)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        Html(f"<style>{sheet}</style>"),
        Html(f"<script>{whole}</script>"),
    )
    links = [tag("li", tag("a", text, href=f"#{anchor}")) for anchor, text in contents]
    body = tag(
        "body",
        tag("a", "Skip to the content", href="#main", class_="skip"),
        header,
        tag("nav", tag("ul", *links), aria_label="Contents"),
        tag("main", *chapters, id="main"),
        tag("footer", tag("p", f"{name} · written by Gleanery")),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en').markup}\n"


def page_header(
    kicker: str, name: str, date: str, figures: Iterable[tuple[str, str, str]], *told: Child
) -> Html:
    """Return the head of a report: its name, its figures (name, value, detail), and what is told.

    The button that changes the colours is shown by the script.
    """
    return tag(
        "header",
        tag(
            "div",
            tag("p", kicker, class_="kicker"),
            tag("button", "Dark", type="button", id="theme", hidden=True),
            class_="top",
        ),
        tag("h1", name),
        tag("p", tag("time", date), class_="date"),
        tag("dl", *[_figure(*figure) for figure in figures], class_="figures"),
        *told,
    )


def chapter(heading: str, sections: Iterable[Section]) -> Html:
    """Return a heading with its sections."""
    shown = [
        tag("section", tag("h3", title, id=f"{anchor}-title"), body, id=anchor,
            aria_labelledby=f"{anchor}-title")
        for anchor, title, body in sections
    ]  # fmt: skip
    return tag("section", tag("h2", heading), *shown, class_="chapter")


def own_file(package: str, name: str) -> str:
    """Return a text that stands beside a package's modules."""
    return (files(package) / name).read_text(encoding="utf-8")


def _figure(name: str, value: str, detail: str) -> Html:
    detailed = tag("dd", detail, class_="detail") if detail else None
    return tag("div", tag("dt", name), tag("dd", value, class_="value"), detailed)


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
