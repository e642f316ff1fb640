"""A judge that takes its grades from the question ("grade 3"), for the stub server."""

import json
import re
from typing import Any

TEXTS = {"needs": "nothing", "check": "I get 42 m/s, as given.", "missing": "nothing"}


def respond(body: dict[str, Any], nth: int) -> str:
    example = body["messages"][-1]["content"].split("The example:\n")[1]
    if "say nothing of use" in example:
        return "This is a fine example."
    if "slip at first" in example and body["temperature"] == 0:
        return graded(9)
    found = re.search(r"grade (\d)", example)
    return graded(int(found[1]) if found else 5)


def graded(grade: int) -> str:
    names = ("self_contained", "correct", "complete", "educational")
    reasons = ("needs", "check", "missing", "teaches")
    answer: dict[str, Any] = {}
    for reason, name in zip(reasons, names, strict=True):
        answer |= {reason: TEXTS.get(reason, "how v = at is used"), name: grade}
    return json.dumps(answer)
