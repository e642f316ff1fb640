"""Recall as a stage: a part's files read in a worker process, page by page, into documents."""

import functools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gleanery.infra.compute import WorkerDied, Workers
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.storage import StorageError, Store
from gleanery.infra.tables import RowSpool
from gleanery.tasks.recall.batches import BatchPart
from gleanery.tasks.recall.classifier import Classifier
from gleanery.tasks.recall.policy import Policy
from gleanery.tasks.recall.recall_config import RecallConfig
from gleanery.tasks.recall.recall_pages import Recaller, recall_pages
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.source_files import SourceFile
from gleanery.tasks.recall.sources import read_source
from gleanery.tasks.records import Document
from gleanery.tasks.stage_inputs import RECALL

VERSION = 1
DIED, QUARANTINED, UNAVAILABLE = "worker_died", "quarantined", "source_unavailable"


@dataclass(frozen=True)
class RecallWork:
    """What recalling any part of a batch needs; `options` reach the source's storage."""

    policy: Policy
    source: SourceConfig
    config: RecallConfig
    options: Mapping[str, Any] = field(repr=False)

    def plan(self, part: BatchPart) -> Plan:
        """Return what decides the documents of a part."""
        return Plan(
            stage=RECALL,
            version=VERSION,
            part=part.name,
            inputs=tuple(
                Input(stage="source", part=file.uri, row_digest=file.etag) for file in part.files
            ),
            decides={
                "policy": self.policy.key,
                "source": self.source.model_dump(mode="json", exclude={"paths", "base_url"}),
                "config": self.config.model_dump(mode="json", exclude={"part_bytes"}),
            },
        )


def standing_part(
    parts: Parts, part: BatchPart, work: RecallWork, backfill: bool, only: str
) -> Receipt | None:
    """Return the receipt of a part that needs no work: closed, and not to be gone over again."""
    newest = parts.newest(RECALL, part.name)
    if newest is None or not newest.closed or newest.rejected.get(only):
        return None
    return newest if not backfill or newest.key == work.plan(part).key else None


def recall_part_in(workers: Workers, parts: Parts, part: BatchPart, work: RecallWork) -> Receipt:
    """Return the receipt of a part's documents, recalled in a worker process.

    A file whose workers die, or that the storage does not give, fails alone: the part's other
    files are recalled, and the next run tries it again. A file that has killed its workers in two
    runs is quarantined: rejected, until someone retries it on purpose.
    """
    try:
        return workers.run(_recall_in_worker, parts.store, parts.writer, part, work)
    except (WorkerDied, StorageError) as error:
        bad = _bad_files(workers, parts, part, work, error)
    # Where it is our own storage that fails, this raises as well: then the run must end.
    return workers.run(_recall_in_worker, parts.store, parts.writer, part, work, bad)


def _bad_files(
    workers: Workers, parts: Parts, part: BatchPart, work: RecallWork, error: Exception
) -> list[Loss]:
    """Return a loss for each file that cannot be recalled: each is tried alone, if there are more.

    When all of them can, the part is to be done again as it is.
    """
    newest = parts.newest(RECALL, part.name)
    before = parts.losses(newest) if newest else []
    killed = {loss.row_id for loss in before if loss.reason == DIED}
    found = []
    for file in part.files:
        problem: Exception | None = error if len(part.files) == 1 else None
        try:
            if not problem:
                workers.run(_try_in_worker, parts.store, file, work)
        except (WorkerDied, StorageError) as own:
            problem = own
        if problem:
            died = QUARANTINED if file.uri in killed else DIED
            reason = died if isinstance(problem, WorkerDied) else UNAVAILABLE
            loss = Loss(row_id=file.uri, reason=reason, detail=str(problem), source=file.uri)
            found.append(loss)
    return found


def _try_in_worker(store: Store, file: SourceFile, work: RecallWork) -> int:
    """Recall a file for nothing but to see whether it can be; return how many pages it has."""
    items = read_source(file.uri, work.source, work.options)
    return sum(1 for _ in recall_pages(items, load_recaller(store, work.policy), work.config))


def _recall_in_worker(
    store: Store, writer: str, part: BatchPart, work: RecallWork, bad: Sequence[Loss] = ()
) -> Receipt:
    """Recall a part into files on this machine's disk, so that memory does not grow with it.

    The files that `bad` names are left out; their losses go to the receipt.
    """
    started = time.monotonic()
    parts = Parts(store, writer)
    newest = parts.newest(RECALL, part.name)
    left_out = {loss.row_id for loss in bad}
    recaller = load_recaller(store, work.policy)
    with RowSpool(Document) as documents, RowSpool(Loss) as losses:
        for file in part.files:
            if file.uri in left_out:
                continue
            items = read_source(file.uri, work.source, work.options)
            for item in recall_pages(items, recaller, work.config):
                if isinstance(item, Document):
                    documents.append(item)
                else:
                    losses.append(item)
        outcome: Outcome[Document] = Outcome(
            rows=(),
            rejected=(),
            failed=[loss for loss in bad if loss.reason != QUARANTINED],
            rows_in=documents.count + losses.count,
        )
        losses.extend(bad)
        return parts.commit_spooled(work.plan(part), outcome, documents, losses, started, newest)


def load_recaller(store: Store, policy: Policy) -> Recaller:
    """Return a policy with its classifiers loaded from the store."""
    prefilter = policy.prefilter
    return Recaller(
        policy=policy,
        classifier=_classifier(store, policy.classifier),
        prefilter=_classifier(store, prefilter.classifier) if prefilter else None,
    )


@functools.lru_cache(maxsize=4)  # a worker does many parts with one policy
def _classifier(store: Store, path: str) -> Classifier:
    return Classifier.from_bytes(store.read(path))
