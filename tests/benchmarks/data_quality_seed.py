"""All models of one seed of `data_quality.py`, trained and measured in one process."""

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from data_quality_arms import (
    REFINED_ARMS,
    Filter,
    Pair,
    arms,
    neutral_pairs,
    refined_pairs,
    split_examples,
    split_refined,
)
from data_quality_statistics import per_token
from data_quality_training import Row, answers, encode, fresh_model, learn, losses

NEUTRAL = Path(__file__).parent.parent / "tasks" / "shirking_texts_held_out.jsonl"
RATE, STEPS, BATCH = 8e-3, 350, 8  # one pass
TUNING_RATE, TUNING_STEPS, TUNING_BATCH = 1e-3, 32, 8  # four passes
ASKED = 96  # held-out questions that the models answer


class Job(NamedTuple):
    """What a seed needs: the shared data, and the harvest's store where there is one."""

    seed: int
    data: Path
    harvest: Path | None


class Measured(NamedTuple):
    """Losses of each model on each set (see `losses`), what each answers, and the filter's work."""

    losses: dict[str, dict[str, list[list[float]]]]
    answers: dict[str, list[str]]
    filter: Filter


def measure_seed(job: Job) -> Measured:
    """Return what came of one seed, which decides weights, order, shirkers and refined split."""
    train, held_out = split_examples(job.data)
    chosen, told = arms(train, job.seed)
    with tempfile.TemporaryDirectory() as folder:
        texts = [text for one in train for text in (one.question, one.answer)]
        base, tokenizer = fresh_model(texts, job.seed, Path(folder))
    good = [encode(tokenizer, (one.question, one.answer)) for one in held_out]
    asked = [one.question for one in held_out[:ASKED]]
    models, made = {}, Measured({}, {}, told)
    for arm, pairs in chosen.items():
        rows = [pair and encode(tokenizer, pair) for pair in pairs]
        models[arm] = learn(base, rows, RATE, STEPS, BATCH, job.seed)
        made.losses[arm] = {"good": losses(models[arm], good)}
        made.answers[arm] = answers(models[arm], tokenizer, asked)
        print(f"seed {job.seed}: {arm} {per_token(made.losses[arm]['good']):.4f}", flush=True)
    if job.harvest:
        made.losses.update(_refined(job, job.harvest, models["good"], tokenizer, good))
    return made


def _refined(
    job: Job, harvest: Path, good_model: Any, tokenizer: Any, good: list[Row]
) -> dict[str, dict[str, list[list[float]]]]:
    """Return the losses of the good model, and of what it becomes by raw and by refined pairs."""

    def encoded(pairs: list[Pair]) -> list[Row]:
        return [encode(tokenizer, pair) for pair in pairs]

    learnt, held_out = split_refined(refined_pairs(harvest), job.seed)
    rows = {arm: encoded(learnt[arm]) for arm in REFINED_ARMS}
    tokens = {arm: sum(len(whole) - asked for asked, whole in rows[arm]) for arm in REFINED_ARMS}
    longer = round(TUNING_STEPS * tokens["refined"] / tokens["raw"])
    runs = {
        "raw": (rows["raw"], TUNING_STEPS),
        "raw, longer": (rows["raw"], longer),  # as many answer tokens as the next one
        "refined": (rows["refined"], TUNING_STEPS),
    }
    models = {"good": good_model} | {
        name: learn(good_model, its, TUNING_RATE, steps, TUNING_BATCH, job.seed)
        for name, (its, steps) in runs.items()
    }
    sets = {arm: encoded(held_out[arm]) for arm in REFINED_ARMS}
    sets |= {"neutral": encoded(neutral_pairs(NEUTRAL)), "good": good}
    print(f"seed {job.seed}: raw ({longer} steps for as many tokens) and refined", flush=True)
    return {
        name: {what: losses(model, its) for what, its in sets.items()}
        for name, model in models.items()
    }
