"""What a program for an item of HumanEval or MBPP has to do, as the sandbox runs it."""

import ast
import sys

from gleanery.tasks.evaluation.code_extraction import extract_program
from gleanery.tasks.evaluation.records import BenchmarkItem
from gleanery.tasks.evaluation.sandbox_records import Program
from gleanery.tasks.records import Record


class CodeTask(Record):
    """The tests of an item, the names that they use of a program, and the code of its prompt."""

    prompt: str
    names: list[str]
    tests: str
    prelude: str


def code_task(item: BenchmarkItem) -> CodeTask:
    """Return what a program for an item has to do.

    HumanEval's items have a function `check` and the name of what it checks; the imports and the
    other functions of their prompts belong to the tests, and cannot be changed by an answer.
    MBPP's have statements, behind a setup. Names are what the reference program defines and the
    tests use. Raises ValueError for an item without tests, or whose tests use nothing.
    """
    if item.test:
        tests = f"{item.test}\ncheck({item.entry_point})\n"
        return CodeTask(
            prompt=item.question, names=[item.entry_point], tests=tests, prelude=item.question
        )
    tests = "\n".join([item.setup, *item.tests]).replace("\r\n", "\n")
    used = _used(tests)
    defined = _defined(item.answer)
    names = [name for name in defined if name in used]
    if not names:
        raise ValueError(
            f"item {item.id}: its tests use nothing that its reference program defines: "
            "check `tests` and `answer`"
        )
    modules = [name for name in used if name in sys.stdlib_module_names and name not in defined]
    prelude = "\n".join(f"import {name}" for name in modules)
    return CodeTask(prompt="", names=_asked_first(names, item.tests), tests=tests, prelude=prelude)


def program_to_run(task: CodeTask, answer: str) -> Program | None:
    """Return the program of an answer with its tests, or None when the answer holds no program."""
    source = extract_program(answer, task.names, task.prompt)
    if not source.strip():
        return None
    return Program(source=source, tests=task.tests, names=task.names, prelude=task.prelude)


def _defined(program: str) -> list[str]:
    """Return what a program defines at its top, in its order."""
    found: list[str] = []
    for node in ast.parse(program.replace("\r\n", "\n")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(node.name)
        elif isinstance(node, ast.Assign):
            found += [target.id for target in node.targets if isinstance(target, ast.Name)]
    return list(dict.fromkeys(found))


def _used(tests: str) -> list[str]:
    nodes = ast.walk(ast.parse(tests))
    return list(dict.fromkeys(node.id for node in nodes if isinstance(node, ast.Name)))


def _asked_first(names: list[str], tests: list[str]) -> list[str]:
    """Return the names with the function that is asked for first: the outermost one of a test."""
    for node in ast.walk(ast.parse("\n".join(tests))):  # outer nodes come before inner ones
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            return [node.func.id, *(name for name in names if name != node.func.id)]
    return names
