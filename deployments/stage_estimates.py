"""What the stages of a run will ask, cost and take, as figures and as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.table import Table

from gleanery.deployments.ratios import Asking
from gleanery.infra.llm.config import EngineConfig


@dataclass(frozen=True)
class StageEstimate:
    """What one stage will take in, give out and cost; `seconds` is time on the clock."""

    stage: str
    rows_in: float
    rows_out: float
    requests: float = 0.0
    prompt_tokens: float = 0.0
    completion_tokens: float = 0.0
    cost: float = 0.0
    seconds: float = 0.0


def asking_estimate(
    stage: str,
    rows: tuple[float, float],
    requests: float,
    asking: Asking,
    engines: Sequence[EngineConfig],
    requests_per_second: float,
) -> StageEstimate:
    """Return an LLM stage's estimate; several engines get an equal share of the requests."""
    prompt, completion = requests * asking.prompt_tokens, requests * asking.completion_tokens
    cost = sum(
        prompt * engine.price_per_million_prompt_tokens
        + completion * engine.price_per_million_completion_tokens
        for engine in engines
    )
    return StageEstimate(
        stage,
        *rows,
        requests,
        prompt,
        completion,
        cost / len(engines) / 1e6,
        requests / requests_per_second,
    )


def estimates_table(stages: Sequence[StageEstimate], of: str = "stage") -> Table:
    """Return one row per stage (or per pipeline, as `of` says), and one with the totals."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(of)
    for name in ("in", "out", "requests", "prompt tokens", "completion tokens", "cost", "time"):
        table.add_column(name, justify="right")
    for stage in [*stages, total_estimate("all", stages)]:
        table.add_row(
            stage.stage,
            f"{stage.rows_in:,.0f}" if stage.rows_in else "",
            f"{stage.rows_out:,.0f}" if stage.rows_out else "",
            f"{stage.requests:,.0f}",
            f"{stage.prompt_tokens:,.0f}",
            f"{stage.completion_tokens:,.0f}",
            f"{stage.cost:,.2f}",
            _duration(stage.seconds),
        )
    return table


def total_estimate(name: str, stages: Sequence[StageEstimate]) -> StageEstimate:
    """Return what stages ask, cost and take together; rows that pass them all are not summed."""
    summed = ("requests", "prompt_tokens", "completion_tokens", "cost", "seconds")
    return StageEstimate(
        name, 0, 0, *(sum(getattr(stage, name) for stage in stages) for name in summed)
    )


def _duration(seconds: float) -> str:
    minutes, hours = seconds / 60, seconds / 3600
    if hours >= 48:
        return f"{hours / 24:,.1f} days"
    if hours >= 2:
        return f"{hours:.1f} h"
    return f"{minutes:.1f} min" if minutes >= 2 else f"{seconds:.0f} s"
