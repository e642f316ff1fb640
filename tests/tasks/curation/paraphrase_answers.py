"""Answers of a judge for the stub server: a problem is the same if it has the question's marker."""

import json
import re
from typing import Any

_TAGGED = re.compile(r"<(question|problem_\d+)>\n(.*?)\n</\1>", re.DOTALL)
_MARKER = re.compile(r"\b(?:km|helium|bridge)\b")


def respond(body: dict[str, Any], nth: int) -> str:
    """Return verdicts; a question that says "mumble" gets what no one can read."""
    texts = dict(_TAGGED.findall(body["messages"][-1]["content"]))
    question = texts.pop("question")
    if "mumble" in question:
        return "I think that they are all rather alike."
    wanted = set(_MARKER.findall(question))
    verdicts = {
        name: {
            "reason": f"both tell of {sorted(wanted)}",
            "same": wanted <= set(_MARKER.findall(t)),
        }
        for name, t in texts.items()
    }
    return f"```json\n{json.dumps(verdicts)}\n```"
