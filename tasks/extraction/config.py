"""How pairs are found in pages."""

from pydantic import Field

from gleanery.tasks.attempts import AskingConfig


class ExtractionConfig(AskingConfig):
    """Splitting pages into chunks, asking for pairs, and what a pair must be."""

    chunk_characters: int = Field(
        12_000, ge=500, le=400_000, description="Longest stretch of a page that is asked about."
    )
    overlap_characters: int = Field(
        800, ge=0, description="How much of a chunk the next one repeats."
    )
    smallest_chunk_characters: int = Field(
        1_500,
        ge=100,
        description="A stretch is asked about in halves if the answer about it was cut off, down "
        "to this length.",
    )
    min_question_characters: int = Field(8, ge=1, description="Shorter questions are rejected.")
    min_answer_characters: int = Field(1, ge=1, description="Shorter answers are rejected.")
