"""Prompt templates: `{{ slot }}` is filled in, single braces are left alone."""

import re

from gleanery.infra.digests import digest

_SLOT = re.compile(r"\{\{ (\w+) \}\}")


class Prompt:
    """A text with named slots; rendering fails on a missing or an unknown one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.slots = frozenset(_SLOT.findall(text))
        self.fingerprint = digest(text)

    def render(self, **values: str) -> str:
        """Return the text with every slot filled. Raises `ValueError` if the names do not match."""
        if values.keys() != self.slots:
            missing, unknown = self.slots - values.keys(), values.keys() - self.slots
            raise ValueError(f"prompt slots missing: {sorted(missing)}, unknown: {sorted(unknown)}")
        return _SLOT.sub(lambda match: values[match[1]], self.text)
