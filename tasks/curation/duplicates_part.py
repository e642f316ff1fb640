"""The duplicates among everything that is signed: first of whole pages, then of what they hold.

The parts of signatures are the index: when new data comes, only its own texts are read and signed,
and these parts are made anew from all signatures. So the outcome is the same whether the data came
at once or night by night.

One level is decided after the other. What cannot be in the release, and what went at an earlier
level, is compared with nothing; a row that another one went for at an earlier level stays. So a row
that goes always has one that stays, and is like that one itself.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.row_search import read_columns
from gleanery.infra.tables import RowSpool
from gleanery.tasks.curation.duplicates import DuplicatesConfig, duplicate_rows
from gleanery.tasks.curation.near_index import SignatureIndex
from gleanery.tasks.curation.signatures import Signatures
from gleanery.tasks.curation.signatures_part import SIGNATURES
from gleanery.tasks.curation.signatures_table import DOCUMENT, SignedRows, read_signed_rows
from gleanery.tasks.dataset_records import Duplicate
from gleanery.tasks.stage_inputs import CANDIDATES

DUPLICATES = "duplicates"
PAGES, ROWS = "pages", "rows"  # the two parts
VERSION = 2


def standing_duplicates(
    parts: Parts,
    part: str,
    names: Sequence[str],
    config: DuplicatesConfig,
    ineligible: Receipt | None = None,
) -> Receipt | None:
    """Return the receipt of the duplicates among these parts if it stands, or `None`."""
    newest = parts.newest(DUPLICATES, part)
    plan = _plan(part, _signed(parts, names), config, ineligible)
    return newest if newest and newest.key == plan.key else None


def duplicates_part(
    parts: Parts,
    part: str,
    names: Sequence[str],
    config: DuplicatesConfig,
    ineligible: Receipt | None = None,
) -> Receipt:
    """Return the receipt of the duplicates among the signed parts of these names, earliest first.

    `part` says of what: `PAGES`, or `ROWS` for questions and examples. `ineligible` is the receipt
    of the rows that cannot be in the release, for `ROWS` those of pages that went too. The order
    of the names is that of arrival: of equally good rows the earlier one stays. Raises
    `FileNotFoundError` for a part that is not signed. 10 million rows take some 1.5 GB of memory
    and 3.5 GB of disk per level.
    """
    started = time.monotonic()
    signed = _signed(parts, names)
    plan, newest = _plan(part, signed, config, ineligible), parts.newest(DUPLICATES, part)
    if newest and newest.key == plan.key:
        return newest
    compare = _Comparison(_out(parts, part, names, ineligible))
    compared: dict[str, int] = {}
    with RowSpool(Duplicate) as rows, RowSpool(Loss) as losses:
        for level in _levels(part, config):  # one index at a time, for the disk's sake
            with SignatureIndex() as index:
                for receipt in signed:
                    for block in read_signed_rows(parts.store.read(receipt.data), level):
                        index.append(compare.left(block))
                rows.extend(compare.decided(duplicate_rows(index, level, config.threshold)))
                compared[level] = index.count
        outcome = Outcome[Duplicate](
            (), (), (), rows_in=sum(compared.values()), notes={"compared": compared}
        )
        return parts.commit_spooled(plan, outcome, rows, losses, started, newest)


@dataclass
class _Comparison:
    """Who is still compared: `out` are ids that are not, `relied_on` stay whatever comes."""

    out: set[str]
    relied_on: set[str] = field(default_factory=set)

    def left(self, block: SignedRows) -> SignedRows:
        """Return the rows of a block that are compared; those relied on have the best rank."""
        places = [place for place, row_id in enumerate(block.ids) if row_id not in self.out]
        ids = [block.ids[place] for place in places]
        best = np.fromiter((row_id in self.relied_on for row_id in ids), np.bool_, len(ids))
        signed = block.signatures
        return SignedRows(
            level=block.level,
            ids=ids,
            groups=block.groups[places],
            qualities=np.where(best, np.float32(np.inf), block.qualities[places]),
            signatures=Signatures(
                words=signed.words[places],
                digests=signed.digests[places],
                minima=signed.minima[places],
                bands=signed.bands[places],
            ),
        )

    def decided(self, found: Iterator[Duplicate]) -> Iterator[Duplicate]:
        """Yield the duplicates of a level that go."""
        going = [row for row in found if row.id not in self.relied_on]
        self.out |= {row.id for row in going}
        self.relied_on |= {row.kept_id for row in going}
        yield from going


def _levels(part: str, config: DuplicatesConfig) -> list[str]:
    return [level for level in config.levels if (level == DOCUMENT) == (part == PAGES)]


def _out(parts: Parts, part: str, names: Sequence[str], ineligible: Receipt | None) -> set[str]:
    """Return the ids that are not compared: of rows, or of pages that have no row left."""
    if ineligible is None:
        return set()
    out = set(read_columns(parts.store, ineligible.data, ("id",))["id"].to_pylist())
    if part != PAGES:
        return out
    pages, living = set(), set()
    for name in names:
        if candidates := parts.newest(CANDIDATES, name):
            table = read_columns(parts.store, candidates.data, ("id", "document_id"))
            for row_id, page in zip(
                *(table[c].to_pylist() for c in table.column_names), strict=True
            ):
                pages.add(page)
                if row_id not in out:
                    living.add(page)
    return pages - living


def _signed(parts: Parts, names: Sequence[str]) -> list[Receipt]:
    receipts = []
    for name in names:
        receipt = parts.newest(SIGNATURES, name)
        if receipt is None:
            where = parts.store.uri(parts.folder(SIGNATURES, name))
            raise FileNotFoundError(f"part {name} is not signed, for {where} is empty: sign it")
        receipts.append(receipt)
    return receipts


def _plan(
    part: str, signed: Sequence[Receipt], config: DuplicatesConfig, ineligible: Receipt | None
) -> Plan:
    made_from = [*signed, *([ineligible] if ineligible else [])]
    return Plan(
        stage=DUPLICATES,
        version=VERSION,
        part=part,
        inputs=tuple(Input(stage=r.stage, part=r.part, row_digest=r.row_digest) for r in made_from),
        decides={"threshold": config.threshold, "levels": _levels(part, config)},
    )
