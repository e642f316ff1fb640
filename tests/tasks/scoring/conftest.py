from collections.abc import Callable
from typing import Any

import pytest

from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import Call, ChatMessage

QUESTION = "A car starts from rest and accelerates at 6 m/s² for 7 s. Find its final speed."
ANSWER = "From rest, the speed after the time $t$ is $v = at = 6 \\cdot 7 = 42$ m/s."


def turns(question: str, answer: str) -> list[ChatMessage]:
    return [
        ChatMessage(role="user", content=question),
        ChatMessage(role="assistant", content=answer),
    ]


@pytest.fixture
def make_candidate() -> Callable[..., Candidate]:
    """Return a function that makes a candidate; `original` is the answer of its page."""

    def make(
        question: str = QUESTION,
        answer: str = ANSWER,
        name: str = "row",
        original: str = "",
        refined_by: tuple[str, ...] = (),
        **fields: Any,
    ) -> Candidate:
        values: dict[str, Any] = {
            "id": name,
            "pipeline": "web",
            "method": "harvest",
            "part": "p0",
            "origin": name,
            "plan_id": "",
            "document_id": "page",
            "url": "https://physics.example/motion",
            "domain": "physics.example",
            "licence": "",
            "date": "",
            "subject": "physics",
            "strategy": "improved",
            "nodes": [],
            "labels": [],
            "split": "train",
            "messages": turns(question, answer),
            "original": turns(question, original) if original else [],
            "calls": [
                Call(step="refine", model=model, prompt="p", request_key=f"{name}-{model}")
                for model in refined_by
            ],
            "scores": [],
        }
        return Candidate(**{**values, **fields})

    return make
