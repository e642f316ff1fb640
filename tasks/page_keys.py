"""What a page is known by: its address in one spelling, and its text."""

from gleanery.infra.digests import digest_bytes
from gleanery.tasks.urls import canonical_url


def address_key(url: str) -> str:
    """Return the digest of an address, the same for all spellings that lead to one page."""
    return digest_bytes(canonical_url(url).encode())


def text_key(text: str) -> str:
    """Return the digest of a page's text, the same however its white space is set."""
    return digest_bytes(" ".join(text.split()).encode())
