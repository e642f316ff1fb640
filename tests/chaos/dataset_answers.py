"""A model for both of a dataset's judges: grades by the question, verdicts by the numbers in it."""

import hashlib
import json
import re
from typing import Any

_KINDS = {"You grade examples": "judgement", "You guard tests": "paraphrase"}
_TAGGED = re.compile(r"<(question|problem_\d+)>\n(.*?)\n</\1>", re.DOTALL)


def kind_of(body: dict[str, Any]) -> str:
    """Return which judge a request is for."""
    prompt = body["messages"][-1]["content"]
    return next(kind for start, kind in _KINDS.items() if prompt.startswith(start))


def respond(body: dict[str, Any], nth: int) -> str:
    prompt = body["messages"][-1]["content"]
    answer = {"judgement": grades, "paraphrase": verdicts}[kind_of(body)](prompt)
    return json.dumps(answer)


def grades(prompt: str) -> dict[str, Any]:
    """Return grades of 2 to 5, none of them the same for all questions."""
    question = _TAGGED.findall(prompt.split("The example:\n")[1])[0][1]
    drawn = hashlib.sha256(question.encode()).digest()
    grade = [2 + byte % 4 for byte in drawn[:4]]
    return {
        "needs": "nothing",
        "self_contained": grade[0],
        "check": f"I went through {question[:40]}",
        "correct": grade[1],
        "missing": "nothing",
        "complete": grade[2],
        "teaches": "to work with numbers",
        "educational": grade[3],
    }


def verdicts(prompt: str) -> dict[str, Any]:
    """Return that a problem is the question's if it has just the same numbers."""
    texts = dict(_TAGGED.findall(prompt))
    wanted = _numbers(texts.pop("question"))
    return {
        name: {"reason": f"{sorted(wanted)} are given", "same": _numbers(text) == wanted}
        for name, text in texts.items()
    }


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))
