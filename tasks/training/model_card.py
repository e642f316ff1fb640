"""The card of a trained model: what it was made from, and how."""

from collections.abc import Mapping
from typing import Any

import yaml

from gleanery.tasks.training.training_spec import TrainingSpec


def render_model_card(
    spec: TrainingSpec, base: str, lineage: Mapping[str, Any], last: Mapping[str, Any]
) -> str:
    """Return the card as Markdown under a YAML header, as model hubs read it."""
    header = {
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        **({} if spec.model.fresh else {"base_model": base}),
        "tags": ["gleanery", "sft", spec.tuning.method],
    }
    recipe = spec.recipe.model_dump(mode="json")
    lines = [
        "---",
        yaml.safe_dump(header, sort_keys=False, allow_unicode=True).strip(),
        "---",
        f"# {spec.name}",
        "",
        f"{_began(spec, base)}, and evaluated by its maker on nothing yet: what it says may be "
        "wrong.",
        "",
        "## Data",
        "",
        *(f"- {name.replace('_', ' ')}: `{value}`" for name, value in lineage.items()),
        "",
        "## Training",
        "",
        f"- weights: {spec.tuning.method}",
        *(f"- {name.replace('_', ' ')}: {value}" for name, value in recipe.items()),
        f"- steps: {last['step']}",
        f"- mean loss: {last['loss']:.4f}",
        "",
    ]
    return "\n".join(lines)


def _began(spec: TrainingSpec, base: str) -> str:
    if not (fresh := spec.model.fresh):
        return f"Fine-tuned from `{base}` on instruction data"
    return (
        f"Trained on instruction data from random weights (seed {fresh.seed}; Qwen2's shape, "
        f"{fresh.layers} layers, {fresh.width} wide), with a tokenizer built from the same data"
    )
