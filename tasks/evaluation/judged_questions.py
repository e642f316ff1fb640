"""Reading a judged suite: rows of any published copy become questions of one form."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from gleanery.tasks.evaluation.item_rows import Row, read_rows
from gleanery.tasks.evaluation.judged_config import JudgedSuiteConfig
from gleanery.tasks.evaluation.judged_records import JudgedQuestion
from gleanery.tasks.file_problems import FileError, Problem
from gleanery.tasks.records import ChatMessage

# Under which keys the published copies hold a field, in the order of preference.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "question_id", "prompt_id", "session_id"),
    "turns": ("turns", "conversation_input", "question", "instruction", "prompt"),
    "references": ("gpt4_reference", "reference"),
    "baseline": (
        "baseline",
        "output",
        "reference_output",
        "reference_output_davinci003",
        "references",
    ),
    "checklist": ("checklist",),
    "category": ("category", "dataset", "primary_tag", "subject"),
    "difficulty": ("difficulty", "instruction_difficulty"),
}


def read_questions(
    config: JudgedSuiteConfig, options: Mapping[str, Any] | None = None
) -> list[JudgedQuestion]:
    """Return the questions of a suite in the order of its file.

    `options` go to fsspec. Raises `FileNotFoundError`, and `FileError` with the problems of all
    rows: no question, a talk that does not end with the user, an id that comes twice, no answer to
    compare with where `config.reference` says that the file has them.
    """
    source = config.questions_source
    questions: list[JudgedQuestion] = []
    problems: list[Problem] = []
    for line, row in read_rows(source, options or {}):
        try:
            questions.append(_question(row, config, len(questions)))
        except ValueError as error:
            problems.append(Problem(line, str(error)))
        if source.first and len(questions) >= source.first:
            break
    twice = [name for name, count in Counter(one.id for one in questions).items() if count > 1]
    problems += [Problem(0, f"the id {name!r} comes more than once") for name in twice]
    if not questions and not problems:
        problems.append(Problem(0, "there are no questions: check `split` and `where`"))
    if problems:
        raise FileError(source.place, problems)
    return questions


def _question(row: Row, config: JudgedSuiteConfig, number: int) -> JudgedQuestion:
    found = {name: _look_up(row, name, config) for name in _KEYS}
    history, turns = _talk(found["turns"][1])
    if not turns or not all(turn.strip() for turn in turns):
        raise ValueError(
            f"no question; the row has {', '.join(sorted(map(str, row)))}: name its key in "
            "`named: {turns: …}`"
        )
    baseline_key, baseline = found["baseline"]
    compared = config.suite.worth is not None and not config.reference
    if compared and not config.suite.points and not baseline_key:
        raise ValueError(
            "no answer to compare with: name a measured model in `reference`, or the key of the "
            "outputs in `named: {baseline: …}`"
        )
    category, identity = _text(found["category"][1]), found["id"][1]
    with_references = category in config.suite.with_references
    return JudgedQuestion(
        id=str(number if identity is None else identity),
        suite=config.name,
        category=category,
        turns=turns,
        history=history,
        references=_texts(found["references"][1]) if with_references else [],
        baseline=_text(baseline),
        checklist=_texts(found["checklist"][1]),
        difficulty=_number(found["difficulty"][1]),
    )


def _look_up(row: Row, name: str, config: JudgedSuiteConfig) -> tuple[str, Any]:
    """Return the first key of a field that has a value in this row, and the value; or "", None."""
    named = config.questions_source.named.get(name)  # type: ignore[call-overload]
    for key in (named,) if named else _KEYS[name]:
        if row.get(key) is not None:
            return key, row[key]
    return "", None


def _talk(value: Any) -> tuple[list[ChatMessage], list[str]]:
    """Return what was said before, and the turns of the user that are still to be answered.

    A list of messages with roles is a talk whose last message is to be answered; a list of texts,
    or of texts under "content", is what the user says one after the other.
    """
    if not isinstance(value, list):
        return [], [_text(value)] if value is not None else []
    if not value or not isinstance(value[0], Mapping) or "role" not in value[0]:
        return [], [_text(one.get("content") if isinstance(one, Mapping) else one) for one in value]
    talk = [ChatMessage(role=_text(one["role"]), content=_text(one["content"])) for one in value]
    if talk[-1].role != "user":
        raise ValueError(f"the talk ends with a message of {talk[-1].role!r}, not of 'user'")
    return talk[:-1], [talk[-1].content]


def _text(value: Any) -> str:
    if isinstance(value, Mapping):  # WildBench has its reference under its model's name
        value = next(iter(value.values()), None)
    return "" if value is None else str(value)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [_text(one) for one in value] if isinstance(value, list | tuple) else []


def _number(value: Any) -> float:
    return 0.0 if value is None else float(value)
