"""The accuracies as a picture, for places that show no page."""

import io

from gleanery.tasks.evaluation.published import published_name, published_on
from gleanery.tasks.evaluation.report_data import EvaluationFigures

_COLOURS = ("#a9b7c6", "#1f6fb2", "#b8500c", "#6b5b95")
_MARKS = ("o", "D", "s", "^", "v")


def draw_accuracies(figures: EvaluationFigures) -> bytes:
    """Return the accuracies by benchmark as a PNG: bars with 95 % lines, published ones as dots."""
    from matplotlib.figure import Figure

    names, labels = figures.benchmarks, figures.labels
    found = {(one.label, one.score.benchmark): one.interval for one in figures.measured}
    figure = Figure(figsize=(max(6.0, 1.1 * len(names) + 2), 4), layout="constrained")
    axes = figure.subplots()
    width = 0.8 / max(1, len(labels))
    for place, label in enumerate(labels):
        shown = [
            (at, found[label, name]) for at, name in enumerate(names) if (label, name) in found
        ]
        heights = [100 * one.estimate for _, one in shown]
        below = [100 * (one.estimate - one.low) for _, one in shown]
        above = [100 * (one.high - one.estimate) for _, one in shown]
        axes.bar(
            [at - 0.4 + (place + 0.5) * width for at, _ in shown], heights, width,
            yerr=[below, above], capsize=2, label=label, color=_COLOURS[place % len(_COLOURS)],
            error_kw={"lw": 1},
        )  # fmt: skip
    dots: dict[str, list[tuple[int, float]]] = {}
    for at, name in enumerate(names):
        for model in published_on(name):
            dots.setdefault(published_name(model), []).append((at, model.figures[name]))
    for place, (name, points) in enumerate(dots.items()):
        axes.plot(
            [at for at, _ in points], [value for _, value in points], _MARKS[place % len(_MARKS)],
            ms=4, mfc="white", mec="#333333", mew=0.8, label=name,
        )  # fmt: skip
    axes.set_xticks(range(len(names)), names, rotation=20, ha="right")
    axes.set_ylim(0, 100)
    axes.set_ylabel("items right (%)")
    axes.grid(axis="y", alpha=0.3)
    axes.set_axisbelow(True)
    axes.legend(frameon=False, fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=110)
    return image.getvalue()
