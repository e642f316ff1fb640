"""What an evaluation shows: its report in the store, and tables, chart and link in the UI."""

import base64
from collections import Counter
from collections.abc import Mapping

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_table_artifact,
)
from prefect.logging import get_run_logger

from gleanery.flows.evaluation_config import MeasuredModel, ModelEvaluationConfig
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.accuracy_picture import draw_accuracies
from gleanery.tasks.evaluation.findings import Finding, in_words, p_value_text, points
from gleanery.tasks.evaluation.judged_records import Judged
from gleanery.tasks.evaluation.published import PUBLISHED, SOURCES, published_name
from gleanery.tasks.evaluation.report_data import (
    BenchmarkFacts,
    EvaluationFacts,
    EvaluationFigures,
    ModelFacts,
    evaluation_figures,
)
from gleanery.tasks.evaluation.report_store import write_report
from gleanery.tasks.evaluation.score_items import Evaluation
from gleanery.tasks.evaluation.side_by_side import side_by_side


def report_evaluation(
    config: ModelEvaluationConfig,
    store: Store,
    done: Mapping[str, Evaluation],
    judged: Judged | None = None,
) -> EvaluationFigures:
    """Return the figures of an evaluation, after writing its report and showing it in the UI.

    `done` is what `measure_models` returns, the first model being the one that others are set
    against. Runs inside a flow.
    """
    items = {label: evaluation.items for label, evaluation in done.items()}
    scores = {label: evaluation.scores for label, evaluation in done.items()}
    figures = evaluation_figures(
        evaluation_facts(config, done),
        side_by_side(scores, items),
        items,
        config.report.alpha,
        judged,
    )
    report = write_report(store, figures, items, config.report)
    address = report.address(store)
    _show(figures, address)
    logger = get_run_logger()
    for line in findings_in_words(figures):
        logger.info("%s", line)
    logger.info("report: %s", address)
    return figures


def evaluation_facts(
    config: ModelEvaluationConfig, done: Mapping[str, Evaluation]
) -> EvaluationFacts:
    """Return who was measured on what, as far as configuration and receipts tell it."""
    return EvaluationFacts(
        name=config.name,
        models=[_model(model, done[model.label]) for model in config.models],
        benchmarks=[
            BenchmarkFacts(
                name=one.name,
                shots=one.shots_asked,
                max_tokens=one.max_tokens or one.benchmark.max_tokens,
                source=one.items_source.place,
            )
            for one in config.evaluation.benchmarks
        ],
        seed=config.evaluation.seed,
        unanswered={
            label: of_model
            for label, evaluation in done.items()
            if (of_model := _unanswered(evaluation))
        },
    )


def _model(model: MeasuredModel, evaluation: Evaluation) -> ModelFacts:
    if evaluation.answers:  # which a trained model is, and a folder, only its receipts say
        named, revision = evaluation.answers[0].decides["model"]
    else:
        named = model.path or model.trained or model.engine.model
        revision = model.revision or model.trained_key or model.engine.revision
    return ModelFacts(label=model.label, model=named, revision=revision, as_chat=model.as_chat)


def _unanswered(evaluation: Evaluation) -> dict[str, int]:
    """Return how many items of each benchmark are still open; parts are `….<benchmark>.<slice>`."""
    found: Counter[str] = Counter()
    for receipt in evaluation.answers:
        found[receipt.part.split(".")[-2]] += sum(receipt.failed.values())
    return dict(+found)


def findings_in_words(figures: EvaluationFigures) -> list[str]:
    """Return the mean of each model and a sentence per benchmark: what came out, in words."""
    lines = []
    for one in figures.overall:
        mean = f"{100 * one.mean.estimate:.1f} %"
        ends = f"95 % {100 * one.mean.low:.1f} to {100 * one.mean.high:.1f}"
        line = f"{one.label}: {mean} right, the mean of {one.benchmarks} benchmarks ({ends})"
        if difference := one.difference:
            line += (
                f"; {points(difference.estimate)} points beside {figures.labels[0]} (95 % "
                f"{points(difference.low)} to {points(difference.high)})"
            )
        lines.append(line)
    return lines + [in_words(finding, figures.labels[0]) for finding in figures.findings]


def _show(figures: EvaluationFigures, address: str) -> None:
    create_table_artifact(
        key="evaluation",
        table=evaluation_rows(figures),
        description="# Items right by benchmark, with 95 % intervals\n\n`p` is of the exact paired "
        "test (McNemar) against the first model, `p, Holm` adjusted for the number of benchmarks.",
    )
    image = base64.b64encode(draw_accuracies(figures)).decode()
    create_markdown_artifact(
        key="evaluation-published",
        description="Accuracies beside published ones",
        markdown=f"![accuracy by benchmark](data:image/png;base64,{image})\n\n"
        f"{published_table(figures)}",
    )
    create_link_artifact(
        key="evaluation-report",
        link=address,
        link_text=f"Report of {figures.facts.name}",
        description=f"Every figure, and items won and lost with their answers: {address}",
    )


def evaluation_rows(figures: EvaluationFigures) -> list[dict[str, str | int]]:
    """Return one row per benchmark and model."""
    found = {(one.benchmark, one.label): one for one in figures.findings}
    return [
        {
            "benchmark": one.score.benchmark,
            "model": one.label,
            "items": one.score.items,
            "accuracy": f"{one.interval.estimate:.1%}",
            "95 %": f"{one.interval.low:.1%} to {one.interval.high:.1%}",
            "unparseable": one.score.unparseable,
            "cut off": one.score.truncated,
            **_beside_first(found.get((one.score.benchmark, one.label))),
        }
        for one in figures.measured
    ]


def _beside_first(finding: Finding | None) -> dict[str, str | int]:
    names = ("points", "won, lost", "p", "p, Holm", "finding")
    if finding is None:
        return dict.fromkeys(names, "")
    compared = finding.comparison
    values = (
        points(compared.difference.estimate),
        f"{compared.won}, {compared.lost}",
        p_value_text(compared.p_value).removeprefix("= "),
        p_value_text(finding.p_adjusted).removeprefix("= "),
        finding.decision,
    )
    return dict(zip(names, values, strict=True))


def published_table(figures: EvaluationFigures) -> str:
    """Return our accuracies in percent beside those that the papers report, as Markdown."""
    names = figures.benchmarks
    ours: dict[str, dict[str, float]] = {}
    for one in figures.measured:
        ours.setdefault(one.label, {})[one.score.benchmark] = 100 * one.interval.estimate
    rows = [*ours.items(), *((published_name(one), one.figures) for one in PUBLISHED)]
    lines = [
        "# Beside published figures",
        "",
        "Percent of items right. Prompts and items differ: a bearing, no yardstick.",
        "",
        f"| model | {' | '.join(names)} |",
        f"|{'---|' * (len(names) + 1)}",
        *[
            f"| {name} | {' | '.join(f'{of[b]:.1f}' if b in of else '' for b in names)} |"
            for name, of in rows
        ],
        "",
        *[f"[{number}] [{one.name}]({one.link})" + "\n" for number, one in enumerate(SOURCES, 1)],
    ]
    return "\n".join(lines)
