"""How a model is asked the first time, and how when it is asked again."""

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.llm.protocol import Sampling


class AskingConfig(Config):
    """Base of the configuration of every stage that asks a model."""

    sampling: Sampling = Field(Sampling(), description="How the model draws its answer.")
    retry_temperature: float = Field(
        0.7,
        ge=0,
        le=2,
        description="Least temperature of every attempt after the first: greedy decoding would "
        "give the same answer again.",
    )

    def sampling_of(self, attempt: int) -> Sampling:
        """Return how the model draws its answer in this attempt; 0 is the first."""
        if attempt == 0:
            return self.sampling
        temperature = max(self.sampling.temperature, self.retry_temperature)
        return self.sampling.model_copy(update={"temperature": temperature})
