"""How far a comparison of two answers may go."""

from pydantic import Field

from gleanery.infra.compute import ComputeConfig
from gleanery.infra.config import Config


class AgreementConfig(Config):
    """Limits of the comparison by computer algebra, which hostile LaTeX can send anywhere."""

    comparison_s: float = Field(
        30,
        gt=0,
        description="Seconds after which a comparison of two expressions is given up: they count "
        "as not comparable. The first one also loads the algebra.",
    )
    comparison_mb: int = Field(
        1024, ge=256, description="Most memory that the algebra may take, in MB."
    )
    most_versions: int = Field(
        32, ge=2, description="Versions of one question that are compared; later ones are not."
    )

    @property
    def compute(self) -> ComputeConfig:
        """Return the limits of the process that compares."""
        return ComputeConfig(
            workers=1, tries=1, timeout_s=self.comparison_s, memory_mb=self.comparison_mb
        )
