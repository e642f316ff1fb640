"""What is known of how a trained model does, kept beside it: results, the decision, its card.

A model's own folder stays as it was stored, and so does the digest that names its weights. What is
found out later are objects of their own, each whole or absent; the card is made from them anew.
"""

import contextlib
from pathlib import Path
from typing import Any

import orjson

from gleanery.infra.folders import FolderReceipt, fetch_folder
from gleanery.infra.storage import Store
from gleanery.tasks.model_records import Decision, ModelResults
from gleanery.tasks.training.model_card import render_model_card
from gleanery.tasks.training.trained_models import model_key

RESULTS, DECISIONS, CARDS = "results", "decisions", "cards"


def keep_results(store: Store, model: FolderReceipt, results: ModelResults) -> str:
    """Keep what a model came to in an evaluation, and return where its card lies now.

    What the same evaluation found before is replaced; if it is the same, its date stays.
    """
    key = model_key(model)
    path = f"{RESULTS}/{key}/{results.evaluation}.{results.purpose}.json"
    with contextlib.suppress(FileNotFoundError):
        before = ModelResults.model_validate(orjson.loads(store.read(path)))
        if before.model_copy(update={"created": results.created}) == results:
            return write_card(store, model)
    store.write(path, _json(results.model_dump(mode="json")))
    return write_card(store, model)


def results_of(store: Store, key: str) -> list[ModelResults]:
    """Return what a model came to in all evaluations, by date."""
    found = [
        ModelResults.model_validate(orjson.loads(store.read(info.path)))
        for info in store.list(f"{RESULTS}/{key}")
        if info.path.endswith(".json")
    ]
    return sorted(found, key=lambda results: (results.created, results.evaluation))


def keep_decision(store: Store, decision: Decision) -> Decision:
    """Return the decision about a candidate that counts: the first one that was kept."""
    path = f"{DECISIONS}/{decision.candidate}.json"
    if store.create(path, _json(decision.model_dump(mode="json"))):
        return decision
    return Decision.model_validate(orjson.loads(store.read(path)))


def find_decision(store: Store, candidate: str) -> Decision | None:
    """Return what was decided about a model, or `None` where it was never a candidate."""
    try:
        return Decision.model_validate(orjson.loads(store.read(f"{DECISIONS}/{candidate}.json")))
    except FileNotFoundError:
        return None


def next_test(store: Store, incumbent: str) -> int:
    """Return the number, from 1, of the next candidate that is measured against an incumbent."""
    decisions = [
        Decision.model_validate(orjson.loads(store.read(info.path)))
        for info in store.list(DECISIONS)
        if info.path.endswith(".json")
    ]
    return 1 + sum(made.compared and made.incumbent == incumbent for made in decisions)


def model_card(store: Store, model: FolderReceipt) -> str:
    """Return a model's card with all that is known of it today."""
    key = model_key(model)
    name = store.root.rstrip("/").rpartition("/")[2]
    return render_model_card(name, model.notes, results_of(store, key), find_decision(store, key))


def write_card(store: Store, model: FolderReceipt) -> str:
    """Return where a model's card lies, as of now."""
    path = f"{CARDS}/{model_key(model)}.md"
    store.write(path, model_card(store, model).encode())
    return path


def fetch_model(store: Store, model: FolderReceipt, folder: Path) -> None:
    """Write a model and its card of today into a folder that is not there yet, or is empty.

    Raises `ValueError` for a folder that holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder} holds something already: name a new folder, or empty it")
    fetching = folder.with_name(f".{folder.name}.fetching")
    fetch_folder(store, model, fetching)
    (fetching / "model" / "README.md").write_text(model_card(store, model), encoding="utf-8")
    if folder.exists():
        folder.rmdir()
    fetching.rename(folder)


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)
