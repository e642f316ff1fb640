"""Merging a whole skill set, or a raw list of names, by itself or into another one."""

from collections.abc import Iterable, Mapping

from gleanery.tasks.skills.merge import Merge, merge_skills
from gleanery.tasks.skills.merge_count import FoundSkill
from gleanery.tasks.skills.merge_search import Embed
from gleanery.tasks.skills.merge_similarity import MergeConfig
from gleanery.tasks.skills.skill_set import SkillEntry, SkillSet
from gleanery.tasks.skills.skill_set_names import normal_name
from gleanery.tasks.skills.topics import remove_topics


def merge_skill_set(
    skill_set: SkillSet,
    into: SkillSet | None = None,
    config: MergeConfig | None = None,
    embed: Embed | None = None,
) -> tuple[SkillSet, list[Merge]]:
    """Return the set with near-duplicates merged, and what was merged.

    The skills of `into` stand as they are, and its query types too; what is removed in either set
    stays removed, and takes with it what says the same.
    """
    known = list(into.entries) if into else []
    names = {normal_name(entry.skill.name) for entry in known}
    known += [
        entry
        for entry in skill_set.entries
        if entry.status == "removed" and normal_name(entry.skill.name) not in names
    ]
    found = [found_again(entry) for entry in skill_set.entries if entry.status == "kept"]
    merged = merge_skills(found, known, config, embed)
    standing, all_known = len(into.entries) if into else 0, len(known)
    entries = [
        *merged.entries[:standing],
        *merged.entries[all_known:],
        *merged.entries[standing:all_known],  # what is removed is read last
    ]
    query_types = (into or skill_set).query_types
    return SkillSet(entries=entries, query_types=query_types), merged.merges


def add_found(
    skill_set: SkillSet,
    found: Iterable[FoundSkill],
    topics: Mapping[str, str] | None = None,
    config: MergeConfig | None = None,
    embed: Embed | None = None,
) -> tuple[SkillSet, list[Merge]]:
    """Return the set with proposed or extracted skills added, and what was merged.

    Skills of the set keep name, id, status and order; new ones come after them, those that are
    topics removed with their reason (`topics` from `listed_names`).
    """
    merged = merge_skills(found, skill_set.entries, config, embed)
    old = len(skill_set.entries)
    entries = [*merged.entries[:old], *remove_topics(merged.entries[old:], topics)]
    return SkillSet(entries=entries, query_types=skill_set.query_types), merged.merges


def found_again(entry: SkillEntry) -> FoundSkill:
    """Return an entry of a file as a skill that was found; a bare name was found once."""
    skill = entry.skill
    return FoundSkill(
        name=skill.name,
        definition=skill.definition,
        topic=skill.topic,
        origin=skill.origin,
        count=max(entry.count, 1),
        aliases=tuple(skill.aliases),
    )
