"""What a sealed epoch holds."""

from pydantic import BaseModel, ConfigDict


class _Sealed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stream(_Sealed):
    """All plans with so many skills, of which so many are of one generation, in a fixed order.

    The skills of generation n are those that epoch n saw first. A plan has `new` of these and the
    others of generations before; its query type is of the generation `query_types`.
    """

    skills: int
    query_types: int
    size: int
    new: int


class Window(_Sealed):
    """A stretch of a stream, from position `first` up to `end`.

    `count` is less than its length where the epoch passes over skills that have been removed.
    """

    stream: Stream
    first: int
    end: int
    count: int


class Epoch(_Sealed):
    """A sealed epoch: what it saw (ids, sorted) and which stretches of which streams it adds."""

    number: int
    reason: str
    seed: int
    held_out_share: float
    mix: dict[int, float]
    skills: tuple[str, ...]
    query_types: tuple[str, ...]
    windows: tuple[Window, ...]
    count: int
    plans_per_slice: int
    created: str
    writer: str

    @property
    def slices(self) -> int:
        """Into how many slices its plans are cut."""
        return -(-self.count // self.plans_per_slice)
