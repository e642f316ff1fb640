"""The duplicates among everything that is signed: first of whole pages, then of what they hold.

The parts of signatures are the index: when new data comes, only its own texts are read and signed,
and these parts are made anew from all signatures. So the outcome is the same whether the data came
at once or night by night.

One level is decided after the other. What cannot be in the release, and what went at an earlier
level, is compared with nothing; a row that another one went for at an earlier level stays. So a row
that goes always has one that stays, and is like that one itself. What fails a threshold on a score
takes the place of nothing that passes.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.tables import RowSpool
from gleanery.tasks.curation.duplicates import DuplicatesConfig, duplicate_rows
from gleanery.tasks.curation.exact_rows import Ranks
from gleanery.tasks.curation.near_duplicates import Removed, find_duplicates
from gleanery.tasks.curation.near_index import SignatureIndex
from gleanery.tasks.curation.row_ranks import (
    BY_ARRIVAL,
    NO_IDS,
    Qualities,
    Ranking,
    ranks,
    read_qualities,
    read_refused,
    refused_pages,
)
from gleanery.tasks.curation.signatures_part import SIGNATURES
from gleanery.tasks.curation.signatures_table import (
    DOCUMENT,
    RELEASED,
    SignedRows,
    read_signed_rows,
)
from gleanery.tasks.dataset_records import Duplicate
from gleanery.tasks.id_keys import IdSet, Keys, id_keys, joined_keys

DUPLICATES = "duplicates"
PAGES, ROWS = "pages", "rows"  # the two parts
VERSION = 3
_ROWS_AT_ONCE = 1 << 16


def standing_duplicates(
    parts: Parts,
    part: str,
    names: Sequence[str],
    config: DuplicatesConfig,
    ranking: Ranking = BY_ARRIVAL,
) -> Receipt | None:
    """Return the receipt of the duplicates among these parts if it stands, or `None`."""
    newest = parts.newest(DUPLICATES, part)
    plan = _plan(part, _signed(parts, names), config, ranking)
    return newest if newest and newest.key == plan.key else None


def duplicates_part(
    parts: Parts,
    part: str,
    names: Sequence[str],
    config: DuplicatesConfig,
    ranking: Ranking = BY_ARRIVAL,
) -> Receipt:
    """Return the receipt of the duplicates among the signed parts of these names, earliest first.

    `part` says of what: `PAGES`, or `ROWS` for questions and examples. `ranking` says what these
    are worth; a page is worth the score that it was recalled with. Its `ineligible` rows are, for
    `ROWS`, those of pages that went too. The order of the names is that of arrival: of equally good
    rows the earlier one stays. Raises `FileNotFoundError` for a part that is not signed. 10 million
    rows take some 2 GB of memory and 3.5 GB of disk per level.
    """
    started = time.monotonic()
    signed = _signed(parts, names)
    plan, newest = _plan(part, signed, config, ranking), parts.newest(DUPLICATES, part)
    if newest and newest.key == plan.key:
        return newest
    compare = _comparison(parts, part, names, ranking)
    compared: dict[str, int] = {}
    with RowSpool(Duplicate) as rows, RowSpool(Loss) as losses:
        for level in _levels(part, config):  # one index at a time, for the disk's sake
            with SignatureIndex() as index:
                for receipt in signed:
                    for block in read_signed_rows(parts.store.read(receipt.data), level):
                        index.append(compare.left(block))
                # Siblings move together, but for the text that each is released with.
                found = find_duplicates(index, config.threshold, siblings_apart=level == RELEASED)
                rows.extend(duplicate_rows(index, compare.decided(index, found), level))
                compared[level] = index.count
        outcome = Outcome[Duplicate](
            (), (), (), rows_in=sum(compared.values()), notes={"compared": compared}
        )
        return parts.commit_spooled(plan, outcome, rows, losses, started, newest)


@dataclass
class _Comparison:
    """Who is still compared: `out` are not, `relied_on` stay whatever comes, `failing` come last.

    Without `qualities` rows are worth what stands beside their signatures.
    """

    qualities: Qualities | None
    out: IdSet
    failing: IdSet
    relied_on: IdSet = NO_IDS

    def left(self, block: SignedRows) -> SignedRows:
        """Return the rows of a block that are compared, with their ranks for qualities."""
        keys = id_keys(block.ids)
        worth = self.qualities.of(keys) if self.qualities else block.qualities
        block = replace(block, qualities=ranks(worth, keys, self.relied_on, self.failing))
        out = self.out.has(keys)
        return block.only(~out) if out.any() else block

    def decided(self, index: SignatureIndex, found: Removed) -> Removed:
        """Return the duplicates of a level that go."""
        keys = _keys(index, found.rows)
        goes = ~self.relied_on.has(keys)
        found = found.only(goes)
        self.out = IdSet.of(self.out.keys, keys[goes])
        self.relied_on = IdSet.of(self.relied_on.keys, _keys(index, found.kept))
        return found


def _keys(index: SignatureIndex, rows: Ranks) -> Keys:
    blocks = (rows[at : at + _ROWS_AT_ONCE] for at in range(0, len(rows), _ROWS_AT_ONCE))
    return joined_keys(id_keys(index.ids(block)) for block in blocks)


def _comparison(parts: Parts, part: str, names: Sequence[str], ranking: Ranking) -> _Comparison:
    refused = read_refused(parts, ranking.ineligible, ranking.is_threshold)
    if part != PAGES:
        return _Comparison(read_qualities(parts, ranking), refused.out, refused.failing)
    pages = refused_pages(parts, names, refused) if ranking.ineligible else refused
    return _Comparison(None, pages.out, pages.failing)


def _levels(part: str, config: DuplicatesConfig) -> list[str]:
    return [level for level in config.levels if (level == DOCUMENT) == (part == PAGES)]


def _signed(parts: Parts, names: Sequence[str]) -> list[Receipt]:
    receipts = []
    for name in names:
        receipt = parts.newest(SIGNATURES, name)
        if receipt is None:
            where = parts.store.uri(parts.folder(SIGNATURES, name))
            raise FileNotFoundError(f"part {name} is not signed, for {where} is empty: sign it")
        receipts.append(receipt)
    return receipts


def _plan(part: str, signed: Sequence[Receipt], config: DuplicatesConfig, ranking: Ranking) -> Plan:
    return Plan(
        stage=DUPLICATES,
        version=VERSION,
        part=part,
        inputs=tuple(
            Input(stage=r.stage, part=r.part, row_digest=r.row_digest)
            for r in (*signed, *ranking.receipts)
        ),
        decides={
            "threshold": config.threshold,
            "levels": _levels(part, config),
            "quality": [ranking.scorer, ranking.name],
        },
    )
