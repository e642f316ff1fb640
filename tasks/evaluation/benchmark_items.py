"""Reading a benchmark: rows of any published copy become items of one form."""

import re
from collections import Counter
from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any

from gleanery.tasks.evaluation.benchmark_source import USUAL_KEYS, BenchmarkSource
from gleanery.tasks.evaluation.item_rows import CONFIG, Row, read_rows
from gleanery.tasks.evaluation.option_order import in_seeded_order
from gleanery.tasks.evaluation.records import BenchmarkItem
from gleanery.tasks.evaluation.score_instructions import instruction_lines
from gleanery.tasks.file_problems import FileError, Problem
from gleanery.tasks.result_boxes import boxed

_GSM8K_RESULT = re.compile(r"\n####\s*(.+?)\s*$")
_CALCULATION = re.compile(r"<<[^<>]*>>")
_LETTERED = re.compile(r"^\(?([A-Z])\)[\s.:]*")
_MORE_WRONG = ("Incorrect Answer 2", "Incorrect Answer 3")


def read_items(
    source: BenchmarkSource, seed: int = 0, options: Mapping[str, Any] | None = None
) -> list[BenchmarkItem]:
    """Return the items of a benchmark in the order of its file.

    Options that come as one right and several wrong answers (GPQA) are put into an order that
    follows `seed`. `options` go to fsspec. Raises `FileNotFoundError`, and `FileError` with the
    problems of all rows: no question, no answer, an answer that is none of the options, an id
    that comes twice.
    """
    items: list[BenchmarkItem] = []
    problems: list[Problem] = []
    unordered = False
    for line, row in read_rows(source, options or {}):
        fields = {name: _look_up(row, name, source) for name in USUAL_KEYS}
        if fields["picture"] and not source.with_pictures:
            continue
        try:
            make = _instructed if fields["instructions"] else _item
            items.append(make(row, fields, len(items)))
        except ValueError as error:
            problems.append(Problem(line, str(error)))
        unordered = unordered or bool(fields["wrong_answers"])
        if source.first and len(items) >= source.first:
            break
    twice = [name for name, count in Counter(item.id for item in items).items() if count > 1]
    problems += [Problem(0, f"the id {name!r} comes more than once") for name in twice]
    if not items and not problems:
        problems.append(Problem(0, "there are no items: check `split` and `where`"))
    if problems:
        raise FileError(source.place, problems)
    return in_seeded_order(items, seed) if unordered else items


def _item(row: Row, fields: Mapping[str, Any], number: int) -> BenchmarkItem:
    question, solution = _text(fields["question"]), _text(fields["solution"])
    if not question.strip():
        raise ValueError(
            f"no question; the row has {', '.join(sorted(map(str, row)))}: name its key in `named`"
        )
    is_code = bool(fields["test"] or fields["tests"])
    choices, answer = _choices(row, fields)
    if not choices and not answer and (boxes := boxed(solution)):
        answer = boxes[-1]  # MATH as it was published
    elif not choices and (result := _GSM8K_RESULT.search(answer)):
        answer, solution = result[1], answer
    if not answer.strip():
        raise ValueError("no answer: name its key in `named`")
    identity = fields["id"] if fields["id"] is not None else number
    config = str(row.get(CONFIG, ""))
    return BenchmarkItem(
        id=f"{config}/{identity}" if config else str(identity),
        subject=config or _text(fields["subject"]),
        question=question if is_code else question.strip(),
        answer=answer if is_code else answer.strip(),
        choices=choices,
        answer_type=_text(fields["answer_type"]),
        solution=_CALCULATION.sub("", _GSM8K_RESULT.sub("", solution)).strip(),
        tests=_texts(fields["tests"]),
        setup=_text(fields["setup"]),
        test=_text(fields["test"]),
        entry_point=_text(fields["entry_point"]),
    )


def _instructed(row: Row, fields: Mapping[str, Any], number: int) -> BenchmarkItem:
    """Return an item of IFEval, whose answer is no text but what is asked of one."""
    names, arguments = _texts(fields["instructions"]), fields["arguments"] or []
    question = _text(fields["question"])
    if not question.strip():
        raise ValueError("no question: name its key in `named`")
    identity = row.get("key", number) if fields["id"] is None else fields["id"]
    return BenchmarkItem(
        id=str(identity),
        subject="",
        question=question,
        answer=", ".join(names),
        instructions=instruction_lines(names, arguments),
    )


def _look_up(row: Row, name: str, source: BenchmarkSource) -> Any:
    """Return the value of a field; `None` where the row has none of its keys."""
    named = source.named.get(name)  # type: ignore[call-overload]
    for key in (named,) if named else USUAL_KEYS[name]:
        if key in row:
            return row[key]
        first, _, second = key.partition(".")
        if second and isinstance(row.get(first), Mapping) and second in row[first]:
            return row[first][second]
    return None


def _choices(row: Row, fields: Mapping[str, Any]) -> tuple[list[str], str]:
    """Return the options and the letter of the right one, or no options and the answer."""
    answer, wrong = fields["answer"], _texts(fields["wrong_answers"])
    if wrong:
        wrong += [_text(row[key]) for key in _MORE_WRONG if key in row]
        return [text.strip() for text in (_text(answer), *wrong)], "A"
    texts = fields["choices"]
    choices = _texts(texts.get("text") if isinstance(texts, Mapping) else texts)
    if not choices:
        return [], _text(answer)
    own = [_LETTERED.match(choice) for choice in choices]
    if [match[1] for match in own if match] == list(ascii_uppercase[: len(choices)]):
        choices = [_LETTERED.sub("", choice) for choice in choices]
    labels = _texts(fields["labels"]) or list(ascii_uppercase[: len(choices)])
    if isinstance(answer, int) and 0 <= answer < len(choices):
        return choices, ascii_uppercase[answer]
    for known in (labels, choices):
        if _text(answer) in known:
            return choices, ascii_uppercase[known.index(_text(answer))]
    raise ValueError(f"the answer {answer!r} is none of the options {', '.join(labels)}")


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ""
    return "" if value is None else str(value)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [_text(part) for part in value] if isinstance(value, list | tuple) else []
