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
from transformers import set_seed
from trl import SFTConfig

from gleanery.tasks.training.batch_plan import BatchError, BatchPlan, plan_batches
from gleanery.tasks.training.chat_template import TrainingRefused, check_template, marked_batch
from gleanery.tasks.training.events import (
    BATCH,
    FINISHED,
    INTERRUPTED,
    REFUSED,
    STARTED,
    UNIGRAM,
    EventLog,
)
from gleanery.tasks.training.process_callbacks import Saving, StopRequest, Telling
from gleanery.tasks.training.process_data import chosen_rows, first_turns, load_split
from gleanery.tasks.training.process_fresh import with_fresh_base
from gleanery.tasks.training.process_held_out import HeldOutTrainer, unigram_loss
from gleanery.tasks.training.process_history import last_held_out_loss, tell_again
from gleanery.tasks.training.process_hosts import check_agreement, leads_host
from gleanery.tasks.training.process_model import (
    adapters,
    computed_in,
    load_model,
    load_tokenizer,
    save_trained,
)
from gleanery.tasks.training.process_snapshots import TakingSnapshots
from gleanery.tasks.training.snapshots import Passes
from gleanery.tasks.training.throughput import flops_per_token
from gleanery.tasks.training.trackers import missing_packages
from gleanery.tasks.training.training_spec import TrainingSpec

CHECKPOINTS = "checkpoints"
REFUSED_CODE = 3
_SHOWN = 2  # examples of the first batch


def main(spec_file: str) -> int:
    """Train as the file says; return the exit code."""
    spec = TrainingSpec.model_validate_json(Path(spec_file).read_text(encoding="utf-8"))
    log = EventLog(spec.work)
    try:
        _train(spec, log)
    except (TrainingRefused, BatchError) as refusal:
        if leads_host():
            log.tell(REFUSED, why=str(refusal))
        return REFUSED_CODE
    return 0


def _train(spec: TrainingSpec, log: EventLog) -> None:
    if spec.devices.threads:
        torch.set_num_threads(spec.devices.threads)
    stop = StopRequest(spec.work)
    _check_trackers(spec)
    set_seed(spec.recipe.seed)
    devices = int(os.environ.get("WORLD_SIZE", "1"))
    batches = plan_batches(spec.recipe.global_batch, devices, spec.devices.most_per_device)
    spec = with_fresh_base(spec)
    tokenizer = load_tokenizer(spec)
    model = load_model(spec)
    outputs = model.get_output_embeddings().weight.shape[0]
    chosen = chosen_rows(spec)
    turns = first_turns(spec, chosen)
    rendered = check_template(tokenizer, outputs, turns, spec.recipe.max_length)
    trainer = HeldOutTrainer(
        model=model,
        args=_arguments(spec, batches),
        train_dataset=load_split(spec, spec.train_files, chosen),
        eval_dataset=load_split(spec, spec.validation_files),
        processing_class=tokenizer,
        peft_config=adapters(spec),
    )
    trained = sum(p.numel() for p in trainer.model.parameters() if p.requires_grad)
    frozen = sum(p.numel() for p in trainer.model.parameters() if not p.requires_grad)
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    saving = Saving(spec, log, stop)
    sequences = len(trainer.train_dataset)
    passes = Passes(len(chosen.places), sequences, spec.recipe.global_batch)
    trainer.add_callback(TakingSnapshots(trainer, spec, tokenizer, log, passes, chosen.of))
    trainer.add_callback(saving)
    # First of all, so that trackers hear what it adds.
    telling = Telling(log, flops_per_token(trained, frozen), device, devices)
    trainer.callback_handler.callbacks.insert(0, telling)
    check_agreement(spec)
    if leads_host():
        log.tell(
            STARTED,
            device=device,
            devices=devices,
            per_device=batches.per_device,
            accumulation=batches.accumulation,
            rows=len(chosen.places),
            of_rows=chosen.of,
            examples=sequences,
            trained=trained,
            frozen=frozen,
            looked_at=rendered.examples,
            cut=rendered.cut,
            unlearnt=rendered.unlearnt,
        )
    if trainer.accelerator.is_main_process:
        log.tell(BATCH, examples=_first_batch(trainer, tokenizer))
        if spec.resume:
            tell_again(spec.resume, log)
    unigram = _tell_unigram(trainer, outputs, log)
    started = time.monotonic()
    done = trainer.train(resume_from_checkpoint=spec.resume or None)
    if saving.interrupted:
        if leads_host():
            log.tell(INTERRUPTED, step=trainer.state.global_step)
        return
    best = saving.best if spec.recipe.keep == "best" else ""
    save_trained(trainer, spec, tokenizer, best, spec.work)
    if leads_host():
        peak = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else None
        log.tell(
            FINISHED,
            step=trainer.state.global_step,
            loss=done.training_loss,
            rows=passes.rows,
            of_rows=chosen.of,
            seen=passes.seen(trainer.state.global_step),
            seconds=time.monotonic() - started,
            peak_memory=peak,
            held_out_loss=saving.best_loss
            if best
            else last_held_out_loss(trainer.state.log_history),
            unigram_loss=unigram,
        )


def _arguments(spec: TrainingSpec, batches: BatchPlan) -> SFTConfig:
    recipe, devices = spec.recipe, spec.devices
    bf16 = computed_in(spec) == torch.bfloat16
    whole_steps = recipe.warmup >= 1
    options: dict[str, Any] = {}
    if devices.parallel == "fsdp2":
        options["fsdp"] = True
        options["fsdp_config"] = {
            "version": 2,
            "auto_wrap_policy": "TRANSFORMER_BASED_WRAP",
            "state_dict_type": "FULL_STATE_DICT",
            "activation_checkpointing": devices.activation_checkpointing,
        }
    return SFTConfig(
        output_dir=str(spec.work / CHECKPOINTS),
        run_name=spec.name,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.schedule
        if recipe.schedule != "constant"
        else "constant_with_warmup",
        warmup_steps=int(recipe.warmup) if whole_steps else recipe.warmup,
        num_train_epochs=recipe.epochs,
        max_steps=recipe.max_steps or -1,
        per_device_train_batch_size=batches.per_device,
        per_device_eval_batch_size=batches.per_device,
        gradient_accumulation_steps=batches.accumulation,
        max_length=recipe.max_length,
        packing=recipe.packing,
        completion_only_loss=recipe.loss == "responses",
        optim=recipe.optimizer,
        weight_decay=recipe.weight_decay,
        max_grad_norm=recipe.max_grad_norm,
        neftune_noise_alpha=recipe.neftune_alpha or None,
        seed=recipe.seed,
        data_seed=recipe.seed,
        bf16=bf16,
        use_cpu=not torch.cuda.is_available(),
        activation_checkpointing=devices.activation_checkpointing and not options,
        ddp_timeout=round(devices.network_timeout_s),
        eval_strategy="epoch" if spec.validation_files else "no",
        eval_on_start=bool(spec.validation_files) and not spec.resume,
        save_strategy="no",  # `Saving` decides when
        logging_steps=1,
        logging_nan_inf_filter=False,
        disable_tqdm=True,
        report_to=list(spec.trackers),
        eos_token=None,
        **options,
    )


def _check_trackers(spec: TrainingSpec) -> None:
    if missing := missing_packages(spec.trackers):
        raise TrainingRefused(
            f"the trackers {', '.join(missing)} are not installed where training runs "
            f"({sys.executable}): pip install {' '.join(missing.values())}, or take them out of "
            "trackers"
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
