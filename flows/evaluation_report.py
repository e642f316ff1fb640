"""What an evaluation shows: its report in the store, and tables, chart and link in the UI."""

import base64
from collections import Counter
from collections.abc import Mapping

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_table_artifact,
)

from gleanery.flows.evaluation_config import MeasuredModel, ModelEvaluationConfig
from gleanery.flows.evaluation_tables import (
    evaluation_rows,
    findings_in_words,
    published_table,
)
from gleanery.flows.judged_evaluation import judged_rows
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.accuracy_picture import draw_accuracies
from gleanery.tasks.evaluation.judged_records import Judged
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
    _show(figures, report.address(store))
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
    return ModelFacts(
        label=model.label, model=named, revision=revision, as_chat=model.asked_as_chat
    )


def _unanswered(evaluation: Evaluation) -> dict[str, int]:
    """Return how many items of each benchmark are still open; parts are `….<benchmark>.<slice>`."""
    found: Counter[str] = Counter()
    for receipt in evaluation.answers:
        found[receipt.part.split(".")[-2]] += sum(receipt.failed.values())
    return dict(+found)


def _show(figures: EvaluationFigures, address: str) -> None:
    if figures.measured:
        _show_accuracies(figures)
    if rows := judged_rows(figures.judged):
        create_table_artifact(
            key="evaluation-judged",
            table=rows,
            description="# What judges prefer, and the points they give\n\n`adjusted p` is of the "
            "test that model and reference are equals, `its adjusted p` that model and first model "
            "are, both adjusted (Holm) for all such tests of the model; intervals are not.",
        )
    create_link_artifact(
        key="evaluation-report",
        link=address,
        link_text=f"Report of {figures.facts.name}",
        description=f"Every figure, and items won and lost with their answers: {address}",
    )


def _show_accuracies(figures: EvaluationFigures) -> None:
    found = "\n".join(f"- {line}" for line in findings_in_words(figures))
    create_table_artifact(
        key="evaluation",
        table=evaluation_rows(figures),
        description="# Items right by benchmark, with 95 % intervals\n\n`p` is of the exact paired "
        "test (McNemar) against the first model, `p, Holm` adjusted for the number of benchmarks. "
        "Intervals are not adjusted."
        f"\n\n{found}",
    )
    image = base64.b64encode(draw_accuracies(figures)).decode()
    create_markdown_artifact(
        key="evaluation-published",
        description="Accuracies beside published ones",
        markdown=f"![accuracy by benchmark](data:image/png;base64,{image})\n\n"
        f"{published_table(figures)}",
    )
