"""Clustering a million signed rows: memory, disk and time.

    python tests/benchmarks/near_duplicates_scale.py [--rows 1000000] [--threshold 0.75]

Signatures are drawn, not made from texts: of every 20 rows about three are copies, three are
versions of an earlier row (alike to 0.6 and more), and two are versions of one boilerplate text.
Memory is what the process holds beyond the mapped files (which the system can drop at any time),
before clustering and at its peak.
"""

import argparse
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation import signatures
from gleanery.tasks.curation.near_duplicates import find_duplicates
from gleanery.tasks.curation.near_index import SignatureIndex
from gleanery.tasks.curation.signatures import PERMUTATIONS, Signatures
from gleanery.tasks.curation.signatures_table import SignedRows

BLOCK = 20_000
COPIES, VERSIONS, BOILERPLATE = 0.15, 0.15, 0.1  # of the rows
Minima = npt.NDArray[np.uint32]


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


def drawn_rows(rows: int) -> Iterator[SignedRows]:
    """Yield rows in blocks; copies and versions are of the block before."""
    rng = np.random.default_rng(0)

    def random(*shape: int) -> Minima:
        return rng.integers(0, 1 << 32, shape, dtype=np.uint32)

    def changed(minima: Minima, share: npt.NDArray[np.float64]) -> Minima:
        meant = rng.random(minima.shape) < share
        return np.where(meant, random(*minima.shape), minima)

    before, texts = random(BLOCK, PERMUTATIONS), rng.integers(0, 256, (BLOCK, 16), dtype=np.uint8)
    boilerplate = random(1, PERMUTATIONS)
    for at in range(0, rows, BLOCK):
        count = min(BLOCK, rows - at)
        minima, digests = random(count, PERMUTATIONS), rng.integers(0, 256, (count, 16), np.uint8)
        copies, versions = int(COPIES * count), int((COPIES + VERSIONS) * count)
        minima[:copies], digests[:copies] = before[:copies], texts[:copies]
        share = rng.uniform(0, 0.4, (versions - copies, 1))
        minima[copies:versions] = changed(before[copies:versions], share)
        alike = np.repeat(boilerplate, int(BOILERPLATE * count), axis=0)
        minima[count - len(alike) :] = changed(alike, np.full((len(alike), 1), 0.05))
        before, texts = minima, digests
        yield SignedRows(
            level="document",
            ids=[f"{number:032x}" for number in range(at, at + count)],
            groups=np.zeros(count, np.uint64),
            qualities=rng.random(count).astype(np.float32),
            signatures=Signatures(
                words=np.full(count, 300, np.int32),
                digests=digests,
                minima=minima.astype(np.uint8),
                bands=signatures._bands(minima),
            ),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--threshold", type=float, default=0.75)
    options = parser.parse_args()
    with SignatureIndex() as index:
        for block in drawn_rows(options.rows):
            index.append(block)
        disk = index.bytes_on_disk()
        watch = Watch()
        before, cpu, wall = watch.now(), time.process_time(), time.monotonic()
        removed = find_duplicates(index, options.threshold)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        peak = watch.stop()
    print(f"{options.rows:,} rows: {len(removed.rows):,} removed, {removed.exact.sum():,} exactly")
    print(f"{disk / options.rows:.0f} bytes of disk a row; {cpu:.1f} CPU s, {wall:.1f} s")
    print(
        f"memory {before} MB before, {peak} MB at its peak: "
        f"{(peak - before) * 1e6 / options.rows:.0f} bytes a row"
    )


if __name__ == "__main__":
    main()
