"""What a run shows in the UI: the funnel, its rejections, samples and the threshold curve."""

import base64
import textwrap
from collections.abc import Sequence

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from gleanery.infra.receipts import Receipt
from gleanery.tasks.recall.threshold_curve import draw_threshold_curve
from gleanery.tasks.recall.thresholds import Evaluation
from gleanery.tasks.records import Example, RefinedPair
from gleanery.tasks.stage_output import StageOutput, stage_labels

_LINE = 96  # characters that fit in the UI's width


def show_funnel(outputs: Sequence[StageOutput]) -> None:
    """Publish the stages' counts as one table, and each rejection and failure by reason.

    Of a single stage that lost no row only the counts are published.
    """
    of = f" of {outputs[0].stage}" if len(outputs) == 1 else ""
    create_table_artifact(key="funnel", table=funnel_rows(outputs), description=f"# Funnel{of}")
    losses = [
        {"stage": output.stage, "outcome": outcome, "reason": reason, "rows": count}
        for output in outputs
        for outcome, counts in (("rejected", output.rejected), ("failed", output.failed))
        for reason, count in counts.items()
    ]
    if of and not losses:
        return
    create_table_artifact(
        key="losses",
        table=losses or [{"stage": "all", "outcome": "none", "reason": "none", "rows": 0}],
        description=f"# What{of} did not go on, and why\n"
        "Failed rows are tried again by the next run.",
    )


def funnel_rows(outputs: Sequence[StageOutput]) -> list[dict[str, str | int | float]]:
    """Return one row per stage: parts, rows in and out, losses, tokens, money, seconds."""
    return [
        {
            "stage": label,
            "parts": len(output.parts),
            "reused": output.reused,
            "in": output.rows_in,
            "out": output.rows_out,
            "rejected": sum(output.rejected.values()),
            "failed": sum(output.failed.values()),
            "sent now": output.sent,
            "tokens in": output.usage.prompt_tokens,
            "tokens out": output.usage.completion_tokens,
            "cost": round(output.usage.cost, 4) or "none",  # "-" is shown as a bullet
            "seconds": output.seconds,
        }
        for label, output in zip(stage_labels(outputs), outputs, strict=True)
    ]


def show_samples(pairs: Sequence[RefinedPair]) -> None:
    """Publish some refined pairs with their source, as Markdown."""
    create_markdown_artifact(
        key="sample-pairs", markdown=samples_markdown(pairs), description="Ten refined pairs"
    )


def samples_markdown(pairs: Sequence[RefinedPair]) -> str:
    """Return the pairs as Markdown; page text is fenced, since web text is hostile."""
    blocks = [
        f"## {index}. {_inline(pair.subject)}, {_inline(pair.outcome)} by {_inline(pair.refiner)}\n"
        f"Source: {_inline(pair.url)}, pair {_inline(pair.id)}\n\n"
        f"{_fenced('Question', pair.question)}\n{_fenced('Answer', pair.answer)}\n"
        f"{_fenced('Original answer', pair.original_answer)}"
        for index, pair in enumerate(pairs, start=1)
    ]
    return "\n\n".join(blocks) or "No pair came out of this run."


def show_examples(examples: Sequence[Example]) -> None:
    """Publish some synthesised examples with what they were planned from, as Markdown."""
    create_markdown_artifact(
        key="sample-examples", markdown=examples_markdown(examples), description="Ten examples"
    )


def examples_markdown(examples: Sequence[Example]) -> str:
    """Return the examples as Markdown; a model's text is fenced."""
    blocks = [
        f"## {index}. {_inline(', '.join(example.labels))}\n"
        f"{_inline(example.strategy)}, example {_inline(example.id)}\n\n"
        + "\n".join(_fenced(turn.role.capitalize(), turn.content) for turn in example.messages)
        for index, example in enumerate(examples, start=1)
    ]
    return "\n\n".join(blocks) or "No example came out of this run."


def show_threshold_curve(policy: Receipt) -> None:
    """Publish precision and recall over the threshold as a picture with its numbers."""
    evaluation = Evaluation.model_validate(policy.notes["evaluation"])
    image = base64.b64encode(draw_threshold_curve(evaluation)).decode()
    create_markdown_artifact(
        key="threshold-curve",
        description="Threshold of the recall classifier",
        markdown=(
            f"# Threshold {evaluation.threshold:.4f}\n"
            f"Precision {_interval(evaluation.precision)}, recall {_interval(evaluation.recall)} "
            f"on {evaluation.positives} positive and {evaluation.negatives} other held-out pages "
            f"of {evaluation.sites} sites.\n\n![threshold curve](data:image/png;base64,{image})"
        ),
    )


def _interval(interval: object) -> str:
    value, low, high = (getattr(interval, name) for name in ("value", "low", "high"))
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


def _inline(text: str) -> str:
    """Return text as an inline code span that it cannot leave."""
    return "`" + " ".join(text.replace("`", "'").split()) + "`"


def _fenced(title: str, text: str) -> str:
    fence = "`" * max(3, _longest_run(text, "`") + 1)
    lines = (textwrap.wrap(line, _LINE, replace_whitespace=False) for line in text.splitlines())
    wrapped = "\n".join("\n".join(line) for line in lines)  # the UI does not break long lines
    return f"**{title}**\n{fence}text\n{wrapped}\n{fence}"


def _longest_run(text: str, mark: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == mark else 0
        longest = max(longest, run)
    return longest


def show_rounds(rounds: Sequence[Receipt]) -> None:
    """Publish what each round of calibration recalled, and how well it was told apart."""
    table = []
    for number, receipt in enumerate(rounds, start=1):
        evaluation = Evaluation.model_validate(receipt.notes["evaluation"])
        table.append(
            {
                "round": number,
                "examples": receipt.notes["examples"],
                "pages": receipt.rows_in,
                "recalled": receipt.rows_out,
                "threshold": round(evaluation.threshold, 4),
                "precision": round(evaluation.precision.value, 3),
                "recall": round(evaluation.recall.value, 3),
                "overlap with the round before": receipt.notes["overlap"],
            }
        )
    create_table_artifact(key="calibration-rounds", table=table, description="# Rounds")
