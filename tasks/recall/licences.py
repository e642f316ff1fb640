"""The licence that a page declares, if it does."""

import re
from typing import Any

_CREATIVE_COMMONS = re.compile(
    r"creativecommons\.org/(licenses|publicdomain)/([a-z+-]+)/?(\d\.\d)?", re.IGNORECASE
)


def find_licence(document: Any) -> str:
    """Return the declared licence: a short name ("CC BY-SA 4.0"), else its URL, or "".

    Links with rel=license count first, then any link to a Creative Commons licence; when the page
    links to several different ones, none of them is known to be the page's own text's, and the
    first is taken.
    """
    named = document.query_selector_all("[rel~=license][href]").values()
    links = named or document.query_selector_all('a[href*="creativecommons.org/"]').values()
    for link in links:
        address = (link.getattr("href") or "").strip()
        if name := licence_name(address):
            return name
    return (links[0].getattr("href") or "").strip()[:500] if named else ""


def licence_name(address: str) -> str:
    """Return the short name of a Creative Commons licence from its address, or ""."""
    found = _CREATIVE_COMMONS.search(address)
    if not found:
        return ""
    family, kind, version = found[1].lower(), found[2].lower(), found[3] or ""
    if family == "publicdomain":
        return "CC0 1.0" if kind == "zero" else "Public domain" if kind == "mark" else ""
    return f"CC {kind.upper()} {version}".strip()
