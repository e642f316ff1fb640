"""The training process's model: loaded, given adapters, and saved so that others can load it."""

import json
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from gleanery.tasks.training.chat_template import TrainingRefused, set_template
from gleanery.tasks.training.training_spec import TrainingSpec

MODEL, ADAPTER = "model", "adapter"


def load_tokenizer(spec: TrainingSpec) -> Any:
    """Return the base's tokenizer with the chosen chat template.

    Raises `TrainingRefused` where there is neither a folder nor a model on the hub to take it from.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(spec.model.path, revision=_revision(spec))
    except OSError as error:
        raise TrainingRefused(
            f"the tokenizer of {spec.model.path!r} cannot be loaded, neither from a folder nor "
            f"from the hub: see model.path and model.revision ({str(error).splitlines()[0]})"
        ) from error
    set_template(tokenizer, spec.model.chat_template)
    return tokenizer


def computed_in(spec: TrainingSpec) -> torch.dtype:
    """Return what training computes in."""
    if spec.model.precision == "auto":
        on_gpu = torch.cuda.is_available() and torch.cuda.is_bf16_supported()
        return torch.bfloat16 if on_gpu else torch.float32
    return torch.bfloat16 if spec.model.precision == "bfloat16" else torch.float32


def load_model(spec: TrainingSpec, folder: str = "") -> Any:
    """Return the base, or what is in `folder`; weights that are all trained are in float32.

    Adapters leave the base as it is: in what is computed in, or in 4 bits. Raises
    `TrainingRefused` for 4 bits without a GPU.
    """
    full = spec.tuning.method == "full"
    options: dict[str, Any] = {"dtype": torch.float32 if full else computed_in(spec)}
    if spec.model.attention:
        options["attn_implementation"] = spec.model.attention
    if spec.model.kernels:
        options["use_kernels"] = True
    if spec.tuning.method == "qlora" and not folder:
        options["quantization_config"] = _four_bits(spec)
    return AutoModelForCausalLM.from_pretrained(
        folder or spec.model.path, revision=None if folder else _revision(spec), **options
    )


def adapters(spec: TrainingSpec) -> Any:
    """Return the configuration of the adapters, or `None` where all weights are trained."""
    if spec.tuning.method == "full":
        return None
    from peft import LoraConfig

    lora = spec.tuning.lora
    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=list(lora.targets) or "all-linear",
        task_type="CAUSAL_LM",
    )


def save_trained(trainer: Any, spec: TrainingSpec, tokenizer: Any, best: str, folder: Path) -> None:
    """Write the model into a folder, merged where it has adapters, and these; all processes call.

    `best` is the checkpoint whose weights are kept, "" for those that training has now.
    """
    full = spec.tuning.method == "full"
    written = folder / (MODEL if full else ADAPTER)
    if best and trainer.accelerator.is_main_process:
        _save_best(spec, best, written)
    elif not best:
        trainer.save_model(str(written))
    if not trainer.accelerator.is_main_process:
        return
    if full:
        model = load_model(spec, str(written))
    else:
        from peft import PeftModel

        base = AutoModelForCausalLM.from_pretrained(
            spec.model.path, revision=_revision(spec), dtype=computed_in(spec)
        )
        model = PeftModel.from_pretrained(base, str(written)).merge_and_unload()
        _tidy(written / "adapter_config.json")
    model = model.to(computed_in(spec))
    # Greedy unless asked otherwise, and ending where the template ends a turn.
    model.generation_config = GenerationConfig(
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
    )
    model.config.eos_token_id = tokenizer.eos_token_id
    model.config.use_cache = True
    for name in (MODEL,) if full else (MODEL, ADAPTER):
        tokenizer.save_pretrained(folder / name)
    model.save_pretrained(folder / MODEL)
    for rest in ("training_args.bin", "README.md"):  # of this machine, and of another tool
        for name in (MODEL, ADAPTER):
            (folder / name / rest).unlink(missing_ok=True)


def _tidy(adapter_config: Path) -> None:
    """Write an adapter's configuration the same each time, and without a folder of this machine."""
    values = json.loads(adapter_config.read_text(encoding="utf-8"))
    if isinstance(values["target_modules"], list):
        values["target_modules"].sort()
    if Path(values["base_model_name_or_path"] or "").is_dir():
        values["base_model_name_or_path"] = None
    adapter_config.write_text(json.dumps(values, indent=2, sort_keys=True), encoding="utf-8")


def _save_best(spec: TrainingSpec, best: str, written: Path) -> None:
    if spec.tuning.method == "full":
        load_model(spec, best).save_pretrained(written)
        return
    written.mkdir(parents=True, exist_ok=True)
    for file in Path(best).glob("adapter_*"):
        (written / file.name).write_bytes(file.read_bytes())


def _four_bits(spec: TrainingSpec) -> Any:
    if not torch.cuda.is_available():
        raise TrainingRefused(
            "qlora keeps the base in 4 bits, which needs a GPU, and there is none here: set "
            "tuning.method to lora"
        )
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=computed_in(spec),
    )


def _revision(spec: TrainingSpec) -> str | None:
    return spec.model.revision or None
