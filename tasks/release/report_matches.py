"""Where a span that was found in a row stands in the benchmark item's own text."""

import re
from difflib import SequenceMatcher

from gleanery.tasks.release.report_samples import Excerpt, cut_excerpt

_WORD = re.compile(r"\w+", re.UNICODE)
_MOST_WORDS = 2000  # of each text that are compared


def mark_match(item_text: str, matched: str, mark: str = "match") -> Excerpt:
    """Return an item's text with what it shares with the matched span marked.

    Words are compared without their case, so that a copy with other spaces, signs or capitals is
    found too; if they share no run of words (numbers were normalised, a paraphrase), nothing is
    marked.
    """
    theirs = [found.span() for found in _WORD.finditer(item_text)][:_MOST_WORDS]
    words = [item_text[start:end].casefold() for start, end in theirs]
    ours = [word.casefold() for word in _WORD.findall(matched)][:_MOST_WORDS]
    blocks = SequenceMatcher(None, words, ours, autojunk=False).get_matching_blocks()
    spans = [
        (theirs[block.a][0], theirs[block.a + block.size - 1][1], mark)
        for block in blocks
        if block.size >= min(3, len(ours)) > 0
    ]
    return cut_excerpt(item_text, spans)
