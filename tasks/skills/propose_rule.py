"""The rule by which several lists of one question become one.

A name counts once per list, whatever its case, separators and plural. It stays if enough lists
have it, with the spelling and the definition that most of them give. Names that say the same are
one where that is asked for (`merge_skills`); a list that has both counts once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gleanery.tasks.records import Call, Loss
from gleanery.tasks.skills.merge import merge_skills
from gleanery.tasks.skills.merge_count import FoundSkill, count_names
from gleanery.tasks.skills.propose_items import Item
from gleanery.tasks.skills.propose_lists import AskedList
from gleanery.tasks.skills.skill_set_names import normal_name


@dataclass(frozen=True, slots=True)
class Named:
    """What some of the lists name, the items by which they do, and the calls behind these."""

    name: str
    definition: str
    lists: int
    items: Sequence[Item]
    calls: list[Call]


def join_lists(
    row_id: str, lists: Sequence[AskedList], least_lists: int, merge: bool
) -> tuple[list[Named], list[Loss]]:
    """Return what enough lists name, that of most lists first, and a loss for all else.

    The loss is "few_lists". With `merge`, near-duplicates are one.
    """
    found = [FoundSkill(item.name, item.definition) for one in lists for item in one.items]
    if merge:
        skills = [entry.skill for entry in merge_skills(found).entries]
        groups = [(s.name, s.definition, (s.name, *s.aliases)) for s in skills]
    else:
        groups = [(s.name, s.definition, (s.name,)) for s in count_names(found)]
    joined = [_named(name, definition, names, lists) for name, definition, names in groups]
    joined.sort(key=lambda named: (-named.lists, len(named.name), named.name))
    losses = [
        Loss(row_id=row_id, reason="few_lists", detail=f"{named.name}: {named.lists} lists have it")
        for named in joined
        if named.lists < least_lists
    ]
    return [named for named in joined if named.lists >= least_lists], losses


def _named(name: str, definition: str, names: Sequence[str], lists: Sequence[AskedList]) -> Named:
    normal = set(map(normal_name, names))
    naming = [
        (one, items)
        for one in lists
        if (items := [item for item in one.items if normal_name(item.name) in normal])
    ]
    return Named(
        name=name,
        definition=definition,
        lists=len(naming),
        items=[item for _, items in naming for item in items],
        calls=[call for one, _ in naming for call in one.calls],
    )
