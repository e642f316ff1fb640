"""Eligibility, selection and release of many candidates: memory and processor time of each.

    python tests/benchmarks/selection.py [--rows 1000000] [--part-rows 10000] [--folder FOLDER]

Candidates, their verdicts and 14 scores each are made up and written as the parts that curation
leaves: 30 % duplicates (of pages, of rows, and in meaning), 1 % leaks, 3 % of pages that came in
again. The three stages run one after the other in one process, as in a worker; memory is what
each holds at its peak beyond what the process held before it read anything. The digests of what
they write are printed too: they tell whether two versions of the code decide the same. A FOLDER
keeps the parts for another run.
"""

import argparse
import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from near_duplicates_scale import Watch
from selection_parts import METHODS, RECIPE, SCORERS, read_parts, release_work, write_parts

from gleanery.tasks.dataset_records import Ineligible
from gleanery.tasks.release.eligibility_part import find_ineligible
from gleanery.tasks.release.release_stage import release_selection
from gleanery.tasks.release.selection_part import Curated, Selected, select_candidates

T = TypeVar("T")


def measured(name: str, rows: int, baseline: int, work: Callable[[], T]) -> T:
    """Return what some work returns; print what it took."""
    gc.collect()
    watch, cpu = Watch(), time.process_time()
    result = work()
    cpu, peak = time.process_time() - cpu, watch.stop()
    print(
        f"{name:12} {peak - baseline:6,} MB above {baseline} MB, {cpu:7.1f} CPU s: "
        f"{(peak - baseline) * 1e6 / rows:6.0f} bytes and {cpu * 1e6 / rows:5.0f} µs a row",
        flush=True,
    )
    return result


def run(folder: str) -> None:
    """Run the three stages on what lies in a folder, all anew."""
    parts, curated = read_parts(folder)
    rows = sum(receipt.rows_out for receipt in curated.candidates)
    watch = Watch()
    baseline = watch.now()
    watch.stop()
    known = Curated(curated.candidates, curated.duplicates[:1], curated.leaks)
    refused, stood = measured(
        "eligibility",
        rows,
        baseline,
        lambda: find_ineligible(parts, "rows", known, RECIPE, METHODS, [], (), SCORERS[:2]),
    )
    selected, again = measured(
        "selection", rows, baseline, lambda: select_candidates(parts, curated, RECIPE, METHODS, [])
    )
    if stood or again:
        raise SystemExit(f"{folder} has results of an earlier run: nothing was measured")
    published = measured(
        "release",
        rows,
        baseline,
        lambda: release_selection(parts, curated, selected, release_work(parts, curated)),
    )
    print(f"{refused.rows_out:,} of {rows:,} cannot be in: {refused.row_digest}")
    print(f"{selected.rows_out:,} are in: {selected.row_digest}; out: {selected.rejected}")
    losses = parts.losses(selected)
    print(f"details: {_digest_of([loss.detail for loss in losses])}")
    print(f"first of them: {parts.rows(refused, Ineligible)[0].reason}", end=", ")
    print(f"{parts.rows(selected, Selected)[0].id}")
    print(f"release of {published.manifest.rows.total:,}: {published.manifest.row_digest}")
    if published.manifest.curation:
        print(f"curation: {published.manifest.curation.model_dump_json()}")


def _digest_of(texts: list[str]) -> str:
    from gleanery.infra.digests import digest

    return digest(texts)


def main() -> None:
    """Write the parts unless they are there, and run the stages in a process of their own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--part-rows", type=int, default=10_000)
    parser.add_argument("--folder", default="")
    parser.add_argument("--run", action="store_true", help="measure what lies in the folder")
    options = parser.parse_args()
    if options.run:
        run(options.folder)
        return
    with tempfile.TemporaryDirectory(prefix="gleanery-") as scratch:
        folder = options.folder or scratch
        if not Path(folder, "parts", "candidates").exists():
            write_parts(folder, options.rows, options.part_rows)
        # In a process of its own: what writing the parts took is none of the stages' memory.
        command = [sys.executable, __file__, "--folder", folder, "--run"]
        sys.exit(subprocess.run(command, check=False).returncode)


if __name__ == "__main__":
    main()
