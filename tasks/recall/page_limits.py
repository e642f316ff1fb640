"""Limits on one page, each with the reason under which a page beyond it is rejected."""

from pydantic import Field

from gleanery.infra.config import Config


class PageLimits(Config):
    """How large, how complex and how slow a page may be."""

    page_bytes: int = Field(
        4 * 2**20, ge=1024, le=2**30, description="Largest page in bytes (`page_too_large`)."
    )
    page_tags: int = Field(
        200_000, ge=100, description="Most `<` signs in a page (`page_too_complex`)."
    )
    page_seconds: int = Field(
        10, ge=1, le=600, description="Most CPU seconds for one page (`page_too_slow`)."
    )
    text_characters: int = Field(
        2_000_000, ge=1000, description="Longest rendered text (`text_too_long`)."
    )


class PageRejected(ValueError):
    """The page is beyond a limit, or has no text; `reason` says which."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


def check_size(size: int, tags: int, limits: PageLimits) -> None:
    """Raise `PageRejected` for a page of `size` bytes (or characters) and `tags` tags."""
    if size > limits.page_bytes:
        raise PageRejected("page_too_large", f"{size} of at most {limits.page_bytes} bytes")
    if tags > limits.page_tags:
        raise PageRejected("page_too_complex", f"{tags} of at most {limits.page_tags} tags")


_HEAVY_TAGS = 10_000  # measured: what has fewer takes 10 ms as a rule, and 1 s at its worst
_HEAVY_CHARACTERS = 512 << 10
_WINDOW = 64 << 10
_PLAIN = ("<script", "<style", "<!--", "<SCRIPT", "<STYLE", "<textarea", "<noscript")


def looks_heavy(html: str, tags: int) -> bool:
    """Return whether rendering might take long: the time is not linear in a page's size.

    Deep nesting, a tag with very many attributes and a long list of options are all quadratic in
    resiliparse. A tag that fills a window of 64 KiB has no `<` in it; nor do most scripts, which
    are taken for what they are.
    """
    if len(html) > _HEAVY_CHARACTERS or tags > _HEAVY_TAGS:
        return True
    return any(
        html.find("<", start, start + _WINDOW) < 0
        and not html.startswith(_PLAIN, html.rfind("<", 0, start))
        for start in range(0, len(html) - _WINDOW, _WINDOW)
    )
