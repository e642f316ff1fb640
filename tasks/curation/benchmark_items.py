"""The items of benchmarks: their texts, checked before anything is done with them."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gleanery.tasks.curation.benchmark_config import BenchmarkConfig
from gleanery.tasks.curation.benchmark_rows import BenchmarkRow, read_benchmark
from gleanery.tasks.curation.leaks_folding import fold
from gleanery.tasks.file_problems import FileError, Problem

_LEAST_WORDS = 2  # of a question; and of choices or an answer that stand in for one of a word
_LEAST_OTHER_WORDS = 13


@dataclass(frozen=True, slots=True)
class BenchmarkItem:
    """A question of a benchmark; what it does not have is empty."""

    benchmark: str
    id: str
    question: str
    choices: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


class BenchmarkError(ValueError):
    """Benchmarks that cannot be used as they are; the message has every problem with its place."""


@dataclass(frozen=True, slots=True)
class Benchmarks:
    """What was read: the items of all benchmarks, and those left out, each with its place."""

    items: tuple[BenchmarkItem, ...]
    skipped: tuple[str, ...]


def read_benchmarks(
    configs: Iterable[BenchmarkConfig], options: Mapping[str, Any] | None = None
) -> Benchmarks:
    """Return the items of all benchmarks, in their order.

    `options` go to fsspec. Raises `BenchmarkError` with all problems of all files: no file, lines
    that are no JSON object, missing keys, questions that are empty or of one word.
    """
    items: list[BenchmarkItem] = []
    skipped: list[str] = []
    errors: list[Exception] = []
    for config in configs:
        try:
            read = _read(config, options or {})
        except (FileNotFoundError, FileError) as error:
            errors.append(error)
            continue
        items += read.items
        skipped += read.skipped
    if errors:
        raise BenchmarkError("\n".join(map(str, errors)))
    return Benchmarks(tuple(items), tuple(skipped))


def _read(config: BenchmarkConfig, options: Mapping[str, Any]) -> Benchmarks:
    items: list[BenchmarkItem] = []
    skipped: list[str] = []
    problems: dict[str, list[Problem]] = {}
    source = config.path or config.dataset
    unseen = _keys_to_see(config)
    ids: set[str] = set()
    for row in read_benchmark(config, options):
        if not isinstance(row, BenchmarkRow):
            problems.setdefault(row[0], []).append(row[1])
            continue
        item = _item(row, config, len(items))
        unseen = {k: v for k, v in unseen.items() if _look_up(row.values, v) is None}
        if isinstance(item, BenchmarkItem):
            if item.id in ids:  # in reports it would be taken for the other one
                place = f"{posixpath.basename(row.source)}:{row.line}"
                item = replace(item, id=f"{item.id} ({place})")
            ids.add(item.id)
            items.append(item)
        elif item.skipped:
            skipped.append(f"{row.source}:{row.line}: {item.what}")
        else:
            problems.setdefault(row.source, []).append(Problem(row.line, item.what))
    if problems:
        raise _all_problems(problems)
    if not items:
        raise FileError(source, [Problem(0, f"benchmark {config.name!r} has no questions")])
    if unseen:
        wrong = ", ".join(f"{key!r}, which is its {name}" for name, key in unseen.items())
        what = f"no row of benchmark {config.name!r} has the key {wrong}: correct it"
        raise FileError(source, [Problem(0, what)])
    return Benchmarks(tuple(items), tuple(skipped))


def _keys_to_see(config: BenchmarkConfig) -> dict[str, str]:
    """Return the keys that somebody has set, by their settings: a row at least must have each."""
    names = ("id_key", "answer_key", "choices_key", "solution_key")
    keys = {name: str(getattr(config, name)) for name in names}
    return {
        name: key
        for name, key in keys.items()
        if key and key != type(config).model_fields[name].default
    }


def _all_problems(problems: Mapping[str, list[Problem]]) -> FileError:
    if len(problems) == 1:
        ((source, found),) = problems.items()
        return FileError(source, found)
    lines = [Problem(0, str(FileError(source, found))) for source, found in problems.items()]
    return FileError("several files of one benchmark", lines)


@dataclass(frozen=True, slots=True)
class _Unusable:
    what: str
    skipped: bool = False


def _item(row: BenchmarkRow, config: BenchmarkConfig, number: int) -> BenchmarkItem | _Unusable:
    raw = _look_up(row.values, config.question_key)
    if raw is None and config.question_key in row.values:
        return _Unusable(f"the question under {config.question_key!r} is null: remove the row")
    if raw is None:
        keys = ", ".join(sorted(row.values))
        return _Unusable(
            f"no question under {config.question_key!r}; the row has {keys}: set question_key of "
            f"benchmark {config.name!r}"
        )
    question = "\n".join(_texts(raw))
    choices = _texts(_look_up(row.values, config.choices_key))
    found = [_look_up(row.values, key) for key in (config.answer_key, config.solution_key)]
    answers = [text for value in found for text in _texts(value)]
    words = len(fold(question).split())
    if not words:
        return _Unusable(f"the question is empty: {question!r}")
    others = max((len(fold(text).split()) for text in (" ".join(choices), *answers)), default=0)
    if words < _LEAST_WORDS and others < _LEAST_OTHER_WORDS:
        return _Unusable(
            f"the question is one word, {question!r}, which cannot be told from other texts: "
            f"remove the row, or set one_word_questions of benchmark {config.name!r} to skip",
            skipped=config.one_word_questions == "skip",
        )
    identity = _look_up(row.values, config.id_key)
    return BenchmarkItem(
        benchmark=config.name,
        id=str(number if identity is None else identity),
        question=question,
        choices=tuple(choices),
        answers=tuple(answers),
    )


def _look_up(values: Any, key: str) -> Any:
    """Return what stands under a key, or at a path into lists and mappings; `None` if nothing."""
    if not key:
        return None
    if isinstance(values, Mapping) and key in values:
        return values[key]
    for step in key.split("."):
        if isinstance(values, Mapping) and step in values:
            values = values[step]
        elif isinstance(values, list) and step.isdigit() and int(step) < len(values):
            values = values[int(step)]
        else:
            return None
    return values


def _texts(value: Any) -> list[str]:
    """Return the texts in a value: itself, those of a list, or those of a mapping's values."""
    if value is None:
        return []
    if isinstance(value, Mapping):  # choices are often {"text": […], "label": […]}
        return _texts(value["text"]) if "text" in value else _texts(list(value.values()))
    if isinstance(value, list | tuple):
        return [text for part in value for text in _texts(part)]
    return [str(value).strip()]
