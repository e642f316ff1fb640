"""Does it matter what a model learns from? Two small experiments, from data to interval.

    python tests/benchmarks/data_quality.py --harvest FOLDER [--data FOLDER] [--seeds 5]
        [--at-once 2] [--plot FILE.png]

1. Shirkers, after SkillMix's ablation: models of random weights learn short GSM8K examples (good),
   the same with a fifth of the answers shirked (shirkers), without that fifth (dropped), or without
   what our detectors take for shirkers (filtered). What is left out leaves its place empty, so that
   the arms of a seed share weights, steps, and the rows that they have in common in every step.
2. Raw against refined pairs: each seed's good model goes on with two thirds of the refined pairs of
   the quickstart's harvest, as the page had them (raw) or as they were refined, the same pairs in
   as many steps; refined answers are longer, so that a third model takes the raw ones for as many
   answer tokens (raw, longer). FOLDER is that harvest's store; without it this is left out.

Stated before the run: the primary measure is the loss per token of good held-out answers, shirkers
minus good, paired by seed, with Student's 95 % interval over seeds. All others are secondary, and
no interval is corrected for their number. The README has what was found.
"""

import argparse
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from data_quality_report import draw, report_filter, report_refined, report_shirkers
from data_quality_seed import Job, measure_seed

DATA = Path(os.environ.get("GLEANERY_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--harvest", type=Path)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--at-once", type=int, default=2)
    options.add_argument("--plot", type=Path)
    chosen = options.parse_args()
    started = time.monotonic()
    fresh = multiprocessing.get_context("spawn")  # torch's threads do not survive a fork
    with ProcessPoolExecutor(chosen.at_once, mp_context=fresh) as pool:
        jobs = [Job(seed, chosen.data, chosen.harvest) for seed in range(chosen.seeds)]
        seeds = list(pool.map(measure_seed, jobs))
    report_filter([seed.filter for seed in seeds])
    report_shirkers(seeds, chosen.data)
    if chosen.harvest:
        report_refined(seeds)
    if chosen.plot:
        draw(seeds, chosen.plot)
    print(f"\n{(time.monotonic() - started) / 60:.0f} minutes, {chosen.seeds} seeds")


if __name__ == "__main__":
    main()
