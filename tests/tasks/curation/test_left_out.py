"""What no judge is asked about, whatever its scores."""

from collections.abc import Sequence
from pathlib import Path

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.curation.left_out import find_left_out
from gleanery.tasks.dataset_records import Duplicate, Ineligible
from gleanery.tasks.records import Record


class Placed(Record):
    """What of a candidate says on which page it stands."""

    id: str
    document_id: str


def commit(parts: Parts, stage: str, rows: Sequence[Record]) -> Receipt:
    plan = Plan(stage=stage, version=1, part="one", inputs=(), decides={})
    return parts.commit(plan, Outcome(rows, [], [], len(rows)), type(rows[0]), 0.0, None)


def same(row_id: str, kind: str) -> Duplicate:
    return Duplicate(id=row_id, kept_id="k", kind=kind, level="question", similarity=0.9)


def test_duplicates_of_removed_kinds_rows_of_such_pages_and_what_is_refused_are_left_out(
    tmp_path: Path,
) -> None:
    parts = Parts(Store(str(tmp_path)))
    places = {"a": "p", "b": "p", "near": "q", "semantic": "q", "leak": "q", "low": "q", "k": ""}
    rows = [Placed(id=row_id, document_id=page) for row_id, page in places.items()]
    candidates = commit(parts, "candidates", rows)
    found = [same("p", "exact"), same("near", "near"), same("semantic", "semantic")]
    duplicates = [commit(parts, "duplicates", found)]
    refused = commit(
        parts,
        "eligibility",
        [Ineligible(id=name, document_id="", reason=name) for name in ("leak", "low")],
    )
    left_out = find_left_out(parts, duplicates, ("exact", "near"), refused, "low".__eq__)
    assert left_out.of_part(candidates) == {"a", "b", "near", "leak"}
    assert find_left_out(parts, [], ("exact",)).of_part(candidates) == frozenset()
    assert find_left_out(parts, duplicates, (), refused).of_part(candidates) == {"leak", "low"}
