"""Small syntheses for the chaos tests: their inputs, configurations, and requests by kind."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SERVERS = Path(__file__).parents[1] / "servers"
sys.path.insert(0, str(SERVERS))

from synthesis_answers import kind_of  # noqa: E402, F401

RESPONDER = str(SERVERS / "synthesis_answers.py")
WRITER, JUDGE = "stub-model", "stub-judge"
TAXONOMY = """\
- Sciences:
    - Physics
- Trades:
    - name: Baking
      description: bread, and what it is made of
"""
SKILLS = (
    "weighing trade-offs",
    "reasoning from an analogy",
    "checking for errors",
    "showing empathy",
    "anticipating objections",
    "estimating quantities",
)
# The kinds of requests of each method.
KINDS = {
    "taxonomy": (
        "subjects",
        "subject records",
        "syllabus",
        "syllabus records",
        "question",
        "answer",
    ),
    "skills": ("draft", "critique", "revision", "verification"),
}
# How the last message of each kind begins.
PROMPTS = {
    "subject records": "You copy a list of subjects",
    "syllabus records": "You copy a syllabus",
    "subjects": "You design the curriculum",
    "syllabus": "You plan the teaching",
    "question": "You write homework",
    "answer": r"^\(",
    "draft": "You write training material",
    "critique": "Now you are the person",
    "revision": "Now write the final",
    "verification": "You check training material",
}


def skill_file(names: Sequence[str] = SKILLS) -> str:
    """Return a skill set as a file holds it."""
    return "skills:\n" + "".join(
        f"  - name: {name}\n    definition: Does what is called {name}, and does it well.\n"
        for name in names
    )


def synthesis_config(method: str, folder: Path) -> dict[str, Any]:
    """Return what a method needs beside root and engine; its input is written to `folder`."""
    if method == "taxonomy":
        (folder / "taxonomy.yaml").write_text(TAXONOMY)
        return {
            "method": method,
            "taxonomy": str(folder / "taxonomy.yaml"),
            "subjects": {"queries": 2, "most_subjects": 3},
            "plans": {"plans_per_subject": 3},
        }
    (folder / "skills.yaml").write_text(skill_file())
    return {
        "method": method,
        "skills": str(folder / "skills.yaml"),
        "plans": {"count": 12, "plans_per_slice": 6, "skills_per_plan": {1: 1, 2: 1}},
        "generation": {"verify": True},
    }
