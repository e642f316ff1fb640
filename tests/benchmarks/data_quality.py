"""Does it matter what a model learns from? Two small experiments, from data to interval.

    python tests/benchmarks/data_quality.py [--data FOLDER] [--harvest FOLDER] [--seeds 5]
        [--at-once 2] [--work FOLDER] [--plot FILE.png]

1. Shirkers, after SkillMix's ablation: models of random weights learn short GSM8K examples (good),
   the same with a fifth of the answers shirked (shirkers), or what our detectors take for
   shirkers left out again (filtered). All make the same steps; weights, order and which rows are
   shirked are drawn anew for each seed, alike for all arms of it.
2. Raw against refined pairs: each seed's good model goes on with two thirds of the refined pairs of
   the quickstart's harvest, as the page had them (raw) or as they were refined, the same pairs in
   as many steps. `--harvest` is the folder of that harvest's store; without it this is left out.

Everything is learnt by `run_training` from published releases, and measured on held-out examples:
the loss per token of good answers, and what the models answer. The README has what was found. What
has been trained below `--work` stands, so that a run that was stopped goes on.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from data_quality_arms import (
    ARMS,
    REFINED_ARMS,
    Filter,
    arms,
    neutral_pairs,
    refined_pairs,
    split_examples,
    split_refined,
)
from data_quality_report import draw, report_filter, report_refined, report_shirkers
from data_quality_training import SCRATCH, TUNING, build_bases, train_arm
from training_examples import WorkedExample

HERE = Path(__file__).parent
DATA = Path(os.environ.get("GLEANERY_SHARED_DATA", HERE.parents[2] / "shared" / "data"))
NEUTRAL = HERE.parent / "tasks" / "shirking_texts_held_out.jsonl"
ASKED = 64  # held-out questions that the models answer
PARTS = 2  # processes that measure


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--harvest", type=Path)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--work", type=Path)
    options.add_argument("--at-once", type=int, default=2)
    options.add_argument("--plot", type=Path)
    chosen = options.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(chosen.at_once) as pool:
        folder = chosen.work or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        train, held_out = split_examples(chosen.data)
        if not (folder / "base-0").is_dir():
            build_bases(folder, [text for one in train for text in one[:2]], chosen.seeds)
        models, filters = _shirkers(folder, train, chosen.seeds, pool)
        sets: dict[str, Any] = {"good": [one[:2] for one in held_out]}
        if chosen.harvest:
            more, refined_sets = _refined(folder, chosen.harvest, chosen.seeds, pool)
            for seed in range(chosen.seeds):  # what they were before
                models[f"good-{seed}"]["sets"] = more[f"raw-{seed}"]["sets"]
            models |= more
            sets |= refined_sets | {"neutral": neutral_pairs(NEUTRAL)}
        asked = [one.question for one in held_out[:ASKED]]
        measured = _measure(folder, models, sets, asked, pool)
    print(f"\n{len(train):,} examples learnt, {len(held_out)} held out, {chosen.seeds} seeds")
    report_filter(filters)
    report_shirkers(measured, held_out, chosen.seeds)
    if chosen.harvest:
        report_refined(measured, chosen.seeds)
    if chosen.plot:
        draw(measured, chosen.seeds, chosen.plot)
    print(f"\n{(time.monotonic() - started) / 60:.0f} minutes")


def _shirkers(
    folder: Path, train: list[WorkedExample], seeds: int, pool: Executor
) -> tuple[dict[str, Any], list[Filter]]:
    jobs, filters = {}, []
    for seed in range(seeds):
        pairs, told = arms(train, seed)
        filters.append(told)
        for arm in ARMS:
            base = str(folder / f"base-{seed}")
            jobs[f"{arm}-{seed}"] = (pairs[arm], base, SCRATCH, seed)
    trained = _trained(folder, jobs, pool)
    return {name: {"folder": at, "sets": ["good"]} for name, at in trained.items()}, filters


def _refined(
    folder: Path, harvest: Path, seeds: int, pool: Executor
) -> tuple[dict[str, Any], dict[str, Any]]:
    pairs = refined_pairs(harvest)
    jobs, sets = {}, {}
    for seed in range(seeds):
        learnt, held_out = split_refined(pairs, seed)
        for arm in REFINED_ARMS:
            sets[f"{arm} of {seed}"] = held_out[arm]
            jobs[f"{arm}-{seed}"] = (learnt[arm], f"trained:good-{seed}", TUNING, seed)
    models = {}
    for name, at in _trained(folder, jobs, pool).items():
        own = [f"{arm} of {name.split('-')[1]}" for arm in REFINED_ARMS]
        models[name] = {"folder": at, "sets": ["good", "neutral", *own]}
    return models, sets


def _trained(folder: Path, jobs: dict[str, Any], pool: Executor) -> dict[str, str]:
    running = {name: pool.submit(train_arm, folder, name, *job) for name, job in jobs.items()}
    trained = {}
    for name, future in running.items():
        trained[name] = str(future.result())
        print(f"trained {name}", flush=True)
    return trained


def _measure(
    folder: Path, models: dict[str, Any], sets: Any, asked: list[str], pool: Executor
) -> dict[str, Any]:
    def part(number: int) -> dict[str, Any]:
        mine = dict(list(models.items())[number::PARTS])
        work, result = folder / f"work-{number}.json", folder / f"result-{number}.json"
        work.write_text(json.dumps({"models": mine, "sets": sets, "asked": asked}))
        script = str(HERE / "data_quality_measures.py")
        subprocess.run([sys.executable, script, str(work), str(result)], check=True)
        return dict(json.loads(result.read_text()))

    return {name: its for done in pool.map(part, range(PARTS)) for name, its in done.items()}


if __name__ == "__main__":
    main()
