"""Published answers that models' are compared with, as the suites keep them beside their questions.

AlpacaEval's and WildBench's have them under "output", Arena-Hard's in "choices" (v0.1) or
"messages" (v2).
"""

from collections.abc import Mapping
from typing import Any

from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.item_rows import Row, read_rows
from gleanery.tasks.file_problems import FileError, Problem

ID_KEYS = ("id", "question_id", "prompt_id", "uid", "session_id")
_OUTPUT_KEYS = ("output", "answer", "choices", "messages", "baseline")
_WITHIN = ("turns", "content", "answer", "output")


def read_outputs(source: BenchmarkSource, options: Mapping[str, Any]) -> dict[str, str]:
    """Return the answers of a file by their questions' ids.

    `options` go to fsspec. Raises `FileNotFoundError`, and `FileError` with the problems of all
    rows: no id, no answer, an id that comes twice.
    """
    outputs: dict[str, str] = {}
    problems: list[Problem] = []
    for line, row in read_rows(source, options):
        identity = _first(row, _keys(source, "id", ID_KEYS))
        output = said_in(_first(row, _keys(source, "baseline", _OUTPUT_KEYS)))
        if identity is None or output is None:
            keys = ", ".join(sorted(map(str, row)))
            problems.append(Problem(line, f"no id or no answer; the row has {keys}"))
        elif str(identity) in outputs:
            problems.append(Problem(line, f"the id {str(identity)!r} comes more than once"))
        else:
            outputs[str(identity)] = output
    if problems:
        raise FileError(source.place, problems)
    return outputs


def said_in(value: Any) -> str | None:
    """Return the text of an answer, however it is wrapped; None where there is none.

    Of several turns the last counts; of a mapping that names none of the usual keys, its first
    value does: WildBench has its references under their models' names.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return said_in(value[-1]) if value else None
    if isinstance(value, Mapping):
        return said_in(_first(value, _WITHIN) or next(iter(value.values()), None))
    return None


def _keys(source: BenchmarkSource, name: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    named = source.named.get(name)  # type: ignore[call-overload]
    return (named,) if named else usual


def _first(row: Row, keys: tuple[str, ...]) -> Any:
    """Return the first value that a row has under one of these keys."""
    return next((row[key] for key in keys if row.get(key) is not None), None)
