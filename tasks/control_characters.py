"""Characters that no text has, though models and servers send them: they are taken out."""

import re

# The C0 and C1 controls but for tab and line ends, halves of surrogate pairs, the byte order mark,
# and what stands for a character that could not be decoded (U+FFFD) or is none (U+FFFE, U+FFFF).
_NEVER_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffd-\uffff]"
)


def without_control_characters(text: str) -> str:
    """Return a text as it may stand in a training example: tabs and line ends are kept."""
    return text if text.isascii() and text.isprintable() else _NEVER_TEXT.sub("", text)
