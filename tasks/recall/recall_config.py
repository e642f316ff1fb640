"""How pages are read and recalled."""

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks.recall.page_limits import PageLimits


class RecallConfig(Config):
    """Reading, scoring and keeping pages."""

    part_bytes: int = Field(
        2**30,
        ge=1,
        description="Source files are grouped into parts of about this size, in bytes; a part "
        "should take half a minute to two.",
    )
    limits: PageLimits = Field(PageLimits(), description="Beyond these a page is rejected.")
    min_characters: int = Field(
        200, ge=0, description="Pages with less text are rejected: there is nothing to classify."
    )
    approved_share: float = Field(
        1.0,
        gt=0,
        le=1,
        description="Pages of approved sites are kept from this share of the threshold on.",
    )
    prefilter: bool = Field(
        False,
        description="Train a classifier of raw pages too, and parse only what it lets through: "
        "several times faster on crawls in which few pages are recalled.",
    )
    prefilter_keeps: float = Field(
        0.97, gt=0, le=1, description="Share of the recalled pages that the prefilter must keep."
    )
