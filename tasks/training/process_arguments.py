"""What the trainer is told: our configuration in TRL's words."""

from typing import Any

import torch
from trl import SFTConfig

from gleanery.tasks.training.batch_plan import BatchPlan
from gleanery.tasks.training.process_model import computed_in
from gleanery.tasks.training.training_spec import Devices, TrainingSpec

CHECKPOINTS = "checkpoints"


def trainer_arguments(spec: TrainingSpec, batches: BatchPlan) -> SFTConfig:
    """Return the trainer's configuration."""
    recipe, devices = spec.recipe, spec.devices
    bf16 = computed_in(spec) == torch.bfloat16
    whole_steps = recipe.warmup >= 1
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
        ddp_timeout=round(devices.network_timeout_s),
        eval_strategy="epoch" if spec.validation_files else "no",
        eval_on_start=bool(spec.validation_files) and not spec.resume,
        save_strategy="no",  # `Saving` decides when
        logging_steps=1,
        logging_nan_inf_filter=False,
        disable_tqdm=True,
        report_to=list(spec.trackers),
        eos_token=None,
        **_parallel(devices),
    )


def _parallel(devices: Devices) -> dict[str, Any]:
    if devices.parallel == "ddp":
        return {"activation_checkpointing": devices.activation_checkpointing}
    return {
        "fsdp": True,
        "fsdp_config": {
            "version": 2,
            "auto_wrap_policy": "TRANSFORMER_BASED_WRAP",
            # A checkpoint is whole, whoever writes it: any number of devices can go on from it.
            "state_dict_type": "FULL_STATE_DICT",
            # FSDP's own: the trainer's would gather every layer's weights once more.
            "activation_checkpointing": devices.activation_checkpointing,
        },
    }
