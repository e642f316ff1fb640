"""Losses: the rows that did not go on, each under a typed reason."""

from pydantic import BaseModel, ConfigDict


class Loss(BaseModel):
    """A row that did not go on: rejected for good, or failed and open to another try.

    `row_id` names the input row, or the part itself when the whole part is meant; `source` and
    `offset` point at the raw bytes where they are known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    row_id: str
    reason: str
    detail: str
    source: str = ""
    offset: int = -1
