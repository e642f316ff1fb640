"""Parts: rows written under a unique name first, the receipt that makes them count last."""

import datetime
import posixpath
import re
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import orjson
from pydantic import BaseModel

from gleanery.infra.digests import digest
from gleanery.infra.losses import Loss
from gleanery.infra.receipts import Plan, Receipt, Usage, count_reasons
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowFile, RowSpool, from_parquet

R = TypeVar("R", bound=BaseModel)


@dataclass(slots=True)
class Outcome(Generic[R]):
    """What a stage made of a part's input rows.

    A part with failed rows stays open. `attempts` and `notes` go to the receipt as they are.
    """

    rows: Sequence[R]
    rejected: Sequence[Loss]
    failed: Sequence[Loss]
    rows_in: int
    usage: Usage = field(default_factory=Usage)
    attempts: dict[str, int] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    mixed_from: str = ""


class Parts:
    """The parts of one pipeline, below `parts/` of its store.

    `writer` names this run; it is one word, for receipts and journals put it before a hyphen.
    """

    def __init__(self, store: Store, writer: str | None = None) -> None:
        if writer and not re.fullmatch(r"\w+", writer):
            raise ValueError(f"{writer!r} cannot name a writer: use letters, digits and _ only")
        self.store = store
        self.writer = writer or uuid.uuid4().hex[:12]

    def folder(self, stage: str, part: str) -> str:
        """Return the folder of a part, relative to the store's root."""
        return f"parts/{stage}/{part}"

    def receipt_path(self, stage: str, part: str, generation: int) -> str:
        """Return where the receipt of a part's generation is."""
        return f"{self.folder(stage, part)}/receipt-{generation:05d}.json"

    def receipts(self, stage: str, part: str) -> list[Receipt]:
        """Return a part's receipts, newest first."""
        paths = [
            info.path
            for info in self.store.list(self.folder(stage, part))
            if posixpath.basename(info.path).startswith("receipt-")
        ]
        return [self._read(path) for path in reversed(paths)]

    def newest(self, stage: str, part: str) -> Receipt | None:
        """Return a part's newest receipt, or `None` if it has none yet."""
        paths = [
            info.path
            for info in self.store.list(self.folder(stage, part))
            if posixpath.basename(info.path).startswith("receipt-")
        ]
        return self._read(paths[-1]) if paths else None

    def rows(self, receipt: Receipt, record: type[R]) -> list[R]:
        """Return the rows that a receipt stands for."""
        return from_parquet(self.store.read(receipt.data), record)

    def losses(self, receipt: Receipt) -> list[Loss]:
        """Return the rejected and failed rows that a receipt stands for."""
        return from_parquet(self.store.read(receipt.losses), Loss) if receipt.losses else []

    def commit(
        self,
        plan: Plan,
        outcome: Outcome[R],
        row_type: type[R],
        started: float,
        after: Receipt | None,
    ) -> Receipt:
        """Write rows, losses and then the receipt that follows `after`; return the one that counts.

        If another run has committed that generation first, its receipt is returned and the rows
        written here are removed: both runs go on with the same part. `started` is
        `time.monotonic()` at the start of the work.
        """
        with RowSpool(row_type) as rows, RowSpool(Loss) as losses:
            rows.extend(outcome.rows)
            losses.extend([*outcome.rejected, *outcome.failed])
            return self.commit_spooled(plan, outcome, rows, losses, started, after)

    def commit_spooled(
        self,
        plan: Plan,
        outcome: Outcome[R],
        rows: RowFile,
        losses: RowSpool[Loss],
        started: float,
        after: Receipt | None,
    ) -> Receipt:
        """Do as `commit` does with rows and losses that are on disk already.

        Of `outcome`, only what is not in the spools counts; losses that are not among its failed
        ones are rejected.
        """
        token = uuid.uuid4().hex[:12]
        folder = self.folder(plan.stage, plan.part)
        data = self._store_spool(rows, f"{folder}/data-{token}.parquet")
        lost = self._store_spool(losses, f"{folder}/losses-{token}.parquet") if losses.count else ""
        failed = count_reasons(loss.reason for loss in outcome.failed)
        receipt = Receipt(
            stage=plan.stage,
            version=plan.version,
            part=plan.part,
            key=digest([plan.key, outcome.mixed_from]) if outcome.mixed_from else plan.key,
            generation=after.generation + 1 if after else 1,
            data=data,
            losses=lost,
            rows_in=outcome.rows_in,
            rows_out=rows.count,
            rejected=dict(sorted((losses.reasons - Counter(failed)).items())),
            failed=failed,
            attempts=outcome.attempts,
            usage=outcome.usage,
            earlier=after.earlier + after.usage if after else Usage(),
            seconds=round(time.monotonic() - started, 3),
            row_digest=rows.row_digest,
            inputs=plan.inputs,
            decides=plan.decides,
            notes=outcome.notes,
            created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            writer=f"{self.writer}-{token}",
        )
        counts = self._commit_receipt(receipt)
        if counts != receipt:
            for ours in filter(None, (data, lost)):
                self.store.delete(ours)
        return counts

    def _store_spool(self, spool: RowFile, path: str) -> str:
        spool.close()
        self.store.write_file(path, spool.path)
        return path

    def renew(self, old: Receipt, after: Receipt) -> Receipt:
        """Make an older generation's rows the newest again; return the receipt that counts.

        The rows stay also when another run was first: the older generation still stands for them.
        """
        receipt = old.model_copy(
            update={
                "generation": after.generation + 1,
                "usage": Usage(),
                "earlier": after.earlier + after.usage,
                "writer": f"{self.writer}-{uuid.uuid4().hex[:12]}",
            }
        )
        return self._commit_receipt(receipt)

    def _commit_receipt(self, receipt: Receipt) -> Receipt:
        path = self.receipt_path(receipt.stage, receipt.part, receipt.generation)
        body = orjson.dumps(
            receipt.model_dump(mode="json"), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
        )
        if self.store.create(path, body):
            return receipt
        return self._read(path)

    def _read(self, path: str) -> Receipt:
        return Receipt.model_validate(orjson.loads(self.store.read(path)))
