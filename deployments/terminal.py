"""Writing to a terminal: text from the web must not be able to steer it."""

import re

from rich.console import Console

_PIPED_WIDTH = 120
# Escape sequences move the cursor and retitle windows; direction marks show text in another order.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def open_console() -> Console:
    """Return the console on standard output, wide enough for tables where it is a pipe or file."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, _PIPED_WIDTH)
    return console


def printable(text: str) -> str:
    """Return text as it may be shown: line breaks and tabs stay, other control characters do not.

    Each is replaced by one character, so that offsets into the text stay true.
    """
    return _STEERING.sub("\ufffd", text)
