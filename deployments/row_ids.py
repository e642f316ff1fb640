"""Ids of rows as people give them: whole, or the beginning that a table or a log showed."""

from collections.abc import Iterator, Sequence

import pyarrow.compute as pc

from gleanery.deployments.trace_stores import newest_receipts
from gleanery.infra.digests import DIGEST_CHARACTERS
from gleanery.infra.row_search import read_columns
from gleanery.infra.storage import Store
from gleanery.tasks.stage_inputs import CANDIDATES, EXAMPLES, EXTRACT, REFINE

_LEAST = 8  # characters; fewer begin the ids of too many rows
_SHOWN = 10


class AmbiguousId(ValueError):
    """The beginning of several ids; the message lists them."""


def whole_id(stores: Sequence[Store], given: str) -> str:
    """Return the one id below these stores that begins so; what is whole or unknown, as it is.

    Raises `AmbiguousId` where several ids begin so.
    """
    if not _LEAST <= len(given) < DIGEST_CHARACTERS:
        return given
    found = sorted({row_id for store in stores for row_id in _beginning_with(store, given)})
    if given in found or not found:
        return given
    if len(found) > 1:
        more = f", and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        listed = "\n".join(f"  {row_id}" for row_id in found[:_SHOWN])
        raise AmbiguousId(f"{len(found):,} ids begin with {given}{more}:\n{listed}")
    return found[0]


def _beginning_with(store: Store, given: str) -> Iterator[str]:
    for stage in (EXTRACT, REFINE, EXAMPLES, CANDIDATES):
        for receipt in newest_receipts(store, stage).values():
            ids = read_columns(store, receipt.data, ("id",))["id"]
            yield from ids.filter(pc.starts_with(ids, given)).to_pylist()
