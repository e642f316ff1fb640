"""How a recipe keeps large groups from drowning the others: caps and balance."""

from typing import Literal, Self

from pydantic import Field, model_validator

from gleanery.infra.config import Config

Grouping = Literal["domain", "discipline", "skill", "query_type"]


class DomainCap(Config):
    """The most that one web domain may give, as rows, as a share of all web rows, or both.

    A domain may always give one row, so that a share means something in a small release.
    """

    count: int | None = Field(None, ge=1, description="Rows of one domain at most.")
    share: float | None = Field(
        None, gt=0, le=1, description="Share of the release's rows from the web, at most."
    )


class Balance(Config):
    """How the rows of each source are made more even over groups.

    A group of n rows keeps min(n, r^(1-e) * n^e), rounded down but at least one: groups of up to r
    rows stay whole, larger ones grow with the power e of their size. `mode` sets the two:

    - "cap": e = 0 and r = `rows`, which must be given;
    - "uniform": e = 0 and r = the size of the source's smallest group: all groups are the same;
    - "smooth": e = `exponent` (0.5 is the square root) and r = `rows`, or the size of the source's
      median group (the lower one of two).

    Rows without a group stay. A row with several skills counts for the one with the fewest rows.
    """

    by: Grouping = Field(
        ...,
        description="domain (web), discipline (the subject of a page or a taxonomy question), skill"
        " or query_type (of the synthesis from skills).",
    )
    mode: Literal["none", "cap", "smooth", "uniform"] = Field(
        "smooth",
        description="How even: not at all, capped, by a power of the size, or all the same.",
    )
    rows: int | None = Field(None, ge=1, description="r: groups of up to so many rows stay whole.")
    exponent: float = Field(0.5, ge=0, le=1, description="e of smooth: 1 changes nothing.")

    @model_validator(mode="after")
    def _has_what_the_mode_needs(self) -> Self:
        if self.mode == "cap" and self.rows is None:
            raise ValueError(f"the cap by {self.by} needs `rows`: how many a group may have")
        if self.mode == "uniform" and self.rows is not None:
            raise ValueError(
                f"uniform by {self.by} takes as many of each as the smallest group has: "
                "for another number say mode: cap"
            )
        return self
