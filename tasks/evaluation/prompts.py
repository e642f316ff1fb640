"""What a model is shown: one prompt per benchmark, the same for every model.

A model without a chat template goes on with the text; any other is told it in one turn.
"""

from string import ascii_uppercase

from gleanery.tasks.evaluation.benchmarks import Benchmark, Kind
from gleanery.tasks.evaluation.records import BenchmarkItem

VERSION = 1


def question_text(item: BenchmarkItem, benchmark: Benchmark) -> str:
    """Return an item as it is asked, up to where the answer begins."""
    if item.instructions:
        return item.question  # IFEval: a request as it is
    if item.entry_point and not benchmark.shots:
        return item.question  # HumanEval: the head of a function, to be gone on with
    lines = [f"Question: {item.question}"]
    if item.choices:
        lines.append("Options:")
        lines += [
            f"({letter}) {choice}"
            for letter, choice in zip(ascii_uppercase, item.choices, strict=False)
        ]
    if item.tests:
        lines += ["The program must pass these tests:", *item.tests]
    return "\n".join([*lines, "Answer:"])


def answer_text(item: BenchmarkItem, benchmark: Benchmark) -> str:
    """Return the answer to an example, in the form in which answers are expected."""
    if benchmark.kind is Kind.CODE:
        program = "\n".join(item.answer.rstrip().splitlines())
        return f"```python\n{program}\n```"
    answer = f"({item.answer})" if item.choices else item.answer
    solution = item.solution + ("" if item.solution[-1:] in ".!?$" else ".")
    return f"{solution} The answer is {answer}." if item.solution else f"The answer is {answer}."
