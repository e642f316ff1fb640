"""Measuring models on benchmarks: every model gets the same prompts, every answer is kept."""

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.measured_models import measure_models
from gleanery.flows.model_results import keep_measured, with_keys
from gleanery.flows.run import open_store
from gleanery.infra.lease import hold_lease
from gleanery.infra.settings import read_settings
from gleanery.tasks.evaluation.published import PUBLISHED
from gleanery.tasks.evaluation.side_by_side import Measured, side_by_side


@flow(name="evaluate-model", flow_run_name="evaluate: {config.name}")
def evaluate_model(config: ModelEvaluationConfig) -> list[Measured]:
    """Return what every model came to on every benchmark, each compared with the first model."""
    settings = read_settings()
    store = open_store(config, settings)
    config = with_keys(config, settings)
    with hold_lease(store):
        done = measure_models(config, store, settings)
    measured = side_by_side(
        {label: evaluation.scores for label, evaluation in done.items()},
        {label: evaluation.items for label, evaluation in done.items()},
    )
    if not any(evaluation.unanswered for evaluation in done.values()):
        keep_measured(config, measured, settings)
    _show(measured)
    return measured


def _show(measured: list[Measured]) -> None:
    create_table_artifact(
        key="evaluation",
        table=evaluation_rows(measured),
        description="# Accuracy by benchmark, with 95 % intervals\n\n`p` is of the exact paired "
        "test (McNemar) against the first model.",
    )
    create_markdown_artifact(key="evaluation-published", markdown=published_table(measured))


def evaluation_rows(measured: list[Measured]) -> list[dict[str, str | int]]:
    """Return one row per benchmark and model."""
    return [
        {
            "benchmark": one.score.benchmark,
            "model": one.label,
            "items": one.score.items,
            "accuracy": f"{one.interval.estimate:.1%}",
            "95 %": f"{one.interval.low:.1%} to {one.interval.high:.1%}",
            "unparseable": one.score.unparseable,
            "cut off": one.score.truncated,
            "against the first": f"{one.against.difference.estimate:+.1%}" if one.against else "",
            "won, lost": f"{one.against.won}, {one.against.lost}" if one.against else "",
            "p": f"{one.against.p_value:.3g}" if one.against else "",
        }
        for one in measured
    ]


def published_table(measured: list[Measured]) -> str:
    """Return our accuracies in percent beside those that the papers report, as Markdown."""
    benchmarks = list(dict.fromkeys(one.score.benchmark for one in measured))
    ours: dict[str, dict[str, float]] = {}
    for one in measured:
        ours.setdefault(one.label, {})[one.score.benchmark] = 100 * one.interval.estimate
    lines = [
        "# Beside published figures",
        "",
        "Yue et al. (2024), Table 2. Prompts and items differ: a bearing, no yardstick.",
        "",
        f"| model | {' | '.join(benchmarks)} |",
        f"|{'---|' * (len(benchmarks) + 1)}",
    ]
    for name, figures in {**ours, **{f"{n} (published)": f for n, f in PUBLISHED.items()}}.items():
        cells = [f"{figures[b]:.1f}" if b in figures else "" for b in benchmarks]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
