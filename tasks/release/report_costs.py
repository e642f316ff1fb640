"""What the release cost: requests, tokens and money by stage, and for each example kept."""

from collections.abc import Sequence

from gleanery.tasks.release.report_data import ReportData, StageCost
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count, decimal, decimals, fixed, money
from gleanery.tasks.report_tables import bar, nothing, table
from gleanery.tasks.report_text import shortened


def costs(data: ReportData) -> Html:
    """Return the cost of each stage in all runs so far.

    What a pipeline has cost is divided by the released rows of that pipeline, what curation has
    by all of them.
    """
    asked = [stage for stage in data.costs if _tokens(stage) or stage.sent or stage.reused]
    if not asked:
        return nothing("No stage asked a model.")
    priced = any(stage.cost for stage in asked)
    largest = max(map(_tokens, asked))
    with_lane = any(stage.lane for stage in asked)
    columns = ["stage", *(["pipeline"] if with_lane else []), "", "requests", "from journal"]
    columns += ["tokens in", "tokens out", "tokens per example"]
    unit = shortened(data.money_unit, 12) or "cost"
    columns += [unit, f"{unit} per example"] if priced else []
    total = StageCost(
        name="all stages", lane="", sent=_sum(asked, "sent"), reused=_sum(asked, "reused"),
        prompt_tokens=_sum(asked, "prompt_tokens"),
        completion_tokens=_sum(asked, "completion_tokens"),
        cost=sum(stage.cost for stage in asked),
    )  # fmt: skip
    digits = decimals(total.cost / max(1, data.rows)) + 1 if priced else None

    rows_of = {source.source: sum(source.rows.values()) for source in data.sources}

    def cells(stage: StageCost, whole: bool) -> list[Child]:
        return [
            shortened(stage.name),
            *([("" if whole else shortened(stage.lane) or "curation")] if with_lane else []),
            None if whole else bar(_tokens(stage), largest),
            *_figures(stage, rows_of.get(stage.lane, 0) if stage.lane else data.rows, digits),
        ]

    shown = table(
        "Cost by stage", columns, [cells(stage, False) for stage in asked],
        numbers=len(columns) - (3 if with_lane else 2), total=cells(total, True),
        class_="bars many quiet",
    )  # fmt: skip
    free = None
    if not priced:
        free = tag("p", "No price is configured: tokens are counted, money is not.", class_="note")
    return tag("div", shown, free)


def tokens_per_example(data: ReportData) -> str:
    """Return all tokens, in and out, by released row; "–" where there is none."""
    if not data.rows:
        return "–"
    return decimal(sum(map(_tokens, data.costs)) / data.rows)


def cost_per_example(data: ReportData) -> str:
    """Return the money by released row; "" where no price is configured, or no row released."""
    spent = sum(stage.cost for stage in data.costs)
    return money(spent / data.rows, shortened(data.money_unit, 12)) if spent and data.rows else ""


def _figures(stage: StageCost, rows: int, digits: int | None) -> list[str]:
    figures = [
        count(stage.sent),
        count(stage.reused),
        count(stage.prompt_tokens),
        count(stage.completion_tokens),
        fixed(_tokens(stage) / rows, 1) if rows else "–",
    ]
    if digits is not None:
        figures += [money(stage.cost), fixed(stage.cost / rows, digits) if rows else "–"]
    return figures


def _tokens(stage: StageCost) -> int:
    return stage.prompt_tokens + stage.completion_tokens


def _sum(stages: Sequence[StageCost], field: str) -> int:
    return sum(getattr(stage, field) for stage in stages)
