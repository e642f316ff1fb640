"""Which of a taxonomy's disciplines a run takes."""

from collections.abc import Sequence

from gleanery.tasks.taxonomy.records import Discipline
from gleanery.tasks.taxonomy.tree import Taxonomy


def chosen_disciplines(
    taxonomy: Taxonomy, nodes: Sequence[str], include_proposed: bool = False
) -> list[Discipline]:
    """Return the disciplines in use that are one of these nodes or below one; all, for none.

    Raises `ValueError` for a node that the taxonomy has not, or that leaves no discipline.
    """
    unknown = [node for node in nodes if node not in taxonomy.by_id]
    if unknown:
        raise ValueError(
            f"{taxonomy.source} has no node {', '.join(unknown)}: "
            f"`gleanery taxonomy show {taxonomy.source}` lists the ids"
        )
    chosen = frozenset(nodes)
    disciplines = [
        discipline
        for discipline in taxonomy.disciplines(include_proposed)
        if not chosen or chosen & {discipline.id, *_above(taxonomy, discipline.id)}
    ]
    if not disciplines:
        raise ValueError(f"{taxonomy.source}: all below {', '.join(nodes)} is proposed or removed")
    return disciplines


def _above(taxonomy: Taxonomy, discipline: str) -> list[str]:
    return [place.id for place in taxonomy.by_id[discipline].ancestors]
