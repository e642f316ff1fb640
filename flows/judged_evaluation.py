"""Having judges compare and grade what models answer: first all models, then judge by judge."""

import contextlib
from collections.abc import Sequence

from prefect.logging import get_run_logger

from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.measured_models import Told, answering
from gleanery.flows.run import storage_options
from gleanery.infra.budget import open_budget
from gleanery.infra.incremental import Retry
from gleanery.infra.journal import new_writer
from gleanery.infra.llm.room import EngineRoom
from gleanery.infra.parts import Parts
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.judge_part import judge_name
from gleanery.tasks.evaluation.judge_suites import (
    Answers,
    OpenSuite,
    Verdicts,
    judged,
    open_suites,
)
from gleanery.tasks.evaluation.judged_records import Judged, NoFigure, PointScore, WinRate
from gleanery.tasks.evaluation.tasks import answer_judged_suites, judge_answers
from gleanery.tasks.llm_part import LLMRun


def read_suites(config: ModelEvaluationConfig, settings: Settings) -> list[OpenSuite]:
    """Return the configured judged suites with their questions; raises what `read_questions` does.

    A flow calls it before anything is asked: a file that is missing is found at once.
    """
    return open_suites(config.judging, storage_options(settings))


def judge_models(
    config: ModelEvaluationConfig,
    store: Store,
    settings: Settings,
    suites: Sequence[OpenSuite],
    retry: Retry | None = None,
) -> Judged | None:
    """Return what judges make of every model's answers; None where there are no suites.

    What `store` holds is not asked again, but for what `retry` names. Runs inside a flow that holds
    the lease of `store`, which keeps all answers and verdicts. Every engine is closed before the
    next one starts: each may want all GPUs. Raises `NoModel`.
    """
    if not suites:
        return None
    judging = config.judging
    logger = get_run_logger()
    budget = open_budget(config.budget, store)
    answers: dict[str, Answers] = {}
    for model in config.models:
        with answering(model, config.root or settings.root, settings) as (room, engine):
            run = LLMRun(Parts(store, new_writer()), room, budget, retry=retry)
            if engine.identity in [judge.identity for judge in judging.judges]:
                logger.warning("%s also judges: models tend to favour their own", model.label)
            answers[model.label] = answer_judged_suites.submit(
                model.label, run, judging, suites, engine, model.asked_as_chat, Told(model.label)
            ).result()
    verdicts: list[Verdicts] = []
    for judge in judging.judges:
        with contextlib.closing(EngineRoom()) as room:
            run = LLMRun(Parts(store, new_writer()), room, budget, retry=retry)
            told = Told(f"judge {judge_name(judge)}")
            verdicts.append(
                judge_answers.submit(run, judging, suites, answers, judge, told).result()
            )
    made = judged(answers, verdicts, suites, judging.examples)
    if made.unanswered:
        logger.warning("%d answers or verdicts are still missing: run again", made.unanswered)
    for none in made.without_figures:
        logger.warning(
            "%s of %s by %s: none of %d questions counts: %s",
            *(none.suite, none.label, none.judge, none.questions),
            ", ".join(f"{count} {name}" for name, count in none.counts if count),
        )
    return made


def judged_rows(made: Judged | None) -> list[dict[str, str]]:
    """Return one row per suite, model and judge: those without a figure, win rates, then points.

    "adjusted p" is of the test that model and reference are equals, "its adjusted p" that the model
    and the first one are, both adjusted as `judged_figures` says; intervals are not.
    """
    if made is None:
        return []
    return [
        *(_row(none, result="no verdicts") | {"left out": f"{none.questions:,}"}
          for none in made.without_figures),
        *map(_win_rate, made.win_rates),
        *map(_points, made.points),
    ]  # fmt: skip


def _win_rate(one: WinRate) -> dict[str, str]:
    return _row(one, result=f"{one.rate.estimate:.1%} won") | {
        "against": one.reference,
        "questions": f"{one.items:,}",
        "95 %": f"{one.rate.low:.1%} to {one.rate.high:.1%}",
        "at equal length": f"{one.controlled.estimate:.1%}" if one.controlled else "",
        "left out": f"{one.left_out:,}",
        "adjusted p": f"{one.p_adjusted:.3g}",
        "beside the first": f"{one.against.difference.estimate:+.1%}" if one.against else "",
        "its adjusted p": f"{one.against.p_adjusted:.3g}" if one.against else "",
    }


def _points(one: PointScore) -> dict[str, str]:
    return _row(one, result=f"{one.points.estimate:.2f} points") | {
        "questions": f"{one.items:,}",
        "95 %": f"{one.points.low:.2f} to {one.points.high:.2f}",
        "left out": f"{one.left_out:,}",
        "beside the first": f"{one.against.difference.estimate:+.2f}" if one.against else "",
        "its adjusted p": f"{one.against.p_adjusted:.3g}" if one.against else "",
    }


def _row(one: NoFigure | WinRate | PointScore, result: str) -> dict[str, str]:
    """Return a row in which all columns stand, most of them empty yet."""
    row = {"suite": one.suite, "model": one.label, "against": "", "judge": one.judge}
    row |= {"questions": "0", "result": result, "95 %": "", "at equal length": ""}
    return row | {"adjusted p": "", "left out": "0", "beside the first": "", "its adjusted p": ""}
