"""The ids of nodes: readable, valid as the name of a part, and the same on every machine."""

import re
import unicodedata

from gleanery.infra.digests import digest

VALID_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
LONGEST_ID = 80

_BETWEEN_LEVELS = "--"  # within a name there are only single hyphens
_LONGEST_READABLE = 60
_DIGEST_CHARACTERS = 8
_SIGNS = {"&": " and ", "+": " plus ", "#": " sharp "}  # C, C++ and C# are not the same
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def default_id(parent_id: str, name: str) -> str:
    """Return the id of a node that has none written: its parent's id and its name, as a slug.

    An id that would be too long keeps the node's own name and names the rest by a digest.
    """
    own = slug(name)
    whole = f"{parent_id}{_BETWEEN_LEVELS}{own}" if parent_id else own
    if len(whole) <= LONGEST_ID:
        return whole
    return f"{own[:_LONGEST_READABLE].strip('-')}{_BETWEEN_LEVELS}{_short_digest(whole)}"


def slug(name: str) -> str:
    """Return a name as lower-case ASCII letters, digits and single hyphens, never empty.

    Accents are dropped. What has no ASCII form (other scripts, symbols) is told apart by a short
    digest of the name, which is all there is of a name in another script.
    """
    folded = unicodedata.normalize("NFC", name).casefold()
    for sign, words in _SIGNS.items():
        folded = folded.replace(sign, words)
    letters = [c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c)]
    readable = _NOT_SLUG.sub("-", "".join(letters)).strip("-")
    if readable and not any(_says_something(letter) for letter in letters):
        return readable
    return "-".join(filter(None, [readable, _short_digest(folded)]))


def _says_something(letter: str) -> bool:
    """Return whether dropping this character may make two names the same."""
    return not letter.isascii() and unicodedata.category(letter)[0] in "LMNS"


def _short_digest(text: str) -> str:
    return digest(text)[:_DIGEST_CHARACTERS]
