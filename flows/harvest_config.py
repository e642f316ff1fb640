"""The configuration of a harvest: one form in the UI, one YAML file, one Python object."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from gleanery.flows.pipeline_config import PipelineConfig, PipelineName, read_values, to_config
from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.curation.benchmark_config import DecontaminationConfig
from gleanery.tasks.extraction.config import ExtractionConfig
from gleanery.tasks.recall.calibration_stage import CalibrationConfig
from gleanery.tasks.recall.recall_config import RecallConfig
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.refinement.ask import RefinementConfig


class HarvestConfig(PipelineConfig):
    """Everything that a harvest needs to know; credentials come from the environment."""

    method: Literal["harvest"] = Field("harvest", description="What this file configures.")
    name: PipelineName = "harvest"
    source: SourceConfig = Field(SourceConfig(), description="The web corpus.")
    recall: RecallConfig = Field(RecallConfig(), description="How pages are read and recalled.")
    extraction: ExtractionConfig = Field(
        ExtractionConfig(), description="How pairs are found in pages."
    )
    decontamination: DecontaminationConfig = Field(
        DecontaminationConfig(),
        description="Benchmarks whose items are kept out before anything is refined; a dataset "
        "looks for them again in what it releases.",
    )
    drop_leaking_pages: bool = Field(
        False,
        description="Leave out all pairs of a page on which an item was found, as MAmmoTH2 does.",
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


def read_harvest_config(path: Path) -> HarvestConfig:
    """Return the harvest in a YAML file. Raises `ConfigError` with file, key and reason."""
    return to_config(path, read_values(path), HarvestConfig)
