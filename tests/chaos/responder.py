"""A model for the harvest's three prompts: it finds what the corpus holds, and improves it.

With STUB_FRESH in the environment its answers differ each time the same thing is asked: in the
pairs that it returns, and in words that reach the rows.
"""

import json
import os
import re
from typing import Any

WORDS = ("amber", "birch", "cedar", "drift", "ember", "frost", "grove", "haze", "iris", "jade")
SUBSETS = ((0, 1), (0,), (1,))  # of a page's pairs, by how often the page was asked about
_PAIR = re.compile(r"Exercise (\d+)\.\s+(.+?)\s*\n+\s*Solution\.\s+(.+?)\s*(?=\n|$)")
_KINDS = {
    "You choose websites": "judge-sites",
    "You collect questions": "extract",
    "You edit question-answer pairs": "refine",
}


def stage_of(prompt: str) -> str:
    """Return the stage whose prompt this is."""
    return next(stage for start, stage in _KINDS.items() if start in prompt)


def respond(body: dict[str, Any], nth: int) -> str:
    prompt = body["messages"][-1]["content"]
    turn = nth - 1 if os.environ.get("STUB_FRESH") else 0
    answer = {
        "judge-sites": judge_site,
        "extract": find_pairs,
        "refine": refine_pair,
    }[stage_of(prompt)](prompt, turn)
    return json.dumps({**answer, "turn": turn})


def judge_site(prompt: str, turn: int) -> dict[str, Any]:
    shown = prompt.rsplit("The site to judge:", 1)[1]
    taught = "/sheet/" in shown
    return {
        "reason": f"Seen by the {WORDS[turn % len(WORDS)]} light.",
        "kind": "education" if taught else "other",
        "approved": taught,
    }


def find_pairs(prompt: str, turn: int) -> dict[str, Any]:
    page = prompt.rsplit("The page:", 1)[1].rsplit("The JSON object:", 1)[0]
    pairs = [
        {"label": f"Exercise {label}", "question": question, "answer": [answer]}
        for label, question, answer in _PAIR.findall(page)
    ]
    chosen = SUBSETS[turn % len(SUBSETS)]
    return {"pairs": [pair for index, pair in enumerate(pairs) if index in chosen]}


def refine_pair(prompt: str, turn: int) -> dict[str, Any]:
    asked = prompt.rsplit("The pair to edit:", 1)[1]
    question, answer = (
        re.search(rf"<{name}>\n(.*?)\n</{name}>", asked, re.DOTALL)[1]  # type: ignore[index]
        for name in ("original_question", "original_answer")
    )
    return {
        "assessment": "Right, and it can be said more plainly.",
        "outcome": "improved",
        "question": question,
        "answer": f"{answer}\n\nThis is the {WORDS[turn % len(WORDS)]} way of saying it.",
        "reason": "",
    }
