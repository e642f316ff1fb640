"""The training process: `python -m gleanery.tasks.training.process_train SPEC.json`.

It reads and writes this machine's disk only, and knows no credentials: whoever started it stores
what it writes. Exit codes: 0 when it has finished or was told to stop (the events say which),
3 when it refused to train, anything else is an error of its own.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

import torch
from jinja2 import TemplateError
from transformers import set_seed

from gleanery.tasks.training.batch_plan import BatchError, BatchPlan, plan_batches
from gleanery.tasks.training.chat_template import (
    Rendered,
    TrainingRefused,
    check_length,
    check_template,
    marked_batch,
    template_refusal,
)
from gleanery.tasks.training.events import (
    BATCH,
    FINISHED,
    INTERRUPTED,
    REFUSED,
    STARTED,
    UNIGRAM,
    EventLog,
)
from gleanery.tasks.training.process_arguments import trainer_arguments
from gleanery.tasks.training.process_callbacks import Saving, StopRequest, Telling
from gleanery.tasks.training.process_data import (
    chosen_rows,
    load_split,
    longest_example,
    turns_looked_at,
)
from gleanery.tasks.training.process_fresh import with_fresh_base
from gleanery.tasks.training.process_held_out import HeldOutTrainer, unigram_loss
from gleanery.tasks.training.process_history import last_held_out_loss, mean_loss, tell_again
from gleanery.tasks.training.process_hosts import check_agreement, join_on_cpus, leads_host
from gleanery.tasks.training.process_model import (
    adapters,
    load_model,
    load_tokenizer,
    save_trained,
)
from gleanery.tasks.training.process_snapshots import TakingSnapshots
from gleanery.tasks.training.snapshots import Passes
from gleanery.tasks.training.throughput import count_weights, training_flops
from gleanery.tasks.training.trackers import missing_packages
from gleanery.tasks.training.training_spec import TrainingSpec

REFUSED_CODE = 3
_SHOWN = 2  # examples of the first batch


def main(spec_file: str) -> int:
    """Train as the file says; return the exit code."""
    spec = TrainingSpec.model_validate_json(Path(spec_file).read_text(encoding="utf-8"))
    log = EventLog(spec.work)
    try:
        _train(spec, log)
    except (TrainingRefused, BatchError) as refusal:
        return _refused(log, refusal)
    except TemplateError as error:  # of a row that was not looked at
        return _refused(log, template_refusal(error))
    return 0


def _refused(log: EventLog, why: Exception) -> int:
    if leads_host():
        log.tell(REFUSED, why=str(why))
    return REFUSED_CODE


def _train(spec: TrainingSpec, log: EventLog) -> None:
    if spec.devices.threads:
        torch.set_num_threads(spec.devices.threads)
    stop = StopRequest(spec.work)
    _check_trackers(spec)
    _check_keep(spec)
    set_seed(spec.recipe.seed)
    batches = _planned(spec)
    spec = with_fresh_base(spec)
    tokenizer = load_tokenizer(spec)
    model = load_model(spec)
    outputs = model.get_output_embeddings().weight.shape[0]
    chosen = chosen_rows(spec)
    looked_at = turns_looked_at(spec, chosen)
    rendered = check_template(tokenizer, outputs, looked_at, spec.recipe.max_length)
    held = getattr(model.config, "max_position_embeddings", None)
    check_length(rendered.longest, held)
    join_on_cpus(spec.devices.network_timeout_s)
    trainer = HeldOutTrainer(
        model=model,
        args=trainer_arguments(spec, batches),
        train_dataset=load_split(spec, spec.train_files, chosen),
        eval_dataset=load_split(spec, spec.validation_files),
        processing_class=tokenizer,
        peft_config=adapters(spec),
    )
    check_length(longest_example(trainer.train_dataset), held)
    check_agreement(spec)
    passes = Passes(len(chosen.places), len(trainer.train_dataset), spec.recipe.global_batch)
    saving = Saving(spec, log, stop)
    trainer.add_callback(TakingSnapshots(trainer, spec, tokenizer, log, passes, chosen.of))
    trainer.add_callback(saving)
    _tell_start(trainer, batches, passes, chosen.of, rendered, log)
    if trainer.accelerator.is_main_process:
        log.tell(BATCH, examples=_first_batch(trainer, tokenizer))
        if spec.resume:
            tell_again(spec.resume, log)
    unigram = _tell_unigram(trainer, outputs, log)
    started = time.monotonic()
    trainer.train(resume_from_checkpoint=spec.resume or None)
    if saving.interrupted:
        if leads_host():
            log.tell(INTERRUPTED, step=trainer.state.global_step)
        return
    best = saving.best if spec.recipe.keep == "best" else ""
    save_trained(trainer, spec, tokenizer, best, spec.work)
    if leads_host():
        history = trainer.state.log_history
        log.tell(
            FINISHED,
            step=trainer.state.global_step,
            loss=mean_loss(history),
            rows=passes.rows,
            of_rows=chosen.of,
            seen=passes.seen(trainer.state.global_step),
            seconds=time.monotonic() - started,
            peak_memory=torch.cuda.max_memory_allocated() if torch.cuda.is_available() else None,
            held_out_loss=saving.best_loss if best else last_held_out_loss(history),
            unigram_loss=unigram,
        )


def _planned(spec: TrainingSpec) -> BatchPlan:
    devices = int(os.environ.get("WORLD_SIZE", "1"))
    return plan_batches(spec.recipe.global_batch, devices, spec.devices.most_per_device)


def _tell_start(
    trainer: HeldOutTrainer,
    batches: BatchPlan,
    passes: Passes,
    of_rows: int,
    rendered: Rendered,
    log: EventLog,
) -> None:
    """Tell what is trained on what, and have every step told."""
    weights = list(trainer.model.parameters())
    trained = count_weights(p for p in weights if p.requires_grad)
    frozen = count_weights(p for p in weights if not p.requires_grad)
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    telling = Telling(log, training_flops(trainer.model), device, batches.devices)
    trainer.callback_handler.callbacks.insert(0, telling)  # so that trackers hear what it adds
    if leads_host():
        log.tell(
            STARTED,
            device=device,
            devices=batches.devices,
            per_device=batches.per_device,
            accumulation=batches.accumulation,
            rows=passes.rows,
            of_rows=of_rows,
            examples=passes.sequences,
            trained=trained,
            frozen=frozen,
            looked_at=rendered.examples,
            cut=rendered.cut,
            unlearnt=rendered.unlearnt,
            ends_with=trainer.processing_class.eos_token,
        )


def _check_trackers(spec: TrainingSpec) -> None:
    if missing := missing_packages(spec.trackers):
        raise TrainingRefused(
            f"the trackers {', '.join(missing)} are not installed where training runs "
            f"({sys.executable}): pip install {' '.join(missing.values())}, or take them out of "
            "trackers"
        )


def _check_keep(spec: TrainingSpec) -> None:
    if spec.recipe.keep == "best" and not spec.validation_files:
        raise TrainingRefused(
            "recipe.keep is best, which the loss on the validation split decides, and the release "
            "has no such split: set it to last, or build a release with a share for validation"
        )


def _tell_unigram(trainer: HeldOutTrainer, outputs: int, log: EventLog) -> float | None:
    """Tell what to be better than: the loss of who knows how often each token comes, no more."""
    if trainer.eval_dataset is None or not trainer.accelerator.is_main_process:
        return None
    loss = unigram_loss(trainer.train_dataset, trainer.eval_dataset, outputs)
    if loss is not None:
        log.tell(UNIGRAM, loss=loss)
    return loss


def _first_batch(trainer: HeldOutTrainer, tokenizer: Any) -> list[str]:
    """Return what the model sees first, by the collator itself: no random number is drawn."""
    count = min(len(trainer.train_dataset), _SHOWN)
    batch = trainer.data_collator([trainer.train_dataset[place] for place in range(count)])
    rows = [
        {"input_ids": ids.tolist(), "labels": labels.tolist()}
        for ids, labels in zip(batch["input_ids"], batch["labels"], strict=True)
    ]
    return marked_batch(tokenizer, rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
