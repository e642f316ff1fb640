"""Our figures above those of the papers, each with its source."""

from collections.abc import Callable, Mapping, Sequence

from gleanery.tasks.evaluation.judged_records import Judged
from gleanery.tasks.evaluation.published import (
    PUBLISHED,
    PublishedModel,
    published_name,
    sources_of,
)
from gleanery.tasks.evaluation.published_judged import PUBLISHED_JUDGED
from gleanery.tasks.evaluation.report_data import EvaluationFigures
from gleanery.tasks.report_html import Html, tag
from gleanery.tasks.report_tables import nothing, table
from gleanery.tasks.report_text import shortened

_NOTE = (
    "Prompts, solved examples and items differ from paper to paper: the figures are a bearing and "
    "no yardstick. Even the two papers' figures for the same base model differ."
)
_JUDGED_NOTE = (
    "AlpacaEval 2 at equal length and Arena-Hard in percent of wins, MT-Bench in points. Judges, "
    "prompts of judges and the answers to beat differ from those here: a bearing and no yardstick."
)
Figures = Mapping[str, float]


def published_accuracies(figures: EvaluationFigures) -> Html:
    """Return our accuracies in percent above those that the papers report."""
    ours: dict[str, dict[str, float]] = {}
    for one in figures.measured:
        ours.setdefault(one.label, {})[one.score.benchmark] = 100 * one.interval.estimate
    names = figures.benchmarks
    if not any(set(model.figures) & set(names) for model in PUBLISHED):
        return nothing("The papers report no figure for these benchmarks.")
    shown = _figures("percent right", names, list(ours.items()), PUBLISHED, lambda _, f: f"{f:.1f}")
    return tag("div", tag("p", _NOTE), shown)


def published_judged(judged: Judged) -> Html | None:
    """Return our win rates and points above those that the papers report; None without any."""
    ours: dict[tuple[str, str], dict[str, float]] = {}
    for rate in judged.win_rates:
        fair = rate.controlled if rate.suite == "alpaca_eval" and rate.controlled else rate.rate
        ours.setdefault((rate.label, rate.judge), {})[rate.suite] = 100 * fair.estimate
    for score in judged.points:
        found = ours.setdefault((score.label, score.judge), {})
        found.setdefault(score.suite, score.points.estimate)
    names = list(dict.fromkeys(suite for of in ours.values() for suite in of))
    names = [name for name in names if any(name in model.figures for model in PUBLISHED_JUDGED)]
    if not names:
        return None
    judges = {judge for _, judge in ours}
    rows = [
        (f"{label}, judged by {judge}" if len(judges) > 1 else label, figures)
        for (label, judge), figures in ours.items()
    ]
    shown = _figures("figure", names, rows, PUBLISHED_JUDGED, _points_or_percent)
    return tag("div", tag("p", _JUDGED_NOTE), shown)


def _points_or_percent(suite: str, figure: float) -> str:
    return f"{figure:.2f}" if suite == "mt_bench" else f"{figure:.1f}"


def _figures(
    what: str,
    names: Sequence[str],
    ours: Sequence[tuple[str, Figures]],
    published: Sequence[PublishedModel],
    write: Callable[[str, float], str],
) -> Html:
    """Return a table of figures by model and name, and the list of the published ones' sources."""
    shown = [model for model in published if set(model.figures) & set(names)]
    sources = sources_of(published)
    rows = [*ours, *((published_name(model, sources), model.figures) for model in shown)]
    cells = [
        [shortened(label, 60), *[write(name, of[name]) if name in of else "–" for name in names]]
        for label, of in rows
    ]
    listed = [
        tag("li", f"[{number}] ", tag("a", source.name, href=source.link, rel="noreferrer"))
        for number, source in enumerate(sources, 1)
        if any(model.source == source for model in shown)
    ]
    columns = [what, *names]
    caption = "Beside published figures"
    return tag(
        "div",
        table(caption, columns, cells, numbers=len(names), class_="quiet"),
        tag("ul", *listed, class_="note sources"),
    )
