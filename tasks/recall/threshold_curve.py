"""Drawing the threshold curve: what each threshold finds and what it lets in."""

import io

from gleanery.tasks.recall.thresholds import Evaluation


def draw_threshold_curve(evaluation: Evaluation) -> bytes:
    """Return a PNG of precision, recall and kept other pages against the threshold."""
    from matplotlib.figure import Figure  # heavy, and only calibration draws

    figure = Figure(figsize=(7, 4), dpi=120, layout="constrained")
    axes = figure.subplots()
    thresholds = [point.threshold for point in evaluation.curve]
    for name, style in (("precision", "-"), ("recall", "--"), ("kept_others", ":")):
        values = [getattr(point, name) for point in evaluation.curve]
        axes.step(thresholds, values, style, where="pre", label=name.replace("_", " "))
    axes.axvline(evaluation.threshold, color="grey", linewidth=1)
    met = "meets" if evaluation.meets_target else "does not meet"
    axes.set_title(
        f"threshold {evaluation.threshold:.3f} {met} precision {evaluation.target_precision:g}\n"
        f"precision {evaluation.precision.value:.2f}, recall {evaluation.recall.value:.2f} on "
        f"{evaluation.sites} held-out sites",
        fontsize=10,
    )
    axes.set(xlabel="threshold", ylabel="share", xlim=(0, 1), ylim=(0, 1.02))
    figure.legend(loc="outside lower center", ncols=3)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()
