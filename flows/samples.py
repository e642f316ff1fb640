"""Pairs to look at: a few of a stage's rows, the same ones whenever the stage is the same."""

from gleanery.infra.digests import digest
from gleanery.infra.parts import Parts
from gleanery.tasks.records import RefinedPair
from gleanery.tasks.stage_output import StageOutput

_PARTS = 5


def draw_samples(parts: Parts, refined: StageOutput, count: int = 10) -> list[RefinedPair]:
    """Return up to `count` refined pairs, at most one per page while there are pages enough."""
    pairs: list[RefinedPair] = []
    for reference in sorted(refined.parts, key=lambda part: digest(part.part))[:_PARTS]:
        receipt = parts.newest(refined.stage, reference.part)
        if receipt:
            pairs += parts.rows(receipt, RefinedPair)
    pairs.sort(key=lambda pair: digest(pair.id))
    seen: set[str] = set()
    first = [p for p in pairs if not (p.document_id in seen or seen.add(p.document_id))]  # type: ignore[func-returns-value]
    others = [pair for pair in pairs if pair not in first]
    return [*first, *others][:count]
