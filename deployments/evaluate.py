"""Measuring models from the command line."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import JustifyMethod
from rich.table import Table

from gleanery.deployments.model_configs import read_evaluation_config
from gleanery.deployments.prefect_server import prefect_server
from gleanery.deployments.reasons import UnknownReason, count_reasons_by_stage
from gleanery.deployments.terminal import open_console
from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.run import open_store
from gleanery.infra.receipts import merge_counts
from gleanery.infra.settings import read_settings
from gleanery.tasks.evaluation.report_store import newest_report, read_figures
from gleanery.tasks.evaluation.stages import ASKING

_NAMES = ("benchmark", "suite", "model", "against", "judge")
_TOLD_BELOW = ("p, Holm", "finding")


def evaluate(config_file: Path, only: str = "", ask_again: bool = False) -> None:
    """Measure the configured models; print them side by side, what that shows, and the report.

    With `only` what was lost for this reason is taken up again, and with `ask_again` the model
    asked anew where it has answered. Raises `UnknownReason` where nothing was.
    """
    config = read_evaluation_config(config_file)
    settings = read_settings()
    if only:
        _check_reason(config, only)
    with prefect_server(settings.server_home):
        # Imported here: Prefect reads its settings, the server's address among them, on import.
        from gleanery.flows.evaluate_model import evaluate_model
        from gleanery.flows.evaluation_tables import evaluation_rows, findings_in_words
        from gleanery.flows.judged_evaluation import judged_rows

        evaluate_model(config, only, ask_again)
    store = open_store(config, settings)
    report = newest_report(store)
    assert report is not None, "the flow has written one"
    figures = read_figures(store, report)
    console = open_console()
    for rows in (evaluation_rows(figures), judged_rows(figures.judged)):
        if rows:
            console.print(_table(rows), crop=False)
    for line in findings_in_words(figures, str(config_file)):
        console.print(line, markup=False, highlight=False)
    if figures.unanswered:
        console.print(f"\n{figures.unanswered:,} items have no answer yet: run again.")
    console.print(f"\nReport: {report.address(store)}", soft_wrap=True)


def _check_reason(config: ModelEvaluationConfig, only: str) -> None:
    store = open_store(config, read_settings())
    rejected, _ = count_reasons_by_stage(store, ASKING)
    reasons = merge_counts(rejected.values())
    if only not in reasons:
        said = ", ".join(f"{count:,} {reason}" for reason, count in reasons.items())
        raise UnknownReason(
            f"nothing was lost as {only} at {store.root}; reasons there: {said or 'none'}. "
            "What has no answer yet is asked by every run"
        )


def _table(rows: Sequence[Mapping[str, str | int]]) -> Table:
    """Return the rows as a table; where it is narrow, heads go over several lines and not cells."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    filled = [name for name in rows[0] if any(row[name] != "" for row in rows)]
    names = [name for name in filled if name not in _TOLD_BELOW]
    for name in names:
        longest = max(len(str(text)) for text in (*name.split(), *(row[name] for row in rows)))
        side: JustifyMethod = "left" if name in _NAMES else "right"
        table.add_column(name, justify=side, min_width=longest)
    for row in rows:
        table.add_row(*(str(row[name]) for name in names))
    return table
