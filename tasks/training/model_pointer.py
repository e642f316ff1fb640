"""Which of a training's models is the latest: a history of promotions, and a pointer to its end.

A promotion is created under the next number alone, so that of two writers one moves the pointer,
and nothing is ever taken back: to go back is another promotion. The pointer itself is for whoever
reads the storage without us, and moves last; one that a kill left behind is moved by whoever
promotes next, the same model or another one.
"""

import datetime
import uuid
from typing import Literal

import orjson

from gleanery.infra.folders import FolderReceipt
from gleanery.infra.storage import Store
from gleanery.tasks.model_records import Decision
from gleanery.tasks.records import Record
from gleanery.tasks.training.trained_models import (
    MODELS,
    NoModel,
    find_model,
    model_key,
    newest_model,
)

PROMOTIONS = "promotions"
POINTER = f"{MODELS}/latest.json"


class PointerMoved(RuntimeError):
    """The latest model is another one than it was when a promotion was decided."""


class Promotion(Record):
    """A model that became the latest; `previous` is the one before, "" for none.

    `decision` is what decided it, `None` where a person did.
    """

    number: int
    model: str
    previous: str
    by: Literal["decision", "hand"]
    why: str
    decision: Decision | None = None
    created: str
    writer: str


def read_promotions(store: Store) -> list[Promotion]:
    """Return all promotions, the first ones first."""
    paths = [info.path for info in store.list(PROMOTIONS) if info.path.endswith(".json")]
    paths.sort(key=lambda path: int(path.removeprefix(f"{PROMOTIONS}/").removesuffix(".json")))
    return [Promotion.model_validate(orjson.loads(store.read(path))) for path in paths]


def latest_key(store: Store) -> str:
    """Return the key of the model that was promoted last, "" where none was."""
    promotions = read_promotions(store)
    return promotions[-1].model if promotions else ""


def before_latest(store: Store) -> str:
    """Return the key of the model to go back to from the latest one, "" where that is the first.

    Going back twice goes further back: who returned to a model has left what came after it.
    """
    way: list[str] = []
    for promotion in read_promotions(store):
        if promotion.model in way:
            del way[way.index(promotion.model) :]
        way.append(promotion.model)
    return way[-2] if len(way) > 1 else ""


def latest_model(store: Store) -> FolderReceipt:
    """Return the model that was promoted last; where none ever was, the newest.

    Raises `NoModel` where there is none, or where the promoted one is gone.
    """
    key = latest_key(store)
    if not key:
        return newest_model(store)
    if model := find_model(store, key):
        return model
    raise NoModel(
        f"the latest model is {key}, and it is not at {store.uri(MODELS)} any more: bring it back, "
        "or promote another one with `gleanery models`"
    )


def promote(
    store: Store, model: FolderReceipt, previous: str, why: str, decision: Decision | None = None
) -> Promotion:
    """Return the promotion that makes a model the latest, after `previous`; the pointer follows.

    Raises `PointerMoved` where another than `previous` is the latest one meanwhile.
    """
    promotions = read_promotions(store)
    latest = promotions[-1].model if promotions else ""
    promotion = Promotion(
        number=promotions[-1].number + 1 if promotions else 1,
        model=model_key(model),
        previous=previous,
        by="decision" if decision else "hand",
        why=why,
        decision=decision,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        writer=uuid.uuid4().hex,
    )
    path = f"{PROMOTIONS}/{promotion.number:04d}.json"
    if latest != previous or not store.create(path, _json(promotion.model_dump(mode="json"))):
        raise PointerMoved(
            f"the latest model of {store.root} is {latest_key(store)} by now, and no longer "
            f"{previous or 'the base'}: nothing was moved"
        )
    settle_pointer(store)
    return promotion


def settle_pointer(store: Store) -> None:
    """Let the pointer name the model that was promoted last, whatever it names."""
    while pointer := _unsettled(store):
        # A slower run may set an older number behind us: it looks again, as we do.
        store.write(POINTER, pointer)


def pointer_settled(store: Store) -> bool:
    """Return whether the pointer names the model that was promoted last, if any was."""
    return not _unsettled(store)


def _unsettled(store: Store) -> bytes:
    """Return what the pointer should hold, and nothing where it does or no model was promoted."""
    promotions = read_promotions(store)
    if not promotions:
        return b""
    newest = promotions[-1]
    model = find_model(store, newest.model)
    folder = f"{model.at}/model" if model else ""
    pointer = _json({"model": newest.model, "number": newest.number, "folder": folder})
    try:
        return b"" if store.read(POINTER) == pointer else pointer
    except FileNotFoundError:
        return pointer


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)
