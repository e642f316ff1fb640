"""The YAML at the head of a dataset card, from which the Hub and `load_dataset` know the files."""

from typing import Any

import yaml

from gleanery.tasks.release.card_facts import CardFacts
from gleanery.tasks.release.licences import UNKNOWN
from gleanery.tasks.release.manifest import Manifest
from gleanery.tasks.release.rows import SPLITS

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
)
_LARGEST = "n>1B"

# The licences that the Hub has an identifier for, as far as it is our name in small letters.
_HUB_LICENCES = {
    *("mit", "apache-2.0", "odc-by", "odbl", "gfdl", "gpl", "lgpl"),
    "cc0-1.0",
    *(f"cc-by-{version}" for version in ("2.0", "2.5", "3.0", "4.0")),
    *(f"cc-by-sa-{version}" for version in ("3.0", "4.0")),
    *(f"cc-by-nc-{version}" for version in ("2.0", "3.0", "4.0")),
    "cc-by-nd-4.0",
    *(f"cc-by-nc-nd-{version}" for version in ("3.0", "4.0")),
    *(f"cc-by-nc-sa-{version}" for version in ("2.0", "3.0", "4.0")),
}


def card_header(manifest: Manifest, facts: CardFacts) -> str:
    """Return the header with its fences."""
    fields: dict[str, Any] = {
        "pretty_name": _line(facts.title),
        "language": [_line(name) for name in facts.languages],
        **_licence(manifest, facts.licence),
        "task_categories": [_line(name) for name in facts.tasks],
        "size_categories": [size_category(manifest.rows.total)],
        "tags": ["gleanery", "synthetic", *map(_line, [*manifest.rows.methods, *facts.tags])],
        "configs": [{"config_name": "default", "data_files": _data_files(manifest)}],
    }
    text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=False, width=10**6)
    return f"---\n{text}---\n"


def _line(text: str) -> str:
    """Return a text on one line: a line of its own could end the header."""
    return " ".join(text.split())


def size_category(rows: int) -> str:
    """Return the Hub's name for this many rows."""
    return next((name for limit, name in _SIZES if rows < limit), _LARGEST)


def hub_licence(name: str) -> str:
    """Return the Hub's identifier of a licence ("CC-BY-SA-4.0"), or "" if it has none."""
    identifier = name.lower()
    return identifier if identifier in _HUB_LICENCES else ""


def _licence(manifest: Manifest, given: str) -> dict[str, str]:
    """Return the one licence of all rows, or that there are several, or none that is known."""
    if given:
        return {"license": _line(given)}
    licences = list(manifest.rows.licences)
    if len(licences) == 1 and hub_licence(licences[0]):
        return {"license": hub_licence(licences[0])}
    if {*licences} <= {"", UNKNOWN}:
        return {"license": "unknown"}
    return {"license": "other", "license_name": "per-row", "license_link": "README.md#licences"}


def _data_files(manifest: Manifest) -> list[dict[str, str]]:
    """Return a pattern for each split. A shard that another release left here would not match."""
    found = []
    for split in SPLITS:
        files = manifest.data_files(split)
        if files:
            pattern = f"data/{split}-*-of-{len(files):05d}.parquet"
            found.append({"split": split, "path": pattern})
    return found
