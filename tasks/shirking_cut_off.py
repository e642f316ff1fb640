"""Does a text stop before its end?"""

import re

_LAST_WORDS = 80
_FENCE = re.compile(r"^ *```", re.MULTILINE)
_DANGLING = re.compile(
    r"(?:,|[(\[{/–—]|\b(?:the|an|and|or|of|to|with|from|by|is|are|was|were|which|that|because|for))$"
)


def cut_off(text: str) -> str | None:
    """Return the last words of a text that stops within a sentence, a formula or a block of code."""
    text = text.rstrip()
    if len(_FENCE.findall(text)) % 2:
        return text[-_LAST_WORDS:]
    if text.count("$$") % 2 or text.count("\\[") != text.count("\\]"):
        return text[-_LAST_WORDS:]
    return text[-_LAST_WORDS:] if _DANGLING.search(text) else None
