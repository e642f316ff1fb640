"""Scores answers in code by running them."""

from collections.abc import Iterable, Iterator

from gleanery.tasks.evaluation.code_tasks import CodeTask, program_to_run
from gleanery.tasks.evaluation.sandbox import run_programs
from gleanery.tasks.evaluation.sandbox_records import SandboxLimits
from gleanery.tasks.evaluation.verdicts import Verdict


def score_programs(
    answers: Iterable[tuple[CodeTask, str]],
    limits: SandboxLimits | None = None,
    workers: int | None = None,
) -> Iterator[Verdict]:
    """Yield what each answer is worth, in order: right is a program that passes all its tests.

    An answer without a program is wrong and unparseable; of another, `extracted` is the program
    and `detail` how it failed, beginning with the sandbox's status. Raises `IsolationMissing`
    before anything runs where code cannot be held back, and ValueError when the tests of an item
    cannot be run against any program.
    """
    pairs = list(answers)
    programs = [program_to_run(task, answer) for task, answer in pairs]
    results = run_programs([program for program in programs if program], limits, workers)
    for (task, _), program in zip(pairs, programs, strict=True):
        if program is None:
            yield Verdict(correct=False, detail="no program in the answer")
            continue
        result = next(results)
        if result.status == "untestable":
            raise ValueError(f"the tests of {task.names[0]} cannot be run: {result.detail}")
        detail = "" if result.status == "passed" else f"{result.status}: {result.detail}"
        yield Verdict(result.status == "passed", extracted=program.source, detail=detail)
