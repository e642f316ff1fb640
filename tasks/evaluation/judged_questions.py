"""Reading a judged suite: rows of any published copy become questions of one form."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from gleanery.tasks.evaluation.item_rows import Row, read_rows
from gleanery.tasks.evaluation.judged_config import JudgedSuiteConfig
from gleanery.tasks.evaluation.judged_outputs import ID_KEYS, read_outputs, said_in
from gleanery.tasks.evaluation.judged_records import JudgedQuestion
from gleanery.tasks.file_problems import FileError, Problem
from gleanery.tasks.records import ChatMessage

# Under which keys the published copies hold a field, in the order of preference.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "id": ID_KEYS,
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
_ALONE = (
    "no answer to compare with: name a measured model in `reference`, a file that has one under "
    "this id in `outputs`, or the key of the outputs in `named: {baseline: …}`"
)


def read_questions(
    config: JudgedSuiteConfig, options: Mapping[str, Any] | None = None
) -> list[JudgedQuestion]:
    """Return the questions of a suite in the order of its file.

    `options` go to fsspec. Raises `FileNotFoundError`, and `FileError` with the problems of all
    rows: no question, a talk that does not end with the user, an id that comes twice, no answer to
    compare with where there must be one. A suite that is graded too may be without any of them.
    """
    source, outputs = config.questions_source, None
    if config.outputs.place_is_named:
        outputs = read_outputs(config.outputs, options or {})
    questions: list[JudgedQuestion] = []
    problems: list[Problem] = []
    alone: list[int] = []
    for line, row in read_rows(source, options or {}):
        try:
            question, has_baseline = _question(row, config, outputs, len(questions))
        except ValueError as error:
            problems.append(Problem(line, str(error)))
            continue
        questions.append(question)
        alone += [] if has_baseline else [line]
        if source.first and len(questions) >= source.first:
            break
    if config.suite.worth is not None and not config.reference:
        only_graded = config.suite.points and outputs is None and len(alone) == len(questions)
        problems += [Problem(line, _ALONE) for line in alone if not only_graded]
    twice = [name for name, count in Counter(one.id for one in questions).items() if count > 1]
    problems += [Problem(0, f"the id {name!r} comes more than once") for name in twice]
    if not questions and not problems:
        problems.append(Problem(0, "there are no questions: check `split` and `where`"))
    if problems:
        raise FileError(source.place, problems)
    return questions


def _question(
    row: Row, config: JudgedSuiteConfig, outputs: Mapping[str, str] | None, number: int
) -> tuple[JudgedQuestion, bool]:
    """Return a question, and whether there is an answer to compare with."""
    found = {name: _look_up(row, name, config) for name in _KEYS}
    history, turns = _talk(found["turns"])
    if not turns or not all(turn.strip() for turn in turns):
        raise ValueError(
            f"no question; the row has {', '.join(sorted(map(str, row)))}: name its key in "
            "`named: {turns: …}`"
        )
    category, identity = _text(found["category"]), found["id"]
    identity = str(number if identity is None else identity)
    baseline = said_in(found["baseline"]) if outputs is None else outputs.get(identity)
    with_references = category in config.suite.with_references
    question = JudgedQuestion(
        id=identity,
        suite=config.name,
        category=category,
        turns=turns,
        history=history,
        references=_texts(found["references"]) if with_references else [],
        baseline=baseline or "",
        checklist=_texts(found["checklist"]),
        difficulty=_number(found["difficulty"]),
    )
    return question, baseline is not None


def _look_up(row: Row, name: str, config: JudgedSuiteConfig) -> Any:
    """Return the value of a field; None where the row has none."""
    named = config.questions_source.named.get(name)  # type: ignore[call-overload]
    for key in (named,) if named else _KEYS[name]:
        if row.get(key) is not None:
            return row[key]
    return None


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
    return "" if value is None else str(value)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [_text(one) for one in value] if isinstance(value, list | tuple) else []


def _number(value: Any) -> float:
    return 0.0 if value is None else float(value)
