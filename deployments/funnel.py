"""The funnel of a run in the terminal: what went into each stage, and where the rest went."""

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gleanery.deployments.terminal import open_console, printable
from gleanery.tasks.stage_output import StageOutput, stage_labels

_RIGHT = ("parts", "reused", "in", "out", "sent now", "tokens", "cost", "seconds")


def print_funnel(
    outputs: Sequence[StageOutput] | Mapping[str, Sequence[StageOutput]],
    console: Console | None = None,
) -> None:
    """Print one row per stage: rows in and out, losses by reason, tokens, money, seconds.

    Tokens, money and seconds are what the parts cost when they were made; "sent now" is this run.
    Without a price in the configuration there is no cost to show. The stages of several pipelines
    are given by the pipelines' names, which then head them; the last one is what was run, and what
    this run did of the others is not told.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("stage")
    for name in _RIGHT[:4]:
        table.add_column(name, justify="right")
    table.add_column("rejected")
    table.add_column("failed", style="yellow")
    for name in _RIGHT[4:]:
        table.add_column(name, justify="right")
    pipelines = outputs if isinstance(outputs, Mapping) else {"": outputs}
    for name, stages in pipelines.items():
        if name:
            table.add_section()
            table.add_row(Text(printable(name), style="bold"))
        is_run = name == list(pipelines)[-1]
        for label, output in zip(stage_labels(stages), stages, strict=True):
            table.add_row(label, *_cells(output, is_run))
    (console or open_console()).print(table)


def _cells(output: StageOutput, is_run: bool) -> list[str]:
    tokens = output.usage.prompt_tokens + output.usage.completion_tokens
    return [
        f"{len(output.parts):,}",
        f"{output.reused:,}" if is_run else "",
        f"{output.rows_in:,}",
        f"{output.rows_out:,}",
        _by_reason(output.rejected),
        _by_reason(output.failed),
        f"{output.sent:,}" if is_run else "",
        f"{tokens:,}",
        f"{output.usage.cost:,.4f}" if output.usage.cost else "-",
        f"{output.seconds:,.1f}",
    ]


def _by_reason(counts: Mapping[str, int]) -> str:
    """Return one line per reason, the most frequent first."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return "\n".join(f"{count:,} {reason}" for reason, count in ranked) or "-"
