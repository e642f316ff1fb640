"""The skill set: a plain YAML file of skills and query types that people read and edit."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml

from gleanery.tasks.edited_files import NO_OPTIONS, read_text, write_new_text, write_text
from gleanery.tasks.records import Record
from gleanery.tasks.skills.records import QueryType, Skill
from gleanery.tasks.skills.skill_set_file import ReadEntry, read_skill_file

__all__ = [
    "SkillEntry",
    "SkillSet",
    "default_query_types",
    "load_skills",
    "write_new_skills",
    "write_skills",
]

Status = Literal["kept", "removed"]
_QUERY_TYPES = Path(__file__).with_name("query_types.yaml")
_HEADER = """\
# A skill set: what answers may take, and the kinds of requests they answer. A skill may be a bare
# name; `status: removed` takes one out for good, so that it is not proposed again.
"""


class SkillEntry(Record):
    """A skill as the file has it. `count` says how often it was named, `reason` why it went."""

    skill: Skill
    status: Status
    reason: str
    count: int


class SkillSet(Record):
    """Skills and the query types to ask for them; ids are unique among either."""

    entries: list[SkillEntry]
    query_types: list[QueryType]

    @property
    def skills(self) -> list[Skill]:
        """The skills that are kept, in the order of the file."""
        return [entry.skill for entry in self.entries if entry.status == "kept"]


def load_skills(
    path: str, options: Mapping[str, Any] = NO_OPTIONS, count_repeats: bool = False
) -> SkillSet:
    """Return the skill set in a YAML file, local or at `s3://`; `options` go to fsspec.

    Without query types of its own it has the default ones. With `count_repeats` a name that comes
    again adds to the first one's count, as a raw list wants it. Raises `FileError` with every
    problem at its line (blank, repeated, unknown key, no skill, no query type), and
    `FileNotFoundError` or `StorageError` if the file cannot be read.
    """
    read = read_skill_file(read_text(path, "skill set", options), path, count_repeats)
    return SkillSet(
        entries=[_entry(entry) for entry in read.skills],
        query_types=default_query_types() if read.query_types is None else read.query_types,
    )


def write_skills(path: str, skill_set: SkillSet, options: Mapping[str, Any] = NO_OPTIONS) -> None:
    """Write a skill set to a file, whole or not at all; comments of an earlier one are lost.

    The default query types are left out, so that later ones take their place.
    """
    write_text(shown_skills(skill_set), path, options)


def write_new_skills(
    path: str, skill_set: SkillSet, options: Mapping[str, Any] = NO_OPTIONS
) -> None:
    """Write a skill set to a file that is not there yet. Raises `AlreadyThere` if it is."""
    write_new_text(shown_skills(skill_set), path, options)


def shown_skills(skill_set: SkillSet) -> str:
    """Return a skill set as `load_skills` reads it."""
    content: dict[str, object] = {"skills": [_shown_entry(entry) for entry in skill_set.entries]}
    if skill_set.query_types != default_query_types():
        content["query_types"] = [
            query_type.model_dump(exclude={"id"}) for query_type in skill_set.query_types
        ]
    return _HEADER + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)


@functools.cache
def _default_query_types() -> tuple[QueryType, ...]:
    read = read_skill_file(
        _QUERY_TYPES.read_text(encoding="utf-8"), str(_QUERY_TYPES), needs_skills=False
    )
    return tuple(read.query_types or ())


def default_query_types() -> list[QueryType]:
    """Return the query types that a file without its own ones gets."""
    return list(_default_query_types())


def _entry(read: ReadEntry) -> SkillEntry:
    return SkillEntry(
        skill=read.skill,
        status="removed" if read.removed else "kept",
        reason=read.reason,
        count=read.count,
    )


def _shown_entry(entry: SkillEntry) -> object:
    """Return an entry as a person would write it: nothing empty, and a bare name as one."""
    values: dict[str, object] = entry.skill.model_dump(exclude={"id"})
    values["origin"] = "" if entry.skill.origin == "written" else entry.skill.origin
    values["status"] = "" if entry.status == "kept" else entry.status
    values["reason"] = entry.reason
    values["count"] = entry.count
    values = {key: value for key, value in values.items() if value}
    return entry.skill.name if list(values) == ["name"] else values
