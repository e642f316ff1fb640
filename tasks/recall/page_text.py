"""Pages as text: what stands in the main content, in reading order.

Two steps, for speed: `first_text` is what a classifier scores; `full_text` is for pages that are
kept, and reads formulas, hidden solutions, licence and declared pairs from the page's tree too.
"""

from collections.abc import Callable

from gleanery.infra.losses import Loss
from gleanery.tasks.recall.page_encoding import decode_page
from gleanery.tasks.recall.page_limits import PageLimits, PageRejected, check_size, looks_heavy
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.render_apart import render_apart
from gleanery.tasks.recall.rendering import PageText, render, render_fully

DEFAULT_LIMITS = PageLimits()


def first_text(page: RawPage, limits: PageLimits = DEFAULT_LIMITS) -> PageText | Loss:
    """Return a page's text and title for scoring: no formulas, licence or pairs yet.

    The loss's reason is the limit that the page is beyond, or `no_text`.
    """
    return _rendered(page, limits, render)


def full_text(
    page: RawPage, limits: PageLimits = DEFAULT_LIMITS, first: PageText | None = None
) -> PageText | Loss:
    """Return a page's text with `$…$` formulas, code with its lines, lists and comments.

    The same page gives the same text, always; with its first text it is only faster. Losses as in
    `first_text`.
    """
    return _rendered(page, limits, render_fully, first)


def _rendered(
    page: RawPage, limits: PageLimits, render: Callable[..., PageText], *known: PageText | None
) -> PageText | Loss:
    try:
        text = decode_page(page.body or b"", page.charset) if page.text is None else page.text
        if not page.is_html:
            check_size(len(text), 0, limits)
            return PageText(text.strip(), "", "", "", ())
        tags = text.count("<")
        check_size(len(text), tags, limits)
        if looks_heavy(text, tags):
            return render_apart(render, limits, text, *known)
        return render(text, limits, *known)
    except PageRejected as error:
        return Loss(
            row_id=page.row_id,
            reason=error.reason,
            detail=f"{error.detail} {page.url}",
            source=page.source,
            offset=page.offset,
        )
