"""Instructions of existing datasets, as the rows that are labelled with skills."""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gleanery.infra.digests import digest
from gleanery.infra.losses import Loss
from gleanery.tasks.records import Record
from gleanery.tasks.skills.label_files import InstructionSource, Row, read_rows

_ROLES = {"user": "user", "human": "user", "assistant": "assistant", "gpt": "assistant"}


class Instruction(Record):
    """A request, and the answer to it where there is one; `row` counts from 0 in `source`."""

    id: str
    instruction: str
    response: str
    source: str
    row: int


class MissingColumn(ValueError):
    """A dataset without a column that the configuration names."""


def read_instructions(
    config: InstructionSource, options: Mapping[str, Any] | None = None
) -> Iterator[Instruction | Loss]:
    """Yield the instructions of all paths in their order, each text once.

    What is none is a loss: "malformed_line", "malformed_row", "empty" or "repeated". `options` go
    to fsspec. Raises `MissingColumn` when a source's first row lacks a configured column, and
    `FileNotFoundError` for a path that names nothing.
    """
    seen: set[str] = set()
    checked = ""
    for row in read_rows(config, options or {}):
        if isinstance(row, Loss):
            yield row
            continue
        if row.source != checked:
            _check_columns(row, config)
            checked = row.source
        instruction = _instruction(row, config)
        if isinstance(instruction, Instruction):
            if instruction.id in seen:
                instruction = row.lose("repeated", instruction.instruction[:100])
            else:
                seen.add(instruction.id)
        yield instruction


def sample_instructions(
    rows: Iterable[Instruction | Loss], most_rows: int, seed: int
) -> tuple[list[Instruction], list[Loss]]:
    """Return at most so many instructions (0 for all), drawn at random, and all losses.

    Whether one is drawn follows its text and the seed: the order of the rows has no say, and more
    data takes the place of few.
    """
    losses: list[Loss] = []
    drawn: list[tuple[int, str, Instruction]] = []
    for row in rows:
        if isinstance(row, Loss):
            losses.append(row)
            continue
        ticket = (-int(digest([seed, row.id]), 16), row.id, row)
        if most_rows and len(drawn) == most_rows:
            heapq.heappushpop(drawn, ticket)
        else:
            heapq.heappush(drawn, ticket)
    return [row for _, _, row in sorted(drawn, key=lambda ticket: ticket[1])], losses


def in_parts(rows: Iterable[Instruction]) -> dict[str, list[Instruction]]:
    """Return the instructions of each part, by its name: one of 16, which follows the id alone.

    So no row changes its part, and with it the journal of its answers, when others come or go.
    """
    parts: dict[str, list[Instruction]] = {}
    for row in rows:
        parts.setdefault(f"labels-{row.id[0]}", []).append(row)
    return dict(sorted(parts.items()))


def _instruction(row: Row, config: InstructionSource) -> Instruction | Loss:
    if config.messages_column:
        turns = _turns(row.values.get(config.messages_column))
        if turns is None:
            return row.lose("malformed_row", f"{config.messages_column} holds no chat messages")
        request, response = turns
    else:
        request, material, response = (
            _text(_look_up(row.values, column)) if column else ""
            for column in (config.instruction_column, config.input_column, config.response_column)
        )
        request = f"{request}\n\n{material}" if request and material else request
    if not request:
        return row.lose("empty", "the row has no instruction")
    return Instruction(
        id=digest([request, response]),
        instruction=request,
        response=response,
        source=row.source,
        row=row.number,
    )


def _turns(messages: object) -> tuple[str, str] | None:
    """Return the first request of a chat and the answer that follows it, if any."""
    if not isinstance(messages, list) or not all(isinstance(m, Mapping) for m in messages):
        return None
    said = [
        (_ROLES.get(str(m.get("role") or m.get("from"))), _text(m.get("content") or m.get("value")))
        for m in messages
    ]
    start = next((i for i, (role, _) in enumerate(said) if role == "user"), None)
    if start is None:
        return None
    after = said[start + 1 : start + 2]
    return said[start][1], after[0][1] if after and after[0][0] == "assistant" else ""


def _look_up(values: Any, column: str) -> Any:
    """Return what stands under a column's name, or at a path into lists and mappings."""
    if isinstance(values, Mapping) and column in values:
        return values[column]
    for step in column.split("."):
        if isinstance(values, Mapping) and step in values:
            values = values[step]
        elif isinstance(values, list) and step.isdigit() and int(step) < len(values):
            values = values[int(step)]
        else:
            return None
    return values


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _check_columns(row: Row, config: InstructionSource) -> None:
    columns = (config.instruction_column, config.input_column, config.response_column)
    for column in (config.messages_column,) if config.messages_column else columns:
        if column and column not in row.values and column.partition(".")[0] not in row.values:
            raise MissingColumn(
                f"{row.source} has no column {column!r}; it has "
                f"{', '.join(sorted(row.values))}: name the columns in the source's configuration"
            )
