"""Licences by one name each, and the families that say what they allow.

Names are those of SPDX where it has one. What is not recognised is "unknown": a licence is never
guessed, and a page that says nothing is not free to use for that.
"""

import re
from collections.abc import Iterable
from typing import Literal

Family = Literal[
    "permissive", "share-alike", "non-commercial", "no-derivatives", "reserved", "unknown"
]

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
}
_CC_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")

# Each licence with the family that decides what may be made of it; the stricter one where two fit.
LICENCES: dict[str, Family] = {
    "CC0-1.0": "permissive",
    "public-domain": "permissive",
    **{
        name: family
        for kind, family in _CC_KINDS.items()
        for name in (f"CC-{kind}", *(f"CC-{kind}-{version}" for version in _CC_VERSIONS))
    },
    "MIT": "permissive",
    "Apache-2.0": "permissive",
    "BSD-2-Clause": "permissive",
    "BSD-3-Clause": "permissive",
    "BSD": "permissive",
    "ODC-BY-1.0": "permissive",
    "ODbL-1.0": "share-alike",
    "GFDL": "share-alike",
    "GPL": "share-alike",
    "LGPL": "share-alike",
    "AGPL": "share-alike",
    RESERVED: "reserved",
    UNKNOWN: "unknown",
}
