"""The duplicates among everything that is signed, as one part.

The parts of signatures are the index: when new data comes, only its own texts are read and signed,
and this part is made anew from all signatures. So the outcome is the same whether the data came at
once or night by night.
"""

import time
from collections.abc import Sequence

from gleanery.infra.compute import Workers
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowSpool
from gleanery.tasks.curation.duplicates import DuplicatesConfig, duplicate_rows
from gleanery.tasks.curation.near_index import SignatureIndex
from gleanery.tasks.curation.signatures_part import SIGNATURES
from gleanery.tasks.curation.signatures_table import read_signed_rows
from gleanery.tasks.dataset_records import Duplicate

DUPLICATES = "duplicates"
ALL = "all"  # the name of the one part
VERSION = 1


def standing_duplicates(
    parts: Parts, names: Sequence[str], config: DuplicatesConfig
) -> Receipt | None:
    """Return the receipt of the duplicates among these parts if it stands, or `None`.

    Raises `FileNotFoundError` for a part that is not signed.
    """
    newest = parts.newest(DUPLICATES, ALL)
    plan = _plan(_signed(parts, names), config)
    return newest if newest and newest.key == plan.key else None


def duplicates_part_in(
    workers: Workers, parts: Parts, names: Sequence[str], config: DuplicatesConfig
) -> Receipt:
    """Return the receipt of the duplicates among the signed parts of these names, earliest first.

    The order of the names is that of arrival: of equally good rows the earlier one stays. Raises
    `FileNotFoundError` for a part that is not signed. A worker process does the work: 10 million
    rows of a level take 1 GB of its memory, 3.4 GB of its disk and 40 s of one core.
    """
    standing = standing_duplicates(parts, names, config)
    if standing:
        return standing
    return workers.run(_compare_in_worker, parts.store, parts.writer, tuple(names), config)


def _compare_in_worker(
    store: Store, writer: str, names: Sequence[str], config: DuplicatesConfig
) -> Receipt:
    return duplicates_part(Parts(store, writer), names, config)


def duplicates_part(parts: Parts, names: Sequence[str], config: DuplicatesConfig) -> Receipt:
    """Do as `duplicates_part_in` does, in this process."""
    started = time.monotonic()
    signed = _signed(parts, names)
    plan, newest = _plan(signed, config), parts.newest(DUPLICATES, ALL)
    if newest and newest.key == plan.key:
        return newest
    compared: dict[str, int] = {}
    with RowSpool(Duplicate) as rows, RowSpool(Loss) as losses:
        for level in config.levels:  # one index at a time, for the disk's sake
            with SignatureIndex() as index:
                for receipt in signed:
                    for block in read_signed_rows(parts.store.read(receipt.data), level):
                        index.append(block)
                rows.extend(duplicate_rows(index, level, config.threshold))
                compared[level] = index.count
        outcome = Outcome[Duplicate](
            (), (), (), rows_in=sum(compared.values()), notes={"compared": compared}
        )
        return parts.commit_spooled(plan, outcome, rows, losses, started, newest)


def _signed(parts: Parts, names: Sequence[str]) -> list[Receipt]:
    receipts = []
    for name in names:
        receipt = parts.newest(SIGNATURES, name)
        if receipt is None:
            where = parts.store.uri(parts.folder(SIGNATURES, name))
            raise FileNotFoundError(f"part {name} is not signed, for {where} is empty: sign it")
        receipts.append(receipt)
    return receipts


def _plan(signed: Sequence[Receipt], config: DuplicatesConfig) -> Plan:
    return Plan(
        stage=DUPLICATES,
        version=VERSION,
        part=ALL,
        inputs=tuple(Input(stage=r.stage, part=r.part, row_digest=r.row_digest) for r in signed),
        decides={"config": config.model_dump(mode="json")},
    )
