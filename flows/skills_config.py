"""The configuration of a synthesis from skills."""

from typing import Literal, Self

from pydantic import Field, model_validator

from gleanery.flows.pipeline_config import PipelineConfig, PipelineName
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.embedding_config import EmbeddingConfig
from gleanery.tasks.skills.generate_config import GenerationConfig
from gleanery.tasks.skills.label import LabelConfig
from gleanery.tasks.skills.label_files import InstructionSource
from gleanery.tasks.skills.merge_similarity import MergeConfig
from gleanery.tasks.skills.plans_config import SkillPlansConfig
from gleanery.tasks.skills.propose_config import ProposalConfig


class SkillsConfig(PipelineConfig):
    """Everything that a synthesis from skills needs, after Instruct-SkillMix (2408.14774)."""

    method: Literal["skills"] = Field("skills", description="What this file configures.")
    name: PipelineName = "skills"
    skills: str = Field(
        "skills.yaml", description="YAML file of skills and query types, local or s3://."
    )
    plans: SkillPlansConfig = Field(
        SkillPlansConfig(), description="How many combinations are drawn, and of how many skills."
    )
    generation: GenerationConfig = Field(
        GenerationConfig(), description="How examples are drafted, criticised and revised."
    )
    proposal: ProposalConfig = Field(
        ProposalConfig(), description="How skills and query types are proposed by a model."
    )
    instructions: InstructionSource = Field(
        InstructionSource(), description="Datasets that skills are extracted from."
    )
    labels: LabelConfig = Field(
        LabelConfig(), description="How their instructions are labelled with skills."
    )
    merge: MergeConfig = Field(MergeConfig(), description="Which skills say the same.")
    embedding: EmbeddingConfig | None = Field(
        None, description="Embedding model that skills are merged and diversity is measured with."
    )
    verifier: EngineConfig | None = Field(
        None, description="The LLM that verifies the skills, where generation.verify is set."
    )

    @model_validator(mode="after")
    def _has_who_verifies(self) -> Self:
        if self.generation.verify and self.verifier is None:
            raise ValueError(
                "generation.verify is set and verifier is not: name the engine that verifies "
                "under the key verifier, or take generation.verify out"
            )
        return self

    @property
    def generating_engines(self) -> tuple[EngineConfig, ...]:
        """The engine that writes, and the one that verifies where examples are verified."""
        verifier = self.verifier if self.generation.verify else None
        return (self.engine, verifier) if verifier else (self.engine,)
