"""What every pipeline's configuration holds, and reading one from a YAML file."""

from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import ConfigDict, Field, ValidationError

from gleanery.infra.budget import BudgetConfig
from gleanery.infra.config import Config, problem_words
from gleanery.infra.llm.config import EngineConfig

PipelineName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,40}$",
        description="Name of this pipeline: its folder below the root, its budget's account.",
    ),
]


def _engines_last(schema: dict[str, Any]) -> None:
    # The form in Prefect's UI follows this order, and an engine alone fills two screens of it.
    properties = schema["properties"]
    for name in ("engine", "budget"):
        properties[name] = properties.pop(name)


class StoredConfig(Config):
    """Base of the configuration of whatever keeps its output in a store of its own."""

    name: PipelineName = "pipeline"
    root: str = Field(
        "", description="Folder or s3://bucket/prefix of all output; empty takes GLEANERY_ROOT."
    )


class PipelineConfig(StoredConfig):
    """Base of the configuration of every method; credentials come from the environment."""

    model_config = ConfigDict(json_schema_extra=_engines_last)

    engine: EngineConfig = Field(
        EngineConfig(), description="The LLM of every step that names none of its own."
    )
    budget: BudgetConfig = Field(BudgetConfig(), description="What all runs together may spend.")


class ConfigError(ValueError):
    """A configuration file that cannot be used."""


C = TypeVar("C", bound=StoredConfig)


def read_values(path: Path) -> dict[str, object]:
    """Return what a YAML file holds, as a mapping. Raises `ConfigError` with file and reason."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not YAML: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path} holds no keys: a configuration is a mapping")
    return values


def to_config(path: Path, values: dict[str, object], config: type[C]) -> C:
    """Return a file's values as a configuration. Raises `ConfigError` with file, key, reason."""
    try:
        return config.model_validate(values)
    except ValidationError as error:
        problems = [
            f"  {'.'.join(map(str, problem['loc'])) or 'top level'}: {problem_words(problem)}"
            for problem in error.errors(include_url=False)
        ]
        kind = config.model_fields["method"].default
        raise ConfigError("\n".join([f"{path} is no {kind} configuration:", *problems])) from None
