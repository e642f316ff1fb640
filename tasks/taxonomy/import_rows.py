"""The rows of a JSON-lines file, checked one by one: every bad line is named."""

from typing import TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from gleanery.tasks.file_problems import FileError, Problem

M = TypeVar("M", bound=BaseModel)


def read_rows(text: str, source: str, row_type: type[M]) -> list[tuple[int, M]]:
    """Return the rows of a JSON-lines text, each with its line number.

    Raises `FileError` that names every line which is not such a row, or says that none is.
    """
    rows: list[tuple[int, M]] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            rows.append((number, row_type.model_validate(orjson.loads(line))))
        except orjson.JSONDecodeError as error:
            problems.append(Problem(number, f"is not JSON: {error.msg}"))
        except ValidationError as error:
            for wrong in error.errors(include_url=False, include_input=False):
                key = ".".join(map(str, wrong["loc"])) or "the row"
                problems.append(Problem(number, f"{key}: {wrong['msg']}"))
    if not rows and not problems:
        problems.append(Problem(0, "holds no row"))
    if problems:
        raise FileError(source, problems)
    return rows
