"""What a taxonomy's reviewers should look at: nodes that stand twice, or perhaps not in place."""

from dataclasses import dataclass
from enum import StrEnum

from gleanery.tasks.taxonomy.tree import Place


class FindingKind(StrEnum):
    """Why a finding is one, from the surest to the least sure."""

    BELOW_ITSELF = "below itself"
    FIELD_ELSEWHERE = "discipline here, field elsewhere"
    SAME_NAME = "same name"
    SAME_WORDS = "same words, other order"
    NEARLY_SAME = "nearly the same name"
    ELSEWHERE = "may belong elsewhere"


@dataclass(frozen=True, slots=True)
class Finding:
    """Nodes to look at together, the first to be changed first; `detail` says what was seen."""

    kind: FindingKind
    places: tuple[Place, ...]
    detail: str = ""
