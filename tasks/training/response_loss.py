"""How well models foretell answers that they have not learnt: measured alike for all of them.

The loss that a trainer tells is about what it learns, in its own tokens: two recipes, or two
tokenizers, cannot be compared by it. This one is about answers alone, in bits per byte as well.
"""

import asyncio
import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.digests import digest
from gleanery.infra.folders import FolderReceipt
from gleanery.infra.storage import Store
from gleanery.infra.supervised import SupervisedProcess
from gleanery.tasks.records import ChatMessage, Record

VERSION = 1
LOSSES, SPEC, ROWS, LOG = "held-out", "spec.json", "rows.jsonl", "measure.log"
_GRACE_S = 10.0


class HeldOutRow(Record):
    """A talk whose last turn is to be foretold."""

    id: str
    prompt: list[ChatMessage]
    completion: list[ChatMessage]


class ResponseLoss(Record):
    """What an answer came to: its surprise in nats, its tokens (the end is one), its UTF-8 bytes.

    `nats` is `None` for a talk that is longer than was asked for, or than the model can take.
    """

    id: str
    nats: float | None
    tokens: int
    bytes: int


class MeasureSpec(Config):
    """What the process is told: folders of models, and the rows and limits that hold for all."""

    models: tuple[str, ...]
    rows: str
    max_length: int = Field(ge=8)
    threads: int = 0
    folder: str

    def result(self, place: int) -> Path:
        """Return the file that the process writes of a model: its losses, or why there are none."""
        return Path(self.folder) / f"losses-{place}.json"


class NotMeasured(RuntimeError):
    """A model whose loss could not be measured."""


def loss_name(model: FolderReceipt, rows: Sequence[HeldOutRow], max_length: int) -> str:
    """Return where the losses of a stored model on these rows lie."""
    weights = [[file.path, file.sha256] for file in model.files if file.path.startswith("model/")]
    asked = [row.model_dump() for row in rows]
    return f"{LOSSES}/{digest([VERSION, weights, digest(asked), max_length])}.json"


def find_losses(store: Store, name: str) -> list[ResponseLoss] | None:
    """Return what was measured already, or `None`."""
    try:
        return [ResponseLoss.model_validate(row) for row in json.loads(store.read(name))]
    except FileNotFoundError:
        return None


def store_losses(store: Store, name: str, losses: Sequence[ResponseLoss]) -> None:
    """Keep what was measured."""
    store.write(name, json.dumps([row.model_dump() for row in losses]).encode())


def measure_losses(
    models: Mapping[str, Path],
    rows: Sequence[HeldOutRow],
    max_length: int,
    work: Path,
    python: str = "",
    threads: int = 0,
) -> dict[str, list[ResponseLoss] | NotMeasured]:
    """Return what each model's folder comes to on the rows, or why it could not be measured.

    One process of its own measures all of them, one after the other, in `work`.
    """
    work.mkdir(parents=True, exist_ok=True)
    lines = [row.model_dump_json() for row in rows]
    (work / ROWS).write_text("\n".join(lines), encoding="utf-8")
    spec = MeasureSpec(
        models=tuple(str(folder) for folder in models.values()),
        rows=str(work / ROWS),
        max_length=max_length,
        threads=threads,
        folder=str(work),
    )
    (work / SPEC).write_text(spec.model_dump_json(), encoding="utf-8")
    # From the start, as in training: set later, it leaves sums in another order to some threads.
    environment = os.environ | ({"OMP_NUM_THREADS": str(threads)} if threads else {})
    ended = asyncio.run(_run(work, python, environment))
    return {name: _result(spec.result(place), ended) for place, name in enumerate(models)}


async def _run(work: Path, python: str, environment: Mapping[str, str]) -> str:
    """Return how the process ended, in words."""
    module = ["-m", "gleanery.tasks.training.process_response_loss", str(work / SPEC)]
    command = [python or sys.executable, *module]
    process = await SupervisedProcess.start(command, environment, work / LOG, _GRACE_S)
    try:
        code = await process.wait()
    finally:
        await process.stop()
    return f"the process ended with exit code {code}; its log ends with:\n{process.tail()}"


def _result(file: Path, ended: str) -> list[ResponseLoss] | NotMeasured:
    if not file.exists():
        return NotMeasured(ended)
    found: Any = json.loads(file.read_text(encoding="utf-8"))
    if isinstance(found, str):
        return NotMeasured(found)
    losses = [ResponseLoss.model_validate(row) for row in found]
    broken = [row.id for row in losses if row.nats is not None and not math.isfinite(row.nats)]
    if broken:
        return NotMeasured(f"its loss is no number on {len(broken)} rows: it has come apart")
    return losses
