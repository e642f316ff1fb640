"""An evaluation to report: two models on two benchmarks, every kind of item among them."""

from collections.abc import Mapping, Sequence
from typing import Any

from gleanery.tasks.evaluation.judged_records import Judged
from gleanery.tasks.evaluation.records import ScoredItem
from gleanery.tasks.evaluation.report_data import (
    BenchmarkFacts,
    EvaluationFacts,
    EvaluationFigures,
    ModelFacts,
    evaluation_figures,
)
from gleanery.tasks.evaluation.side_by_side import side_by_side
from gleanery.tasks.evaluation.summary import summarise

EXAMPLES = "Solve it.\n\nQuestion: What is 1 + 1?\nAnswer: The answer is 2.\n\n"
Items = Mapping[str, Sequence[ScoredItem]]


def scored(number: int, correct: bool, **changes: Any) -> ScoredItem:
    """Return an item with its number in question and answer; `changes` replace its fields."""
    fields: dict[str, Any] = {
        "id": f"sums/{number}",
        "benchmark": "gsm8k",
        "subject": "",
        "prompt": f"{EXAMPLES}Question: What is {number} + {number}?\nAnswer:",
        "as_chat": False,
        "answer": f"I add. The answer is {2 * number if correct else 7777}.",
        "finish_reason": "stop",
        "completion_tokens": 9,
        "model": "m",
        "request_key": "k",
        "expected": str(2 * number),
        "extracted": str(2 * number) if correct else "7777",
        "correct": int(correct),
        "unparseable": False,
        "truncated": False,
        "detail": "",
    }
    return ScoredItem(**(fields | changes))


def two_models() -> dict[str, list[ScoredItem]]:
    """Return 60 sums, of which 30 are won and 5 lost, and 8 theorems in two subjects."""
    base = [scored(number, number >= 50 or number < 5) for number in range(60)]
    tuned = [scored(number, number >= 20) for number in range(60)]
    unread = {"extracted": "", "unparseable": True, "answer": "Who knows?"}
    cut = {"finish_reason": "length", "truncated": True}
    base[49] = scored(49, False, **unread)
    tuned[10] = scored(10, False, **unread, **cut)
    for rows, right in ((base, (0, 1)), (tuned, (1, 2))):
        for n in range(8):
            of = {"benchmark": "theoremqa", "id": f"th/{n}", "subject": ("even", "odd")[n % 2]}
            rows.append(scored(n, n in right, **of))
    return {"base": base, "tuned": tuned}


def figures_of(items: Items, judged: Judged | None = None, **changes: Any) -> EvaluationFigures:
    """Return the figures of these answers; `changes` replace facts."""
    facts: dict[str, Any] = {
        "name": "sums",
        "models": [
            ModelFacts(label=label, model=f"org/{label}", revision="abc123", as_chat=False)
            for label in items
        ],
        "benchmarks": [
            BenchmarkFacts(name="gsm8k", shots=1, max_tokens=64, source="sums.jsonl"),
            BenchmarkFacts(name="theoremqa", shots=1, max_tokens=64, source="theorems.jsonl"),
        ],
        "seed": 7,
    }
    scores = {label: summarise(rows) for label, rows in items.items()}
    measured = side_by_side(scores, items)
    return evaluation_figures(EvaluationFacts(**(facts | changes)), measured, items, 0.05, judged)
