"""The report of a sweep: a table of its points, and the curve through them."""

import base64
from collections.abc import Mapping, Sequence

import orjson
from prefect.artifacts import create_markdown_artifact

from gleanery.flows.sweep_curve import draw_scaling_curve
from gleanery.flows.sweep_held_out import HeldOutRows
from gleanery.flows.sweep_results import LOSS, Against, Point
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.statistics_seeds import Estimate

REPORT, CURVE, POINTS = "report.md", "curve.png", "points.json"


def show_sweep(
    store: Store,
    name: str,
    points: Sequence[Point],
    held_out: HeldOutRows,
    used: int,
    failures: Mapping[str, str],
) -> None:
    """Publish the report, and write it, its curve and its figures below the sweep's root."""
    text = report_markdown(name, points, held_out, used, failures)
    picture = draw_scaling_curve(points) if points else b""
    inline = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    store.write(POINTS, orjson.dumps([point.model_dump() for point in points]))
    if picture:
        store.write(CURVE, picture)
    store.write(REPORT, _with_curve(text, CURVE if picture else "").encode())
    create_markdown_artifact(key="sweep", markdown=_with_curve(text, inline if picture else ""))


def read_points(store: Store) -> list[Point]:
    """Return the points that the last report of a sweep is about."""
    return [Point.model_validate(point) for point in orjson.loads(store.read(POINTS))]


def report_markdown(
    name: str,
    points: Sequence[Point],
    held_out: HeldOutRows,
    used: int,
    failures: Mapping[str, str],
) -> str:
    """Return the report without its picture."""
    lines = [f"# Sweep {name}", ""]
    if failures:
        lines += ["## What is missing", ""]
        lines += [
            f"- **{trial}**: {' '.join(why.split())[:600]}" for trial, why in failures.items()
        ]
        lines += ["", "Run the sweep again: what stands is not made again.", ""]
    if points:
        lines += [*_table(points), "", *_explained(points, held_out, used), ""]
    return "\n".join(lines)


def sweep_rows(points: Sequence[Point]) -> list[dict[str, str]]:
    """Return one row per point: how much was learnt, what it came to, and against the first."""
    benchmarks = list(dict.fromkeys(name for point in points for name in point.accuracies))
    return [_row(point, benchmarks) for point in points]


def _row(point: Point, benchmarks: Sequence[str]) -> dict[str, str]:
    cells = {
        "variant": point.series,
        "rows": f"{point.rows:,}",
        "seen": f"{point.seen:,}",
        "seeds": str(len(point.models)),
        "nats per token": f"{point.loss.value:.4f}",
        "bits per byte": _estimate(point.bits, "{:.4f}"),
        "bits against first": _against(point.against.get(LOSS), "{:+.4f}"),
    }
    for benchmark in benchmarks:
        cells[benchmark] = _estimate(point.accuracies.get(benchmark), "{:.1%}")
        cells[f"{benchmark} against first"] = _against(point.against.get(benchmark), "{:+.1%}")
    return cells | ({"mean accuracy": _estimate(point.mean, "{:.1%}")} if benchmarks else {})


def _table(points: Sequence[Point]) -> list[str]:
    rows = sweep_rows(points)
    cells = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return [f"| {' | '.join(line)} |" for line in cells]


def _estimate(estimate: Estimate | None, form: str) -> str:
    if estimate is None:
        return ""
    low, high = form.format(estimate.low), form.format(estimate.high)
    return f"{form.format(estimate.value)} ({low} to {high})"


def _against(against: Against | None, form: str) -> str:
    return f"{form.format(against.difference)}, p {against.p_value:.2g}" if against else ""


def _explained(points: Sequence[Point], held_out: HeldOutRows, used: int) -> list[str]:
    told = [
        f"Held-out loss is over the answers of {used} rows of release {held_out.release}; "
        f"{len(held_out.rows) - used} more are too long for one of the models, and "
        f"{held_out.trained_on} were trained on in another version. Bits per byte can be compared "
        "between models of any tokenizer, nats per token within one alone.",
        "Intervals are of 95 %: where a variant was trained with several seeds, Student's over "
        "these, which says nothing of other rows or items; else for rows or items drawn at random "
        "(Wilson's for an accuracy).",
        "`p` is that of swapping a model with the first variant's at the same number of examples "
        "(of a single variant, with its first point), row by row and item by item, means over "
        "seeds taken first: it tells these models apart on other rows, and says nothing of how "
        "variants would do with another seed. It is not corrected for the number of comparisons.",
    ]
    if any(point.after for point in points):
        told.append(
            "Models from part of the way are those of one training whose rate had not come down "
            "yet: a training of so few examples would end better."
        )
    return ["\n\n".join(told)]


def _with_curve(text: str, address: str) -> str:
    return f"{text}\n![scaling curve]({address})\n" if address else text
