"""The program in an answer: out of fences, prose, interpreter sessions and trailing text.

An answer is read as the best of what it may be: a whole program, or the body of the function that
the prompt began. Nothing is repaired: what a model wrote in another name, or with a fault in its
syntax, stays that.
"""

import ast
import re
import textwrap

from gleanery.tasks.evaluation.code_blocks import code_blocks
from gleanery.tasks.evaluation.code_examples import definitions_of, without_examples

_INDENT = "    "
_LEADING = re.compile(r"^[ \t]+", re.MULTILINE)
_STARTS_CODE = re.compile(r"(?:import|from|def|async def|class|@|[A-Za-z_]\w*\s*(?::[^=]+)?=)")


def extract_program(answer: str, names: list[str], prompt: str = "") -> str:
    """Return the program that an answer gives, "" when it holds none.

    `names` are what the program must define; `prompt` is the code that the answer goes on with,
    and whose imports and other functions a whole program may count on.
    """
    blocks = code_blocks(answer)
    for block in reversed(blocks):  # the last is what the answer has come to
        is_body = bool(prompt) and block.lstrip("\n").startswith((" ", "\t"))
        if is_body and (program := _continued(block, names[0], prompt)):
            return without_examples(program, names)
        if program := _whole(block, names[0]):
            earlier = [definitions_of(other) for other in blocks[: blocks.index(block)]]
            before = _before(prompt, names[0])
            return _joined(before, *earlier, without_examples(program, names))
    for block in reversed(blocks) if prompt else ():
        if program := _continued(block, names[0], prompt):
            return without_examples(program, names)
    return next(filter(None, (_whole(block) for block in reversed(blocks))), "")


def _whole(block: str, name: str = "") -> str:
    """Return the part of a text that is a program and defines the name, or anything at all."""
    lines = block.split("\n")
    start = 0
    while start < len(lines):
        part = _longest_program(lines[start:]) if _STARTS_CODE.match(lines[start]) else ""
        defined = _defined(part)
        if name in defined or (not name and defined):
            return part
        start += max(1, part.count("\n"))
    return ""


def _continued(block: str, name: str, prompt: str) -> str:
    """Return the prompt with the block as the body of its last function, or ""."""
    best, longest = "", 0
    for body in _as_bodies(block):
        program = _longest_program(body.split("\n"), prompt.rstrip() + "\n")
        if (length := _lines_of_body(program, name)) > longest:
            best, longest = program, length
    return _first_of_its_name(best, name) if best else ""


def _first_of_its_name(program: str, name: str) -> str:
    """Return a program without further functions of that name: the model has gone on to repeat."""
    nodes = ast.parse(program).body
    same = [node for node in nodes if getattr(node, "name", "") == name]
    if len(same) == 1:
        return program
    return "\n\n".join(ast.unparse(node) for node in nodes if node not in same[1:])


def _as_bodies(block: str) -> list[str]:
    """Return the ways in which a text may be meant as a body: indentation gets lost."""
    text = _LEADING.sub(lambda found: found[0].expandtabs(4), block).strip("\n")
    first = text if text.startswith(" ") else _INDENT + text
    return [first, textwrap.indent(textwrap.dedent(text), _INDENT)]


def _longest_program(lines: list[str], before: str = "") -> str:
    """Return as many of the first lines as make a program behind `before`, or "".

    Text after a program ends it, and so does a function that was cut off in the middle.
    """
    end = len(lines)
    while end:
        text = before + "\n".join(lines[:end]) + "\n"
        try:
            ast.parse(text)
            return text
        except SyntaxError as error:
            fault = (error.lineno or 1) - before.count("\n")
        except (ValueError, RecursionError, MemoryError):
            return ""
        # No program reaches beyond the line that is no code; a fault found late may begin earlier.
        end = min(end - 1, max(fault - 1, 0)) if fault < end else end - 1
    return ""


def _tree(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _defined(program: str) -> set[str]:
    """Return the names that a program gives to functions, classes and values at its top."""
    names = set()
    tree = _tree(program)
    for node in tree.body if tree else []:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return names


def _lines_of_body(program: str, name: str) -> int:
    """Return how many lines the function called `name` has behind its description."""
    tree = _tree(program)
    for node in tree.body if tree else []:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            first = node.body[0]
            told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            start = first.end_lineno if told else node.lineno
            return (node.end_lineno or 0) - (start or 0)
    return 0


def _before(prompt: str, name: str) -> str:
    """Return what a prompt gives before the function that it asks for: imports, other functions."""
    tree = _tree(prompt)
    kept = [node for node in tree.body if getattr(node, "name", "") != name] if tree else []
    return "\n".join(ast.unparse(node) for node in kept)


def _joined(*parts: str) -> str:
    """Return one program; what must come first (`from __future__`) does."""
    text = "\n".join(part for part in parts if part)
    future = re.findall(r"^from __future__ import .*$", text, re.MULTILINE)
    rest = re.sub(r"^from __future__ import .*$", "", text, flags=re.MULTILINE)
    return "\n".join([*dict.fromkeys(future), rest]) if future else text
