"""Finding the duplicates among a million signed rows: memory, disk and time of whole parts.

    python tests/benchmarks/near_duplicates_scale.py [--rows 1000000] [--threshold 0.75]

Parts of signatures, candidates and scores are written to a folder first, 20,000 rows each, and then
the duplicates of all levels and what no judge is asked about are found in a process of its own.
Signatures are drawn, not made from texts: at each level of every 20 rows about three are copies,
three are versions of an earlier row (alike to 0.6 and more), and two are versions of one
boilerplate text. A tenth of the rows cannot be in the release, and another fails a threshold.

Memory is the most that the process holds beyond mapped files, which the system can drop at any
time. What one part gave back may still be counted before the next.
"""

import argparse
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowSpool
from gleanery.tasks.curation import signatures
from gleanery.tasks.curation.duplicates import DuplicatesConfig
from gleanery.tasks.curation.duplicates_part import PAGES, ROWS, duplicates_part
from gleanery.tasks.curation.left_out import find_left_out
from gleanery.tasks.curation.row_ranks import Ranking
from gleanery.tasks.curation.signatures import PERMUTATIONS, Signatures
from gleanery.tasks.curation.signatures_part import SIGNATURES
from gleanery.tasks.curation.signatures_table import DOCUMENT, LEVELS, SignatureSpool, SignedRows
from gleanery.tasks.dataset_records import ExampleScore, Ineligible
from gleanery.tasks.records import Record
from gleanery.tasks.stage_inputs import CANDIDATES

BLOCK = 20_000  # rows of a part
COPIES, VERSIONS, BOILERPLATE = 0.15, 0.15, 0.1  # of the rows
PAGE_ROWS = 2  # that stand on one page
Minima = npt.NDArray[np.uint32]


class Placed(Record):
    """What of a candidate the duplicates' stages read."""

    id: str
    document_id: str


def is_threshold(reason: str) -> bool:
    return reason == "score_below:heuristics.quality"


class Watch:
    """The most memory that this process has held."""

    def __init__(self) -> None:
        self.peak, self._stop = 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def now(self) -> int:
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("RssAnon"))

    def stop(self) -> int:
        self._stop.set()
        self._thread.join()
        return self.peak

    def _look(self) -> None:
        while not self._stop.wait(0.02):
            self.peak = max(self.peak, self.now())


class Drawn:
    """Rows of one level; copies and versions are of the block before."""

    def __init__(self, level: str) -> None:
        self._rng, self._level = np.random.default_rng(LEVELS.index(level)), level
        self._before = self._random(BLOCK, PERMUTATIONS)
        self._texts = self._rng.integers(0, 256, (BLOCK, 16), dtype=np.uint8)
        self._boilerplate = self._random(1, PERMUTATIONS)

    def block(self, ids: Sequence[str]) -> SignedRows:
        count = len(ids)
        minima = self._random(count, PERMUTATIONS)
        digests = self._rng.integers(0, 256, (count, 16), np.uint8)
        copies, versions = int(COPIES * count), int((COPIES + VERSIONS) * count)
        minima[:copies], digests[:copies] = self._before[:copies], self._texts[:copies]
        share = self._rng.uniform(0, 0.4, (versions - copies, 1))
        minima[copies:versions] = self._changed(self._before[copies:versions], share)
        alike = np.repeat(self._boilerplate, int(BOILERPLATE * count), axis=0)
        minima[count - len(alike) :] = self._changed(alike, np.full((len(alike), 1), 0.05))
        self._before, self._texts = minima, digests
        order = self._rng.permutation(count)  # so that levels do not agree on who is alike
        return SignedRows(
            level=self._level,
            ids=pa.array(ids, pa.string()),
            groups=np.zeros(count, np.uint64),
            qualities=self._rng.random(count).astype(np.float32),
            signatures=Signatures(
                words=np.full(count, 300, np.int32),
                digests=digests[order],
                minima=minima[order].astype(np.uint8),
                bands=signatures._bands(minima[order]),
            ),
        )

    def _random(self, *shape: int) -> Minima:
        return self._rng.integers(0, 1 << 32, shape, dtype=np.uint32)

    def _changed(self, minima: Minima, share: npt.NDArray[np.float64]) -> Minima:
        meant = self._rng.random(minima.shape, dtype=np.float32) < share
        return np.where(meant, self._random(*minima.shape), minima)


def write_parts(parts: Parts, rows: int) -> tuple[list[Receipt], list[Receipt], Receipt]:
    """Write all parts; return the receipts of candidates, of scores, and of what is refused."""
    drawn = {level: Drawn(level) for level in LEVELS}
    candidates, scores = [], []
    with RowSpool(Ineligible) as refused, RowSpool(Loss) as none:
        for at in range(0, rows, BLOCK):
            name = f"p{at // BLOCK:05}"
            numbers = range(at, min(at + BLOCK, rows))
            placed = [
                Placed(id=row_id(n), document_id=row_id(n // PAGE_ROWS, "d")) for n in numbers
            ]
            pages = list(dict.fromkeys(row.document_id for row in placed))
            ids = [row.id for row in placed]
            with SignatureSpool() as signed:
                for level in LEVELS:
                    signed.append(drawn[level].block(pages if level == DOCUMENT else ids))
                parts.commit_spooled(plan(SIGNATURES, name), nothing(), signed, none, 0.0, None)
            candidates.append(commit(parts, CANDIDATES, name, placed))
            told = [quality(row, n) for row, n in zip(ids, numbers, strict=True)]
            scores.append(commit(parts, "heuristics", name, told))
            for row, n in zip(placed, numbers, strict=True):
                if n % 10 < 2:
                    reason = "score_below:heuristics.quality" if n % 10 else "licence"
                    refused.append(
                        Ineligible(id=row.id, document_id=row.document_id, reason=reason)
                    )
        ineligible = plan("eligibility", "rows")
        return (
            candidates,
            scores,
            parts.commit_spooled(ineligible, nothing(), refused, none, 0.0, None),
        )


def row_id(number: int, kind: str = "c") -> str:
    return f"{kind}{number * 0x9E3779B97F4A7C15 % (1 << 64):015x}{number:016x}"


def quality(row: str, number: int) -> ExampleScore:
    value = round(number * 0.618 % 1, 4)
    return ExampleScore(id=row, scorer="heuristics", name="quality", value=value)


def plan(stage: str, part: str) -> Plan:
    return Plan(stage=stage, version=1, part=part, inputs=(), decides={})


def nothing() -> Outcome[Record]:
    return Outcome((), (), (), 0)


def commit(parts: Parts, stage: str, part: str, rows: Sequence[Record]) -> Receipt:
    outcome = Outcome(rows, [], [], len(rows))
    return parts.commit(plan(stage, part), outcome, type(rows[0]), 0.0, None)


def measured(what: str, rows: int, work: Callable[[], str]) -> None:
    """Do some work and print what it came to, its processor time and its memory."""
    watch = Watch()
    before, cpu, wall = watch.now(), time.process_time(), time.monotonic()
    came_to = work()
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    peak = watch.stop()
    print(
        f"{what}: {came_to}; {cpu:.1f} CPU s, {wall:.1f} s; {before} MB before, {peak} MB at its "
        f"peak: {(peak - before) * 1e6 / rows:.0f} bytes a row",
        flush=True,
    )


def find_all(
    folder: str,
    rows: int,
    threshold: float,
    made: tuple[list[Receipt], list[Receipt], Receipt],
) -> None:
    parts, (candidates, scores, refused) = Parts(Store(folder)), made
    config = DuplicatesConfig(threshold=threshold)
    names = [receipt.part for receipt in candidates]
    of_pages = Ranking(ineligible=refused, is_threshold=is_threshold)
    of_rows = Ranking(scores, "heuristics", "quality", refused, is_threshold)
    found: list[Receipt] = []

    def look(part: str, ranking: Ranking) -> str:
        found.append(duplicates_part(parts, part, names, config, ranking))
        return f"{found[-1].rows_out:,} removed of {found[-1].notes['compared']}"

    def leave_out() -> str:
        left_out = find_left_out(parts, found, ("exact", "near"), refused, is_threshold)
        return f"{sum(len(left_out.of_part(receipt)) for receipt in candidates):,} left out"

    measured("duplicate pages", rows, lambda: look(PAGES, of_pages))
    measured("duplicate rows", rows, lambda: look(ROWS, of_rows))
    measured("left out", rows, leave_out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--threshold", type=float, default=DuplicatesConfig().threshold)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gleanery-") as folder:
        made = write_parts(Parts(Store(folder)), options.rows)
        disk = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        print(f"{options.rows:,} rows in {len(made[0])} parts, {disk / 1e6:,.0f} MB")
        work = multiprocessing.get_context("spawn").Process(
            target=find_all, args=(folder, options.rows, options.threshold, made)
        )
        work.start()
        work.join()
        if work.exitcode:
            raise SystemExit(work.exitcode)


if __name__ == "__main__":
    main()
