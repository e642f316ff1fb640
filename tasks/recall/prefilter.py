"""A cheap view of a raw page, to be scored before the page is parsed.

Long text nodes of the HTML as it stands, entities and all. A classifier for this view must be
trained on this view.
"""

import re

_TEXT_NODE = re.compile(rb">([^<>{}]{25,})<")


def raw_view(body: bytes, most_characters: int = 6000) -> str:
    """Return the text nodes of at least 25 bytes, joined by spaces, up to `most_characters`.

    Braces leave out scripts and styles. Bytes that are no UTF-8 are dropped.
    """
    pieces: list[bytes] = []
    room = most_characters
    for match in _TEXT_NODE.finditer(body):
        pieces.append(match[1])
        room -= len(match[1]) + 1
        if room <= 0:
            break
    text = " ".join(b" ".join(pieces).decode("utf-8", "ignore").split())
    return text[:most_characters]
