"""How a second model is asked whether skills are exercised."""

from pydantic import Field

from gleanery.infra.llm.protocol import Sampling
from gleanery.tasks.attempts import AskingConfig


class VerificationConfig(AskingConfig):
    """How the verifier is asked, and what its verdicts decide."""

    sampling: Sampling = Field(
        Sampling(temperature=0.0, max_tokens=2048),
        description="How the verifier draws its verdicts.",
    )
    tries: int = Field(
        2, ge=1, le=10, description="Times the verifier is asked until its answer can be read."
    )
    least_exercised: float = Field(
        0,
        ge=0,
        le=1,
        description="Verdict that every skill must reach, or the example is rejected "
        "(skill_not_exercised): 0 keeps all, with their scores for a release to choose by.",
    )
