"""The configuration of a sweep: one training in variants, and what the models are measured on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, Self

from pydantic import Field, JsonValue, ValidationError, field_validator, model_validator

from gleanery.flows.evaluation_config import MeasuredModel
from gleanery.flows.pipeline_config import PipelineName, StoredConfig
from gleanery.flows.training_config import ReleaseName, TrainingConfig
from gleanery.infra.budget import BudgetConfig
from gleanery.infra.config import Config, problem_words
from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.evaluation.backend_spec import BackendName
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.training.training_recipe import TrainingRecipe

EXAMPLES = "rows.examples"
SEEDS = ("recipe.seed", "rows.seed", "model.fresh.seed")  # repetitions, and no variants

_NAME = "sweeps"  # of trainings that are given none: apart from models that are in use

Changes = Mapping[str, Any]


class SweepIncomplete(RuntimeError):
    """Some models of a sweep could not be trained or measured; the others were reported."""


class NothingTrained(ValueError):
    """No variant of a sweep could be trained, so there is nothing to report."""


class Variant(Config):
    """A training that differs from the others in what it says here."""

    name: PipelineName = Field("variant", description="What tables and curves call it.")
    changes: dict[str, JsonValue] = Field(
        {},
        description="What is other than in `training`, by dotted names: `recipe.loss: all`, "
        "`release.dataset: extracted`.",
    )


class HeldOut(Config):
    """The rows that every model is measured on: how well it foretells their answers."""

    release: ReleaseName | None = Field(
        None, description="The release whose validation split it is; by default `training`'s."
    )
    rows: int = Field(
        500, ge=2, le=100_000, description="At most so many rows, drawn by their ids."
    )
    seed: int = Field(0, ge=0, description="Another seed draws others.")
    max_length: int = Field(
        4096,
        ge=8,
        description="Most tokens of a row; one that is longer for any of the models is left out.",
    )


class SweptEvaluation(Config):
    """Benchmarks, and who answers for the models."""

    evaluation: EvaluationConfig = Field(
        EvaluationConfig(), description="The benchmarks, and how models are asked."
    )
    engine: EngineConfig = Field(
        EngineConfig(kind="vllm"), description="What serves a model, without a backend."
    )
    backend: Literal["engine", BackendName] = Field(
        "engine", description="Who runs a model: the engine, or lm-eval's own hf or vllm."
    )
    backend_args: dict[str, JsonValue] = Field({}, description="What that backend is to know.")
    python: str = Field("", description="The Python that runs the backend; empty is this one.")
    as_chat: bool = Field(True, description="Ask models in a turn of a talk, as they were trained.")
    budget: BudgetConfig = Field(BudgetConfig(), description="What all runs together may spend.")

    def of(self, label: str, path: str) -> MeasuredModel:
        """Return how a model in a folder is measured."""
        names = ("engine", "backend", "backend_args", "python", "as_chat")
        return MeasuredModel(
            label=label, path=path, **{name: getattr(self, name) for name in names}
        )

    @model_validator(mode="after")
    def _can_serve_models(self) -> Self:
        self.of("model", "folder")
        return self


@dataclass(frozen=True, slots=True)
class Trial:
    """One training of a sweep: a variant at a point of the grid.

    `place` is that point without seeds, and `apart` what of it makes another curve: all but the
    number of examples.
    """

    name: str
    variant: str
    place: str
    apart: str
    training: TrainingConfig


class SweepConfig(StoredConfig):
    """Everything that a sweep needs to know: each variant is trained at each point of the grid."""

    method: Literal["sweep"] = Field("sweep", description="What this file configures.")
    name: PipelineName = "sweep"
    training: TrainingConfig = Field(
        TrainingConfig(name=_NAME),
        description="What all variants share. Models lie below its name, by default `sweeps`, and "
        "sweeps that share it train none twice.",
    )
    variants: tuple[Variant, ...] = Field(
        (Variant(name="only"),), description="What is compared, each with the first."
    )
    grid: dict[str, tuple[JsonValue, ...]] = Field(
        {},
        description="Values by dotted names, of which each variant is trained with every "
        "combination: `rows.examples: [1000, 3000]`, `recipe.seed: [0, 1, 2]`.",
    )
    held_out: HeldOut = Field(HeldOut(), description="What the loss of all models is measured on.")
    evaluation: SweptEvaluation | None = Field(
        None, description="Benchmarks for all models; without, only the held-out loss is measured."
    )

    @field_validator("variants")
    @classmethod
    def _have_names_of_their_own(cls, variants: tuple[Variant, ...]) -> Any:
        names = [variant.name for variant in variants]
        if not names:
            raise ValueError("name at least one variant")
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two variants are called {', '.join(twice)}: rename one")
        return variants

    @field_validator("training", mode="before")
    @classmethod
    def _keep_models_apart(cls, training: Any) -> Any:
        return {"name": _NAME} | training if isinstance(training, dict) else training

    @model_validator(mode="after")
    def _every_variant_is_a_training(self) -> Self:
        if empty := sorted(name for name, values in self.grid.items() if not values):
            raise ValueError(f"grid: {', '.join(empty)} has no values")
        self.trials()
        return self

    def trials(self) -> list[Trial]:
        """Return all trainings, variant by variant. Raises `ValueError` with the variant's name."""
        return [
            self._trial(variant, dict(point))
            for variant in self.variants
            for point in _points(self.grid)
        ]

    def _trial(self, variant: Variant, point: Changes) -> Trial:
        place = {key: value for key, value in point.items() if key not in SEEDS}
        apart = {key: value for key, value in place.items() if key != EXAMPLES}
        try:
            values = with_changes(_values(self), variant.changes)
            training = TrainingConfig.model_validate(with_changes(values, point))
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, problem['loc'])) or 'it'}: {problem_words(problem)}"
                for problem in error.errors(include_url=False)
            )
            raise ValueError(f"variant {variant.name}: {problems}") from None
        except ValueError as error:
            raise ValueError(f"variant {variant.name}: {error}") from None
        return Trial(
            name=_called(variant.name, point),
            variant=variant.name,
            place=_called("", place),
            apart=_called("", apart),
            training=training,
        )


def with_changes(values: Changes, changes: Changes) -> dict[str, Any]:
    """Return nested values with others in place of theirs, by dotted names; a mapping adds to one.

    Another preset takes what the one before stood for with it, and the defaults. Raises
    `ValueError` for a name below what is no mapping.
    """
    result = _copied(values)
    for name, value in changes.items():
        *above, last = name.split(".")
        place = result
        for step in above:
            place[step] = {} if place.get(step) is None else place[step]
            place = place[step]
            if not isinstance(place, dict):
                raise ValueError(f"{name}: {step} is a single value, and holds nothing")
        if last == "preset":
            before = TrainingRecipe(preset=place.get("preset", "none")).model_dump(mode="json")
            for key in [key for key, old in before.items() if key in place and place[key] == old]:
                del place[key]
        both = isinstance(value, Mapping) and isinstance(place.get(last), dict)
        place[last] = with_changes(place[last], value) if both else value
    return result


def _values(config: SweepConfig) -> dict[str, Any]:
    """Return what the shared training was given; without a model it is no training yet."""
    given = config.training.model_dump(mode="json", exclude_unset=True)
    return {"model": {}} | given | {"root": config.training.root or config.root}


def _points(grid: Mapping[str, Sequence[Any]]) -> Iterator[list[tuple[str, Any]]]:
    for values in product(*grid.values()):
        yield list(zip(grid, values, strict=True))


def _called(name: str, point: Changes) -> str:
    last = [key.rpartition(".")[2] for key in point]
    shown = {
        key: word if last.count(word) == 1 else key for key, word in zip(point, last, strict=True)
    }
    return " ".join([name, *(f"{shown[key]}={value}" for key, value in point.items())]).strip()


def _copied(values: Changes) -> dict[str, Any]:
    return {
        key: _copied(value) if isinstance(value, Mapping) else value
        for key, value in values.items()
    }
