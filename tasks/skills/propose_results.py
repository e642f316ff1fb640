"""What all proposed rows come to: skills to be merged, and query types for the file."""

from collections.abc import Iterable

from gleanery.tasks.skills.merge import merge_skills
from gleanery.tasks.skills.merge_count import FoundSkill
from gleanery.tasks.skills.propose_records import ProposedQueryType, ProposedSkill
from gleanery.tasks.skills.records import QueryType
from gleanery.tasks.skills.skill_set_names import name_id, normal_name


def found_in_proposals(rows: Iterable[ProposedSkill]) -> list[FoundSkill]:
    """Return proposed skills as `merge_skills` takes them; each list that names one counts."""
    return [
        FoundSkill(row.name, row.definition, row.topic, origin="proposed", count=row.lists)
        for row in rows
    ]


def query_types_in_proposals(
    rows: Iterable[ProposedQueryType], known: Iterable[QueryType] = ()
) -> list[QueryType]:
    """Return the known query types, and after them the proposed ones that say something else.

    New ones come by how many lists name them.
    """
    query_types = list(known)
    proposed = list(rows)
    found = [FoundSkill(kind.name, kind.definition, count=10**9) for kind in query_types]
    found += [FoundSkill(row.name, row.definition, count=row.lists) for row in proposed]
    taken = {normal_name(kind.name) for kind in query_types}
    by_name: dict[str, ProposedQueryType] = {}
    for row in sorted(proposed, key=lambda row: (-row.lists, row.name, row.definition)):
        by_name.setdefault(normal_name(row.name), row)
    for entry in merge_skills(found).entries:
        normal = normal_name(entry.skill.name)
        if normal not in taken:
            row = by_name[normal]
            query_types.append(
                QueryType(
                    id=name_id(row.name),
                    name=row.name,
                    definition=row.definition,
                    example=row.example,
                )
            )
    return query_types
