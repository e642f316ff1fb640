"""How judges are asked for their grades."""

from pydantic import Field

from gleanery.infra.llm.protocol import Sampling
from gleanery.tasks.attempts import AskingConfig


class JudgeConfig(AskingConfig):
    """How each judge is asked; a release's thresholds decide what its grades are worth."""

    sampling: Sampling = Field(
        Sampling(temperature=0.0, max_tokens=4096),
        description="How a judge draws its grades. Some 400 tokens are enough for a model that "
        "does not think first.",
    )
    tries: int = Field(
        2, ge=1, le=10, description="Times a judge is asked until its answer can be read."
    )
    show_source: bool = Field(
        False,
        description="Whether a judge of harvested pairs sees the passage of the page around the "
        "pair: dearer, and it tells what the question lost on its way.",
    )
    source_characters: int = Field(
        4000, ge=200, le=100_000, description="Longest passage that is shown, in characters."
    )
    most_characters: int = Field(
        32_000,
        ge=1000,
        description="Longest example that is judged, in characters of question and answer; a "
        "longer one is rejected (too_long).",
    )
