"""The rounds of an improvement: each sealed before any work, and finished before the next.

A round says which release is learnt from and which model comes of it. Sealed, a run that is killed
is taken up by the next one where it was, also when the data has grown meanwhile.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from gleanery.infra.storage import Store
from gleanery.tasks.records import Record

ROUNDS = "rounds"


class Round(Record):
    """A round: its number, the release, the key of the training, and why it was begun."""

    number: int
    release: str
    candidate: str
    why: str
    writer: str


def seal_round(store: Store, release: str, candidate: str, why: str, writer: str) -> Round:
    """Return the next round; of two writers both go on with that of the first."""
    rounds = _numbers(store, "sealed")
    number = rounds[-1] + 1 if rounds else 1
    sealed = Round(number=number, release=release, candidate=candidate, why=why, writer=writer)
    path = f"{ROUNDS}/{number:04d}.sealed.json"
    if store.create(path, orjson.dumps(sealed.model_dump(), option=orjson.OPT_INDENT_2)):
        return sealed
    return _read(store, number)


def open_round(store: Store) -> Round | None:
    """Return the newest round if it is not finished; `None` where it is, or there is none."""
    rounds = _numbers(store, "sealed")
    if not rounds or rounds[-1] in _numbers(store, "finished"):
        return None
    return _read(store, rounds[-1])


def finish_round(store: Store, sealed: Round, outcome: Mapping[str, Any]) -> None:
    """Close a round, when all that follows from it is done."""
    path = f"{ROUNDS}/{sealed.number:04d}.finished.json"
    store.write(path, orjson.dumps(dict(outcome), option=orjson.OPT_INDENT_2))


def _numbers(store: Store, state: str) -> list[int]:
    end = f".{state}.json"
    paths = [info.path for info in store.list(ROUNDS) if info.path.endswith(end)]
    return sorted(int(path.removeprefix(f"{ROUNDS}/").removesuffix(end)) for path in paths)


def _read(store: Store, number: int) -> Round:
    return Round.model_validate(orjson.loads(store.read(f"{ROUNDS}/{number:04d}.sealed.json")))
