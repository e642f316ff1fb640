"""One page's HTML as text, in this process and without a limit on time."""

from dataclasses import dataclass
from typing import Any

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from gleanery.tasks.recall.formulas import (
    dollars_for_parentheses,
    has_formulas,
    rewrite_formulas,
    typesets_tex,
)
from gleanery.tasks.recall.licences import find_licence
from gleanery.tasks.recall.markup import declared_pairs
from gleanery.tasks.recall.page_blocks import lift_lists, uncover_solutions
from gleanery.tasks.recall.page_limits import PageLimits, PageRejected
from gleanery.tasks.records import MarkupPair


@dataclass(frozen=True, slots=True)
class PageText:
    """A rendered page. `language` is what the page declares, `licence` a short name, a URL or "".

    Only full renderings have a language, a licence and the pairs of schema.org markup.
    """

    text: str
    title: str
    language: str
    licence: str
    markup_pairs: tuple[MarkupPair, ...]


def render(html: str, limits: PageLimits) -> PageText:
    """Return a page's main content as text. Raises `PageRejected` if there is none or too much."""
    tree = _parse(html)
    return PageText(_extract(tree, limits), _title(tree), "", "", ())


def render_fully(html: str, limits: PageLimits, first: PageText | None = None) -> PageText:
    """Return a page's text with its formulas, hidden solutions, licence and declared pairs.

    `first` is what `render` gave for the page: the text of a page without formulas and hidden
    solutions is not extracted again. Raises `PageRejected` like `render`.
    """
    tree = _parse(html)
    pairs = tuple(declared_pairs(html, tree))
    licence = find_licence(tree.document)
    changed = uncover_solutions(tree)
    if has_formulas(html):
        changed |= rewrite_formulas(tree)
    text = first.text if first and not changed else _extract(tree, limits)
    if typesets_tex(html):
        text = dollars_for_parentheses(text)
    return PageText(text, _title(tree), _language(tree), licence, pairs)


# resiliparse takes some whole pages (threads of forums, say) for what surrounds a main content.
_NEXT_TO_NOTHING = 200  # characters
_NOTHING_MISSED = 10  # a page has at most so many times its main content in menus and footers


def _parse(html: str) -> HTMLTree:
    tree = HTMLTree.parse(html)
    if "<ul" in html:
        lift_lists(tree)
    return tree


def _title(tree: Any) -> str:
    return " ".join((tree.title or "").split())


def _language(tree: Any) -> str:
    root = tree.document.query_selector("html")
    return ((root.getattr("lang") or root.getattr("xml:lang") or "") if root else "").strip()


def _extract(tree: Any, limits: PageLimits) -> str:
    """Return the main content, or all of the page's text where next to nothing counts as main."""
    text = _plain(tree, main_content=True)
    if len(text) < _NEXT_TO_NOTHING:
        whole = _plain(tree, main_content=False)
        text = whole if len(whole) > _NOTHING_MISSED * max(1, len(text)) else text
    if not text:
        raise PageRejected("no_text", "the page shows no text")
    if len(text) > limits.text_characters:
        raise PageRejected("text_too_long", f"{len(text)} characters of text")
    return text


def _plain(tree: Any, main_content: bool) -> str:
    text: str = extract_plain_text(
        tree,
        preserve_formatting=True,
        main_content=main_content,
        list_bullets=True,
        alt_texts=True,
        comments=True,
        post_meta=True,
    )
    return text.strip()
