"""The configuration of a harvest: one form in the UI, one YAML file, one Python object."""

from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from gleanery.infra.budget import BudgetConfig
from gleanery.infra.config import Config
from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.extraction.config import ExtractionConfig
from gleanery.tasks.recall.calibration_stage import CalibrationConfig
from gleanery.tasks.recall.recall_config import RecallConfig
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.refinement.ask import RefinementConfig


class HarvestConfig(Config):
    """Everything that a harvest needs to know; credentials come from the environment."""

    name: str = Field(
        "harvest",
        pattern=r"^[a-z0-9][a-z0-9-]{0,40}$",
        description="Name of this pipeline: its folder below the root, its budget's account.",
    )
    root: str = Field(
        "", description="Folder or s3://bucket/prefix of all output; empty takes GLEANERY_ROOT."
    )
    source: SourceConfig = Field(SourceConfig(), description="The web corpus.")
    engine: EngineConfig = Field(EngineConfig(), description="The LLM of every step.")
    budget: BudgetConfig = Field(BudgetConfig(), description="What all runs together may spend.")
    recall: RecallConfig = Field(RecallConfig(), description="How pages are read and recalled.")
    extraction: ExtractionConfig = Field(
        ExtractionConfig(), description="How pairs are found in pages."
    )
    refinement: RefinementConfig = Field(RefinementConfig(), description="How pairs are rewritten.")
    refiners: tuple[EngineConfig, ...] = Field(
        (), description="LLMs that each refine every pair, if not the one above."
    )
    site_judge: EngineConfig | None = Field(
        None, description="The LLM that judges sites, if not the one above."
    )
    calibration: CalibrationConfig = Field(
        CalibrationConfig(), description="How the recall policy is made."
    )

    @property
    def refining_engines(self) -> tuple[EngineConfig, ...]:
        """The engines that refine."""
        return self.refiners or (self.engine,)

    @property
    def judging_engine(self) -> EngineConfig:
        """The engine that judges sites."""
        return self.site_judge or self.engine


class ConfigError(ValueError):
    """A configuration file that cannot be used."""


def read_config(path: Path) -> HarvestConfig:
    """Return the configuration in a YAML file. Raises `ConfigError` with file, key and reason."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not YAML: {error}") from error
    try:
        return HarvestConfig.model_validate(values)
    except ValidationError as error:
        problems = [
            f"  {'.'.join(map(str, problem['loc'])) or 'top level'}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        ]
        raise ConfigError("\n".join([f"{path} is no harvest configuration:", *problems])) from None
