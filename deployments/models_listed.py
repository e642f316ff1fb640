"""The models of a training in a table: what each was made of, how it did, and what came of it."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from gleanery.infra.folders import FolderReceipt
from gleanery.infra.storage import Store
from gleanery.tasks.model_records import Decision
from gleanery.tasks.training.model_evaluations import find_decision, results_of
from gleanery.tasks.training.model_pointer import (
    POINTER,
    latest_key,
    pointer_settled,
    read_promotions,
)
from gleanery.tasks.training.trained_models import model_key, trained_models

_SHOWN = 12  # characters of a key


def print_models(store: Store, console: Console) -> None:
    """Print the models of one training, the newest first, and how the latest came to be it.

    Raises `ValueError` where there is none.
    """
    latest, trained = latest_key(store), trained_models(store)
    if not trained:
        raise ValueError(f"there is no model at {store.uri('models')} yet: train one first")
    table = Table(title=store.root, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("model", "made", "release", "steps", "held-out loss", "evaluation", "decision"):
        table.add_column(name, justify="right" if name in ("steps", "held-out loss") else "left")
    stayed: list[str] = []
    for model in reversed(trained):
        key = model_key(model)
        decision = find_decision(store, key)
        table.add_row(
            f"{key[:_SHOWN]}{' (latest)' if key == latest else ''}",
            str(model.notes["created"])[:16].replace("T", " "),
            str(model.notes["lineage"]["release"]),
            f"{model.notes['steps']:,}",
            _held_out_loss(model),
            "\n".join(_evaluations(store, key)) or "none yet",
            _decided(decision),
        )
        if decision and not decision.promoted:
            stayed.append(f"{key[:_SHOWN]} was not promoted: {decision.why}")
    console.print(table)
    promotions = read_promotions(store)
    if not promotions:
        console.print("No model was promoted yet: the newest one counts as the latest.\n")
    if not pointer_settled(store):
        console.print(
            f"{store.uri(POINTER)} does not name the latest model, as after a promotion that was "
            f"cut off: `gleanery models promote {latest[:_SHOWN]}` mends it.",
            soft_wrap=True,
        )
    for made in reversed(promotions):
        before = made.previous[:_SHOWN] or "the base"
        console.print(
            f"{made.created[:16].replace('T', ' ')}  {made.model[:_SHOWN]} after {before}, by "
            f"{made.by}: {made.why}",
            soft_wrap=True,
        )
    for line in stayed:
        console.print(line, soft_wrap=True)


def _decided(decision: Decision | None) -> str:
    if decision is None:
        return ""
    return "better" if decision.promoted else "not better"


def _evaluations(store: Store, key: str) -> list[str]:
    return [
        f"{result.benchmark} {result.accuracy:.1%} of {result.items:,} ({results.purpose}"
        f"{f', {result.refused:,} refused' if result.refused else ''})"
        for results in results_of(store, key)
        for result in results.results
    ]


def _held_out_loss(model: FolderReceipt) -> str:
    """Return the loss on the validation split, "" where there was no such split."""
    loss = model.notes.get("held_out_loss")
    return "" if loss is None else f"{loss:.4f}"
