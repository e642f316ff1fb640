"""The configuration of a synthesis from a taxonomy."""

from typing import Literal

from pydantic import Field, field_validator

from gleanery.flows.pipeline_config import PipelineConfig, PipelineName
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.embedding_config import EmbeddingConfig
from gleanery.tasks.language import language_name
from gleanery.tasks.taxonomy.answers import AnswersConfig
from gleanery.tasks.taxonomy.plans_config import TaxonomyPlansConfig
from gleanery.tasks.taxonomy.propose_config import ProposalConfig, Scope
from gleanery.tasks.taxonomy.questions import QuestionsConfig
from gleanery.tasks.taxonomy.subjects import SubjectsConfig
from gleanery.tasks.taxonomy.syllabus import SyllabusConfig


class TaxonomyConfig(PipelineConfig):
    """Everything that a synthesis from a taxonomy needs to know, after GLAN (arXiv 2402.13064)."""

    method: Literal["taxonomy"] = Field("taxonomy", description="What this file configures.")
    name: PipelineName = "taxonomy"
    taxonomy: str = Field(
        "default",
        description="YAML file of fields and disciplines, local or s3://; `default` is the "
        "126 disciplines that come with the package.",
    )
    nodes: tuple[str, ...] = Field(
        (), description="Only these nodes (their ids) and all below them; empty takes every node."
    )
    include_proposed: bool = Field(
        False, description="Take nodes that were proposed and that nobody has kept yet, too."
    )
    scope: str = Field(
        Scope().text, description="For a proposal: what the taxonomy is to cover, in words."
    )
    proposal: ProposalConfig = Field(
        ProposalConfig(), description="How a taxonomy is proposed by a model."
    )
    language: str = Field("English", description="Language of everything that is written.")
    subjects: SubjectsConfig = Field(SubjectsConfig(), description="How subjects are listed.")
    syllabi: SyllabusConfig = Field(SyllabusConfig(), description="How syllabi are written.")
    plans: TaxonomyPlansConfig = Field(
        TaxonomyPlansConfig(), description="How many questions, and about what."
    )
    questions: QuestionsConfig = Field(QuestionsConfig(), description="How questions are asked.")
    answers: AnswersConfig = Field(AnswersConfig(), description="How questions are answered.")
    question_engine: EngineConfig | None = Field(
        None, description="The LLM that writes questions, if not the one above."
    )
    answer_engine: EngineConfig | None = Field(
        None,
        description="The LLM that answers them, if not the one above; GLAN's is a cheaper one.",
    )
    embedding: EmbeddingConfig | None = Field(
        None, description="Embedding model that diversity is measured with, if there is one."
    )

    @field_validator("language")
    @classmethod
    def _is_known(cls, language: str) -> str:
        return language_name(language)

    @property
    def questioning_engine(self) -> EngineConfig:
        """The engine that writes questions."""
        return self.question_engine or self.engine

    @property
    def answering_engine(self) -> EngineConfig:
        """The engine that answers them."""
        return self.answer_engine or self.engine
