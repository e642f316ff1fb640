"""Licences by one name each, and the families that say what they allow.

Names are those of SPDX where it has one. What is not recognised is "unknown": a licence is never
guessed, and a page that says nothing is not free to use for that.
"""

import re
from typing import Literal

Family = Literal[
    "permissive", "share-alike", "non-commercial", "no-derivatives", "reserved", "unknown"
]

# From the one that allows most to the one that allows least.
FAMILIES: tuple[Family, ...] = (
    "permissive",
    "share-alike",
    "non-commercial",
    "no-derivatives",
    "reserved",
    "unknown",
)
UNKNOWN = "unknown"
RESERVED = "all-rights-reserved"

_CC_KINDS: dict[str, Family] = {
    "BY": "permissive",
    "BY-SA": "share-alike",
    "BY-NC": "non-commercial",
    "BY-NC-SA": "non-commercial",
    "BY-ND": "no-derivatives",
    "BY-NC-ND": "no-derivatives",
    "SA": "share-alike",  # without BY only as version 1.0
    "NC": "non-commercial",
    "NC-SA": "non-commercial",
    "ND": "no-derivatives",
    "NC-ND": "no-derivatives",
}
_CC_VERSIONS = ("1.0", "2.0", "2.1", "2.5", "3.0", "4.0")
_CC = {
    name: family
    for kind, family in _CC_KINDS.items()
    for name in (f"CC-{kind}", *(f"CC-{kind}-{version}" for version in _CC_VERSIONS))
}

# Each licence with its family; where two fit, the one that allows less.
LICENCES: dict[str, Family] = {
    "CC0-1.0": "permissive",
    "public-domain": "permissive",
    **_CC,
    "MIT": "permissive",
    "Apache-2.0": "permissive",
    "BSD": "permissive",
    "ODC-BY": "permissive",
    "ODbL": "share-alike",
    "GFDL": "share-alike",
    "GPL": "share-alike",
    "LGPL": "share-alike",
    "AGPL": "share-alike",
    RESERVED: "reserved",
    UNKNOWN: "unknown",
}

_CC_CODE = re.compile(
    r"creativecommons\.org/licenses/(?P<url>[a-z+-]+)(?:/(?P<url_version>\d\.\d))?"
    r"|\bcc[\s_-]?(?P<code>(?:by|nc|nd|sa)(?:[\s_-]?(?:by|nc|nd|sa))*)(?![a-z+]|\Wsampling)"
    r"(?:[\s_-]*v?(?P<code_version>\d\.\d))?",
    re.IGNORECASE,
)
_CC_WORDS = re.compile(
    r"(?:creative\s*commons|\bcc)\W+(?P<words>attribution(?:\W*(?:share\W?alike|non\W?commercial"
    r"|no\W?deriv(?:ative)?s?(?:\W?works)?))*)(?:\W*v?(?P<version>\d\.\d))?",
    re.IGNORECASE,
)
_PIECES = (("BY", "attribution"), ("NC", "commercial"), ("SA", "share"), ("ND", "deriv"))
_OTHERS = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "CC0-1.0": r"\bcc[\s_-]?0\b|creative\s*commons zero|publicdomain/zero",
        "public-domain": r"public[\s_-]?domain(?!/zero)|\bunlicense\b",
        "MIT": r"\bmit[\s_-]licen[cs]e|licenses/mit\b|^\s*mit\s*$",
        "Apache-2.0": r"\bapache[\s_-](?:software[\s_-])?(?:licen[cs]e[\s,_-]*)?"
        r"(?:v(?:ersion)?[\s_.-]?)?2|apache\.org/licenses/licen[cs]e-2",
        "BSD": r"\bbsd[\s_-](?:[234]|licen[cs]e)|[234]-clause[\s_-]bsd|licenses/bsd|^\s*bsd\s*$",
        "ODC-BY": r"\bodc[\s_-]by\b|opendatacommons\.org/licenses/by\b",
        "ODbL": r"\bodbl\b|open database licen[cs]e|opendatacommons\.org/licenses/odbl",
        "GFDL": r"\bgfdl\b|gnu free documentation"
        r"|gnu\.org/(?:licenses|copyleft)/(?:old-licenses/)?fdl",
        "AGPL": r"\bagpl|affero general public|gnu\.org/licenses/agpl",
        "LGPL": r"\blgpl|lesser general public|gnu\.org/(?:licenses|copyleft)/lesser",
        "GPL": r"\bgpl|gnu general public|(?<!affero )(?<!lesser )general public licen[cs]e",
        RESERVED: r"\ball[\s-]+rights?[\s-]+reserved"
        r"|\barxiv\.org/licenses/(?:nonexclusive|assumed)",
    }.items()
}


def canonical_licence(text: str) -> str:
    """Return the name of the licence that a page declares, "unknown" if it cannot be told.

    `text` is what a candidate has: a short name ("CC BY-SA 4.0"), the address that a link with
    rel=license leads to, or words. Where it names several, the one that allows least is meant.
    """
    text = text.strip()
    found = [*_creative_commons(text)]
    found += [name for name, pattern in _OTHERS.items() if pattern.search(text)]
    return max(found, key=lambda name: FAMILIES.index(LICENCES[name]), default=UNKNOWN)


def family_of(name: str) -> Family:
    """Return the family of a canonical name. Raises `KeyError` for a name that is not one."""
    return LICENCES[name]


def labels_of(name: str) -> set[str]:
    """Return all that a recipe may call a licence: its name, the one without version, its family.

    Raises `KeyError` for a name that is not canonical.
    """
    return {name, re.sub(r"(?<=^CC)(-[A-Z-]+)-\d\.\d$", r"\1", name), family_of(name)}


def _creative_commons(text: str) -> list[str]:
    found = []
    for match in _CC_CODE.finditer(text):
        code = (match["url"] or match["code"]).upper()
        pieces = set(re.findall("BY|NC|ND|SA", code))
        if re.sub("BY|NC|ND|SA|[ _-]", "", code):
            continue  # sampling, devnations: other licences than these
        found.append(_cc_name(pieces, match["url_version"] or match["code_version"]))
    for match in _CC_WORDS.finditer(text):
        words = match["words"].lower()
        pieces = {piece for piece, word in _PIECES if word in words}
        found.append(_cc_name(pieces, match["version"]))
    return [name for name in found if name in LICENCES]


def _cc_name(pieces: set[str], version: str | None) -> str:
    kind = "-".join(piece for piece, _ in _PIECES if piece in pieces)
    name = f"CC-{kind}-{version}"
    return name if name in LICENCES else f"CC-{kind}"
