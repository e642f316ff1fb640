"""A whole judged evaluation without any orchestration: models answer, judges compare and grade."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from gleanery.infra.digests import digest
from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.evaluation.answers_part import ask_part
from gleanery.tasks.evaluation.judge_part import judge_part
from gleanery.tasks.evaluation.judged_answers_part import suite_answer_parts
from gleanery.tasks.evaluation.judged_config import JudgedSuiteConfig, JudgingConfig
from gleanery.tasks.evaluation.judged_examples import pair_examples, point_examples
from gleanery.tasks.evaluation.judged_figures import judged_figures
from gleanery.tasks.evaluation.judged_pairs_part import Contest, Pair, comparing, pairs_of
from gleanery.tasks.evaluation.judged_points_part import grading, turns_of
from gleanery.tasks.evaluation.judged_questions import read_questions
from gleanery.tasks.evaluation.judged_records import (
    Judged,
    JudgedQuestion,
    PairVerdict,
    PointVerdict,
    SuiteAnswer,
)
from gleanery.tasks.llm_part import LLMPart, LLMRun

V = TypeVar("V", PairVerdict, PointVerdict)
FILE = "the file's outputs"
"""What the tables call a reference whose answers stand in the suite's file."""


@dataclass(frozen=True, slots=True)
class OpenSuite:
    """A suite that is read."""

    config: JudgedSuiteConfig
    questions: Sequence[JudgedQuestion]


@dataclass(slots=True)
class Answers:
    """What one model answered, by suite and question, and how many questions it owes."""

    by_suite: dict[str, dict[str, SuiteAnswer]]
    unanswered: int = 0


@dataclass(slots=True)
class Verdicts:
    """What one judge said of all models, and how many verdicts it owes."""

    pairs: list[PairVerdict]
    points: list[PointVerdict]
    unanswered: int = 0


def open_suites(config: JudgingConfig, options: Mapping[str, Any] | None = None) -> list[OpenSuite]:
    """Return all suites with their questions; raises what `read_questions` raises."""
    return [OpenSuite(suite, read_questions(suite, options)) for suite in config.suites]


def answer_suites(
    run: LLMRun,
    config: JudgingConfig,
    suites: Sequence[OpenSuite],
    engine: EngineConfig,
    as_chat: bool,
    label: str,
    progress: Callable[[str, int, int], None] = lambda part, done, total: None,
) -> Answers:
    """Return what a model answers; killed at any time, a second call asks only what is missing."""
    answers = Answers({})
    for suite in suites:
        rows = answers.by_suite.setdefault(suite.config.name, {})
        for part in suite_answer_parts(
            suite.questions,
            suite.config,
            engine,
            as_chat,
            config.items_per_part,
            f"{label}.",
            progress,
        ):
            receipt, _ = ask_part(run, part)
            answers.unanswered += sum(receipt.failed.values())
            rows |= {row.id: row for row in run.parts.rows(receipt, SuiteAnswer)}
    return answers


def judge_suites(
    run: LLMRun,
    config: JudgingConfig,
    suites: Sequence[OpenSuite],
    answers: Mapping[str, Answers],
    judge: EngineConfig,
    progress: Callable[[str, int, int], None] = lambda part, done, total: None,
) -> Verdicts:
    """Return what a judge says of every model's answers, by label; nothing is asked twice.

    A model is not compared with itself where another one's answers are the reference.
    """
    verdicts = Verdicts([], [])
    for suite in suites:
        for label in answers:
            for number, questions in enumerate(_slices(suite.questions, config.items_per_part)):
                by = digest([judge.model, judge.revision])[:8]
                name = f"{label}.{suite.config.name}.{by}.{number:04d}"
                contest = _contest(suite, label, judge, config)
                if contest and (pairs := _pairs(suite, questions, answers, label)):
                    compared = judge_part(name, comparing(contest), pairs, progress)
                    verdicts.pairs += _ask(run, compared, verdicts)
                said = answers[label].by_suite[suite.config.name]
                if suite.config.suite.points and (turns := turns_of(questions, said)):
                    points = grading(label, judge, config.asking)
                    verdicts.points += _ask(
                        run, judge_part(name, points, turns, progress), verdicts
                    )
    return verdicts


def judged(
    answers: Mapping[str, Answers],
    verdicts: Sequence[Verdicts],
    suites: Sequence[OpenSuite],
    examples: int = 0,
) -> Judged:
    """Return what all verdicts come to, the models in the order of `answers`.

    Of each kind it holds so many `examples` to read.
    """
    places = {label: place for place, label in enumerate(answers)}
    pairs = [row for one in verdicts for row in one.pairs]
    points = [row for one in verdicts for row in one.points]
    owed = [*(one.unanswered for one in answers.values()), *(one.unanswered for one in verdicts)]
    pairs.sort(key=lambda row: places[row.label])
    points.sort(key=lambda row: places[row.label])
    rates, scores, without = judged_figures(pairs, points, next(iter(answers), ""))
    questions: dict[tuple[str, str], JudgedQuestion] = {
        (one.config.name, each.id): each for one in suites for each in one.questions
    }
    shown = pair_examples(pairs, questions, examples) + point_examples(points, questions, examples)
    return Judged(
        win_rates=rates,
        points=scores,
        without_figures=without,
        examples=shown,
        unanswered=sum(owed),
    )


def _slices(questions: Sequence[JudgedQuestion], size: int) -> list[Sequence[JudgedQuestion]]:
    return [questions[start : start + size] for start in range(0, len(questions), size)]


def _contest(
    suite: OpenSuite, label: str, judge: EngineConfig, config: JudgingConfig
) -> Contest | None:
    """Return whom a model is compared with; None where it is itself the reference, or none is."""
    worth, reference = suite.config.suite.worth, suite.config.reference
    if worth is None or label == reference:
        return None
    if not reference and not any(question.baseline for question in suite.questions):
        return None  # WildBench without reference answers: points alone
    return Contest(label, reference or FILE, worth, judge, config.asking)


def _pairs(
    suite: OpenSuite,
    questions: Sequence[JudgedQuestion],
    answers: Mapping[str, Answers],
    label: str,
) -> list[Pair]:
    name, reference = suite.config.name, suite.config.reference
    others = answers[reference].by_suite[name] if reference else None
    return pairs_of(questions, answers[label].by_suite[name], others)


def _ask(run: LLMRun, part: LLMPart[Any, V], verdicts: Verdicts) -> list[V]:
    receipt, _ = ask_part(run, part)
    verdicts.unanswered += sum(receipt.failed.values())
    return list(run.parts.rows(receipt, part.row_type))
