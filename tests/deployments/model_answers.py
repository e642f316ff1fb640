"""What the stub model says: the pairs of a test page, and a rewrite of a pair."""

import json
import re
from typing import Any

_PAIR = re.compile(r"Question: (?P<question>[^\n]+)\nAnswer: (?P<answer>[^\n]+)")
_ORIGINAL = re.compile(r"<original_question>\n(.*?)\n</original_question>", re.DOTALL)


def respond(body: dict[str, Any], nth: int) -> str:
    prompt = str(body["messages"][-1]["content"])
    if _ORIGINAL.search(prompt):
        return json.dumps(
            {
                "assessment": "Right.",
                "outcome": "unchanged",
                "question": "",
                "answer": "",
                "reason": "",
            }
        )
    page = prompt.rpartition("<page>")[2]
    pairs = [
        {"label": "", "question": match["question"], "answer": [match["answer"]]}
        for match in _PAIR.finditer(page)
    ]
    return json.dumps({"pairs": pairs})
