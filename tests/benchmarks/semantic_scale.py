"""Finding duplicates in other words among a million rows: memory and time of the whole part.

    python tests/benchmarks/semantic_scale.py [--rows 1000000] [--dimensions 64]

Vectors are drawn: of every ten rows one is near another one, and a third of all rows have no
numbers in their texts, so that they are searched by clusters. A tenth of the rows are near
duplicates of another already, a tenth cannot be in the release, every row has a quality, and of
every five two are siblings. Memory is what the process holds beyond mapped files: the vectors in
the order of their rank lie in one, and so do ids and texts.
"""

import argparse
import multiprocessing
import tempfile
from pathlib import Path

import numpy as np
from near_duplicates_scale import BLOCK, commit, is_threshold, measured, quality, row_id

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowSpool
from gleanery.tasks.curation.row_ranks import Ranking
from gleanery.tasks.curation.semantic_duplicates import SemanticConfig
from gleanery.tasks.curation.semantic_part import semantic_part
from gleanery.tasks.curation.vectors_model import WORDS, VectorModel
from gleanery.tasks.curation.vectors_part import VECTORS, TextVector, encoded
from gleanery.tasks.dataset_records import Duplicate, Ineligible

NEAR = 0.1  # of the rows
MODEL = VectorModel(kind=WORDS, digest="drawn", path="", texts=0)
TEXT = "How far does a {} go from {} until it meets the one that left at the same time?"


def write_vectors(parts: Parts, rows: int, dimensions: int) -> tuple[list[Receipt], list[Receipt]]:
    """Write parts of vectors and of qualities; return their receipts."""
    rng = np.random.default_rng(0)
    before = rng.standard_normal((BLOCK, dimensions), np.float32)
    vectors, scores = [], []
    for at in range(0, rows, BLOCK):
        count = min(BLOCK, rows - at)
        drawn = rng.standard_normal((count, dimensions), np.float32)
        near = int(NEAR * count)  # to the last ones of the block before, which are near nothing
        drawn[:near] = before[len(before) - near :] + 0.4 * drawn[:near]
        before = drawn
        length = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        with RowSpool(TextVector) as spool, RowSpool(Loss) as none:
            for place, vector in enumerate(length):
                same_as = place if place >= near else count - near + place
                spool.append(text_vector(at + place, same_as, encoded(vector)))
            decides = {"level": "question", "model": [MODEL.kind, MODEL.digest]}
            name = f"p{at // BLOCK:05}"
            plan = Plan(stage=VECTORS, version=1, part=name, inputs=(), decides=decides)
            outcome = Outcome[TextVector]((), (), (), count)
            vectors.append(parts.commit_spooled(plan, outcome, spool, none, 0.0, None))
        told = [quality(row_id(number), number) for number in range(at, at + count)]
        scores.append(commit(parts, "heuristics", name, told))
    return vectors, scores


def text_vector(number: int, place: int, vector: str) -> TextVector:
    """Return a row; those of one place in their blocks have the same numbers."""
    return TextVector(
        id=row_id(number),
        origin=row_id(number // 5, "o") if number % 5 < 2 else "",
        text=TEXT.format(f"cart{place}", f"town{place}"),
        numbers="" if place % 3 == 0 else str(place % 2000),
        vector=vector,
    )


def write_verdicts(parts: Parts, rows: int) -> tuple[Receipt, Receipt]:
    """Write what is known of some rows; return the receipts of near duplicates and of refused."""
    near = [
        Duplicate(
            id=row_id(n), kept_id=row_id(n + 1), kind="near", level="question", similarity=0.8
        )
        for n in range(2, rows - 1, 10)
    ]
    out = [Ineligible(id=row_id(n), document_id="", reason="leak") for n in range(7, rows, 10)]
    return commit(parts, "duplicates", "rows", near), commit(parts, "eligibility", "rows", out)


def find_all(
    folder: str, made: tuple[list[Receipt], list[Receipt]], known: tuple[Receipt, Receipt]
) -> None:
    parts, (vectors, scores), (near, refused) = Parts(Store(folder)), made, known
    ranking = Ranking(scores, "heuristics", "quality", refused, is_threshold)
    rows = sum(receipt.rows_out for receipt in vectors)

    def look() -> str:
        receipt, _ = semantic_part(parts, vectors, MODEL, SemanticConfig(), [near], ranking)
        return f"{receipt.rows_out:,} removed, {receipt.notes['told_apart']} told apart"

    measured("duplicates in other words", rows, look)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dimensions", type=int, default=64)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gleanery-") as folder:
        parts = Parts(Store(folder))
        made = write_vectors(parts, options.rows, options.dimensions)
        known = write_verdicts(parts, options.rows)
        disk = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        print(f"{options.rows:,} rows in {len(made[0])} parts, {disk / 1e6:,.0f} MB")
        work = multiprocessing.get_context("spawn").Process(
            target=find_all, args=(folder, made, known)
        )
        work.start()
        work.join()
        if work.exitcode:
            raise SystemExit(work.exitcode)


if __name__ == "__main__":
    main()
