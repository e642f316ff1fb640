"""A program without the examples that its author put beside it."""

import ast

_DEFINITIONS = (
    *(ast.Import, ast.ImportFrom),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
)


def without_examples(program: str, names: list[str]) -> str:
    """Return a program that only defines: no asserts, prints, or calls of the functions asked for.

    Models show how their function is used, and what they expect there may be wrong. What else
    stands at the top (a table that is built, a limit that is set) stays.
    """
    nodes = ast.parse(program).body
    kept = [node for node in nodes if not _is_example(node, set(names))]
    return program if len(kept) == len(nodes) else _text(kept)


def definitions_of(program: str) -> str:
    """Return the functions, classes, imports and constants of a program; "" where it is none."""
    try:
        nodes = ast.parse(program).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return _text([node for node in nodes if isinstance(node, _DEFINITIONS) or _is_constant(node)])


def _text(nodes: list[ast.stmt]) -> str:
    return "\n\n".join(ast.unparse(node) for node in nodes)


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and not any(
        isinstance(found, ast.Name) for found in ast.walk(node.value)
    )


def _is_example(node: ast.stmt, names: set[str]) -> bool:
    if isinstance(node, _DEFINITIONS):
        return False
    if isinstance(node, ast.Assert):
        return True
    if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call):
        return True  # a text, or a word of prose that happens to parse
    if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
        return True
    return bool(_called(node) & (names | {"print", "input", "doctest.testmod", "unittest.main"}))


def _called(node: ast.AST) -> set[str]:
    """Return what is called when a statement runs: not what functions made there would call."""
    found = {ast.unparse(node.func)} if isinstance(node, ast.Call) else set()
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
            found |= _called(child)
    return found
