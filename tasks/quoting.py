"""Text from the web, shown to a model as data: it can neither end its quotation nor its turn."""

import re
from collections.abc import Mapping

# What chat templates treat as the end of a turn: a page that holds these characters would
# otherwise speak as the user or as the system (servers tokenise them as the real thing).
_TURN_MARKER = re.compile(
    r"<(?=[|｜][^<>\s]{1,40}[|｜]>|/s>|(?:start|end)_of_turn>|(?:start|end)_of_role\b|</?SYS>>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS)\])",
    re.IGNORECASE,
)
_LOOKALIKE = {"<": "‹", "[": "("}


def quoted(texts: Mapping[str, str]) -> dict[str, str]:
    """Return each text between lines with its tag (the mapping's keys), ready to be shown.

    Where a text holds one of these tags, or what ends a turn in a chat template, the first
    character of it becomes a look-alike; everything else (code, formulas, other tags) stays.
    """
    names = "|".join(map(re.escape, texts))
    tag = re.compile(rf"<(?=\s*/?\s*(?:{names})\b)", re.IGNORECASE)
    return {name: f"<{name}>\n{_defused(tag, text)}\n</{name}>" for name, text in texts.items()}


def _defused(tag: re.Pattern[str], text: str) -> str:
    return _TURN_MARKER.sub(lambda match: _LOOKALIKE[match[0]], tag.sub("‹", text))
