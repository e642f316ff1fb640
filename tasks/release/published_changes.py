"""What changed between a release and the one before it, row by row, and why rows are gone."""

from collections import Counter, defaultdict
from collections.abc import Callable

import numpy as np

from gleanery.infra.storage import Store
from gleanery.tasks.release.manifest import Changes, Manifest, SourceChanges
from gleanery.tasks.release.published import released_columns, released_rows
from gleanery.tasks.release.rows_index import RowIndex, digests, id_digest

UNKNOWN = "not_known"  # the reason of a removed row of which nobody says why

Reason = Callable[[str], str | None]


def changes_since(
    store: Store, previous: Manifest, now: RowIndex, reason: Reason = lambda _: None
) -> Changes:
    """Return what changed since a release, by source; `now` indexes the rows of the new one.

    `reason` says why the row of an id is left out, `None` where it is not known (its source is
    gone, say). The earlier release is read once as a whole; memory takes some 52 bytes a row of
    both.
    """
    before = RowIndex()
    for row in released_rows(store, previous.version):
        before.add(row)
    changes, gone = compare_indexes(before, now)
    reasons: defaultdict[str, Counter[str]] = defaultdict(Counter)
    if gone:
        for values in released_columns(store, previous.version, ["id", "source"]):
            if id_digest(values["id"]) in gone:
                reasons[values["source"]][reason(values["id"]) or UNKNOWN] += 1
    told = {
        source: counts.model_copy(update={"reasons": dict(sorted(reasons[source].items()))})
        for source, counts in changes.items()
    }
    return Changes(against=previous.version, sources=told)


def compare_indexes(before: RowIndex, now: RowIndex) -> tuple[dict[str, SourceChanges], set[int]]:
    """Return what changed by source, and the digests of the ids that are gone.

    A row that moved to another source counts in the new one.
    """
    old, new = digests(before.ids), digests(now.ids)
    _, in_old, in_new = np.intersect1d(old, new, return_indices=True)
    other_text = digests(before.texts)[in_old] != digests(now.texts)[in_new]
    other = digests(before.wholes)[in_old] != digests(now.wholes)[in_new]
    added = np.ones(len(new), bool)
    added[in_new] = False
    removed = np.ones(len(old), bool)
    removed[in_old] = False
    source = _sources(now)
    counted = {
        "added": Counter(source[added]),
        "removed": Counter(_sources(before)[removed]),
        "changed": Counter(source[in_new][other_text]),
        "annotated": Counter(source[in_new][other & ~other_text]),
        "unchanged": Counter(source[in_new][~other & ~other_text]),
    }
    changes = {
        name: SourceChanges(**{kind: count[name] for kind, count in counted.items()})
        for name in sorted({*before.sources, *now.sources})
    }
    return changes, {int(value) for value in old[removed]}


def _sources(index: RowIndex) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    names = np.array(index.sources, dtype=object)
    return names[np.frombuffer(index.source, dtype=np.uint16)]
