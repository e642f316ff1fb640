"""What an answer is worth, and as what it was read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is worth; one that could not be read is wrong, and counted.

    `extracted` is what it was read as, "" if as nothing; `detail` says more where that helps.
    `followed` says of every instruction of an item whether it is followed (IFEval).
    """

    correct: bool
    extracted: str = ""
    detail: str = ""
    followed: tuple[bool, ...] = ()
    followed_loosely: tuple[bool, ...] = ()

    @property
    def unparseable(self) -> bool:
        """Whether nothing could be read from the answer."""
        return not self.extracted


class Unclear(ValueError):
    """An answer that names several results, or takes one back: none of them is its answer."""


class UnusableItem(ValueError):
    """An item whose expected answer cannot be compared with any: the benchmark is at fault."""
