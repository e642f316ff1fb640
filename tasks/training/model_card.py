"""The card of a trained model: what it was made from, how, and what it came to since."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from gleanery.tasks.model_records import BenchmarkResult, Decision, ModelResults
from gleanery.tasks.training.starting_weights import TRAINED

_UNMEASURED = "evaluated by its maker on nothing yet: what it says may be wrong."
_MEASURED = "and measured as told below: what it says may still be wrong."
_FOLDER = re.compile("[0-9a-f]{32}")  # how `base_identity` names the files of one
_PURPOSES = {
    "validation": "It was chosen by these figures, so they flatter it a little.",
    "reported": "They had no part in choosing it.",
    "measured": "",
}


def render_model_card(
    name: str,
    notes: Mapping[str, Any],
    results: Sequence[ModelResults] = (),
    decision: Decision | None = None,
) -> str:
    """Return the card as Markdown under a YAML header, as model hubs read it.

    `notes` are those of the model's receipt. The header's `model-index` is the hub's:
    https://github.com/huggingface/hub-docs/blob/main/modelcard.md
    """
    header: dict[str, Any] = {
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        **({"base_model": on_hub} if (on_hub := _hub_id(notes)) else {}),
        "tags": ["gleanery", "sft", notes["tuning"]["method"]],
    }
    if results:
        header["model-index"] = [{"name": name, "results": list(_index(results))}]
    lines = [
        "---",
        yaml.safe_dump(header, sort_keys=False, allow_unicode=True).strip(),
        "---",
        f"# {name}",
        "",
        f"{_began(notes)}, {_MEASURED if results else _UNMEASURED}",
        "",
        "## Data",
        "",
        *(f"- {key.replace('_', ' ')}: `{value}`" for key, value in notes["lineage"].items()),
        *_learnt(notes),
        "",
        "## Training",
        "",
        f"- weights: {notes['tuning']['method']}",
        *(f"- {key.replace('_', ' ')}: {value}" for key, value in notes["recipe"].items()),
        f"- steps: {notes['steps']}",
        f"- mean loss: {notes['loss']:.4f}",
        *_held_out(notes),
        "",
        *_evaluation(results),
        *_decided(decision),
    ]
    return "\n".join(lines)


def _hub_id(notes: Mapping[str, Any]) -> str:
    """Return the base's name on the hub, "" for one that is not there."""
    base = str(notes["base"])
    elsewhere = notes.get("fresh") or base.startswith(TRAINED) or _FOLDER.fullmatch(base)
    return "" if elsewhere else base.partition("@")[0]


def _began(notes: Mapping[str, Any]) -> str:
    if not (fresh := notes.get("fresh")):
        base = notes["base"]
        of = "the weights of digest " if _FOLDER.fullmatch(base) else ""
        return f"Fine-tuned from {of}`{base}` on instruction data"
    return (
        "Trained on instruction data from random weights (Qwen2's shape, "
        f"{fresh['layers']} layers, {fresh['width']} wide, seed {fresh['seed']}), with a tokenizer "
        "built from the same data"
    )


def _learnt(notes: Mapping[str, Any]) -> Iterator[str]:
    """Yield how many of the release's rows were learnt, and what they were chosen by."""
    if learnt := notes.get("learnt"):
        yield f"- rows learnt: {learnt['rows']:,} of {learnt['of']:,} of the training split"
        for name, values in learnt["choice"].items():
            told = ", ".join(values) if isinstance(values, list) else values
            yield f"- chosen by {name}: {told}"


def _held_out(notes: Mapping[str, Any]) -> Iterator[str]:
    """Yield how well it foretells the validation split, beside who knows nothing but counts."""
    if notes.get("held_out_loss") is not None:
        yield f"- held-out loss: {notes['held_out_loss']:.4f} nats a token"
    if notes.get("unigram_loss") is not None:
        yield f"- held-out loss of a unigram model of the same tokens: {notes['unigram_loss']:.4f}"


def _index(results: Sequence[ModelResults]) -> Iterator[dict[str, Any]]:
    """Yield the entries of the header's index, one per benchmark and evaluation."""
    for evaluation in results:
        for result in evaluation.results:
            yield {
                "task": {"type": "text-generation"},
                "dataset": {
                    "name": result.benchmark,
                    "type": result.place,
                    "args": {"num_few_shot": result.shots},
                },
                "metrics": [
                    {
                        "type": "accuracy",
                        "name": f"accuracy ({evaluation.purpose})",
                        "value": round(result.accuracy, 6),
                        "args": _told(evaluation, result),
                        "verified": False,
                    }
                ],
            }


def _told(evaluation: ModelResults, result: BenchmarkResult) -> dict[str, Any]:
    told: dict[str, Any] = {
        "items": result.items,
        "correct": result.correct,
        "low_95": round(result.low, 6),
        "high_95": round(result.high, 6),
        "unparseable": result.unparseable,
        "truncated": result.truncated,
        "evaluation": evaluation.evaluation,
        "date": evaluation.created[:10],
    }
    if result.difference is not None and result.p_value is not None:
        told |= {
            "against": result.against,
            "difference": round(result.difference, 6),
            "p_value": round(result.p_value, 6),
        }
    return told


def _evaluation(results: Sequence[ModelResults]) -> Iterator[str]:
    if not results:
        return
    yield from ("## Evaluation", "")
    for evaluation in results:
        asked = "in a turn of a talk" if evaluation.as_chat else "to go on with a text"
        yield f"`{evaluation.evaluation}`, {evaluation.created[:10]}: the model was asked {asked}."
        if purpose := _PURPOSES[evaluation.purpose]:
            yield purpose
        yield from (
            "",
            "| benchmark | items | shots | accuracy | 95 % | unparseable | cut off | against | "
            "difference | p |",
            f"|{'---|' * 10}",
            *(_row(result) for result in evaluation.results),
            "",
        )


def _row(result: BenchmarkResult) -> str:
    compared = ["", "", ""]
    if result.difference is not None and result.p_value is not None:
        compared = [result.against, f"{result.difference:+.1%}", f"{result.p_value:.3g}"]
    cells = [
        result.benchmark,
        f"{result.items:,}{f', {result.refused:,} refused' if result.refused else ''}",
        str(result.shots),
        f"{result.accuracy:.1%}",
        f"{result.low:.1%} to {result.high:.1%}",
        str(result.unparseable),
        str(result.truncated),
        *compared,
    ]
    return f"| {' | '.join(cells)} |"


def _decided(decision: Decision | None) -> Iterator[str]:
    if decision:
        place = "took the place of" if decision.promoted else "did not take the place of"
        incumbent = f"`{decision.incumbent}`" if decision.incumbent else "the base"
        yield from ("## Decision", "", f"It {place} {incumbent}: {decision.why}.", "")
