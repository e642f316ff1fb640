"""Reading a skill set's YAML: every problem in it is found, and named with its line."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gleanery.tasks.file_problems import FileError, Problem
from gleanery.tasks.skills.records import QueryType, Skill
from gleanery.tasks.skills.skill_set_names import name_id, normal_name
from gleanery.tasks.skills.skill_set_nodes import Nodes
from gleanery.tasks.yaml_values import Items, Keys, Text, Value, read_yaml

ORIGINS = ("written", "proposed", "extracted")
STATUSES = ("kept", "removed")
LONGEST_NAME = 120
LONGEST_TEXT = 2_000
_TOP_KEYS = ("skills", "query_types")
_SKILL_KEYS = (
    "name", "definition", "topic", "aliases", "origin", "status", "reason", "count",
)  # fmt: skip
_QUERY_TYPE_KEYS = ("name", "definition", "example")


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """A skill as it stands in the file, at `line`."""

    line: int
    skill: Skill
    removed: bool
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file holds; `query_types` is None if it has no such key."""

    skills: list[ReadEntry] = field(default_factory=list)
    query_types: list[QueryType] | None = None


def read_skill_file(
    text: str, path: str, count_repeats: bool = False, needs_skills: bool = True
) -> ReadFile:
    """Return what the file's text holds. Raises `FileError` with all problems at once."""
    top, problems = read_yaml(text, path)
    if problems:
        raise FileError(path, problems)
    nodes = Nodes()
    keys = nodes.mapping(top, "the file", _TOP_KEYS) if top else {}
    if needs_skills and "skills" not in keys:
        nodes.complain(top, "there are no skills: list them under `skills:`")
    entries = [
        entry
        for node in nodes.sequence(keys.get("skills"), "skills")
        if (entry := _skill(nodes, node))
    ]
    entries = _without_repeats(nodes, entries, count_repeats)
    if "skills" in keys and not nodes.problems and not any(not e.removed for e in entries):
        nodes.complain(keys["skills"], "no skill is kept: list at least one")
    query_types = _query_types(nodes, keys["query_types"]) if "query_types" in keys else None
    if nodes.problems:
        raise FileError(path, nodes.problems)
    return ReadFile(entries, query_types)


def _skill(nodes: Nodes, node: Value) -> ReadEntry | None:
    if isinstance(node, Text):
        name = _name(nodes, node, "the skill")
        return _read_entry(node, name, {}) if name else None
    keys = nodes.mapping(node, "a skill", _SKILL_KEYS)
    if not isinstance(node, Keys):
        return None
    if "name" not in keys:
        nodes.complain(node, "a skill without a name: add `name:`")
        return None
    name = _name(nodes, keys["name"], "the skill")
    texts: dict[str, str] = {
        key: nodes.text(keys[key], key, LONGEST_TEXT)
        for key in ("definition", "topic", "reason")
        if key in keys
    }
    texts["origin"] = nodes.choice(keys.get("origin"), "origin", ORIGINS)
    texts["status"] = nodes.choice(keys.get("status"), "status", STATUSES)
    aliases = [
        alias
        for alias_node in nodes.sequence(keys.get("aliases"), "aliases")
        if (alias := _name(nodes, alias_node, "the alias"))
    ]
    count = nodes.number(keys.get("count"), "count")
    return _read_entry(node, name, texts, aliases, count) if name else None


def _read_entry(
    node: Value,
    name: str,
    texts: dict[str, str],
    aliases: Sequence[str] = (),
    count: int = 0,
) -> ReadEntry:
    skill = Skill(
        id=name_id(name),
        name=name,
        definition=texts.get("definition", ""),
        topic=texts.get("topic", ""),
        aliases=list(dict.fromkeys(aliases)),
        origin=texts.get("origin", ORIGINS[0]),
    )
    removed = texts.get("status") == "removed"
    return ReadEntry(node.line, skill, removed, texts.get("reason", ""), count)


def _name(nodes: Nodes, node: Value, what: str) -> str:
    """Return a name that is one; an empty text after a complaint."""
    name = nodes.text(node, f"the name of {what}", LONGEST_NAME)
    if name and not normal_name(name):
        nodes.complain(node, f"{name!r} has no letter or digit, so it names nothing")
        return ""
    return name


def _without_repeats(
    nodes: Nodes, entries: Sequence[ReadEntry], count_repeats: bool
) -> list[ReadEntry]:
    """Return the entries with each name once; what stands twice is counted or complained about."""
    kept: dict[str, ReadEntry] = {}
    for entry in entries:
        normal = normal_name(entry.skill.name)
        first = kept.get(normal)
        if first is None:
            kept[normal] = entry
        elif count_repeats and first.removed == entry.removed:
            kept[normal] = _counted_once_more(first, entry)
        else:
            nodes.problems.append(Problem(entry.line, _repeated(entry, first)))
    if not count_repeats:
        _complain_of_aliases(nodes, kept)
    return list(kept.values())


def _repeated(entry: ReadEntry, first: ReadEntry) -> str:
    problem = f"skill {entry.skill.name!r} is already there, as {first.skill.name!r}"
    if entry.removed != first.removed:
        return f"{problem} at line {first.line}, and one of them is removed: decide on one"
    return f"{problem} at line {first.line}: remove one, or have `gleanery skills merge` count them"


def _counted_once_more(first: ReadEntry, entry: ReadEntry) -> ReadEntry:
    skill = first.skill.model_copy(
        update={
            "definition": first.skill.definition or entry.skill.definition,
            "topic": first.skill.topic or entry.skill.topic,
            "aliases": list(dict.fromkeys([*first.skill.aliases, *entry.skill.aliases])),
        }
    )
    count = max(first.count, 1) + max(entry.count, 1)
    return replace(first, skill=skill, reason=first.reason or entry.reason, count=count)


def _complain_of_aliases(nodes: Nodes, kept: dict[str, ReadEntry]) -> None:
    """Find aliases that are another skill's name or alias: one name must mean one skill."""
    owners = dict(kept)
    for entry in kept.values():
        for alias in entry.skill.aliases:
            owner = owners.setdefault(normal_name(alias), entry)
            if owner is not entry:
                problem = (
                    f"alias {alias!r} of skill {entry.skill.name!r} also stands for "
                    f"{owner.skill.name!r} at line {owner.line}: leave it to one of them"
                )
                nodes.problems.append(Problem(entry.line, problem))


def _query_types(nodes: Nodes, node: Value) -> list[QueryType]:
    found: dict[str, tuple[int, QueryType]] = {}
    items = nodes.sequence(node, "query_types")
    if not items and isinstance(node, Items):
        nodes.complain(
            node, "there is no query type: list one, or remove `query_types:` to have the default"
        )
    for item in items:
        query_type = _query_type(nodes, item)
        if query_type is None:
            continue
        line = item.line
        first_line, first = found.setdefault(query_type.id, (line, query_type))
        if first is not query_type:
            problem = f"query type {query_type.name!r} is already there, at line {first_line}"
            nodes.problems.append(Problem(line, problem))
    return [query_type for _, query_type in found.values()]


def _query_type(nodes: Nodes, node: Value) -> QueryType | None:
    keys = nodes.mapping(node, "a query type", _QUERY_TYPE_KEYS)
    if not isinstance(node, Keys):
        return None
    missing = [key for key in _QUERY_TYPE_KEYS if key not in keys]
    if missing:
        nodes.complain(node, f"a query type without {' and '.join(missing)}: add what is missing")
    name = _name(nodes, keys["name"], "the query type") if "name" in keys else ""
    definition, example = (
        nodes.text(keys[key], key, LONGEST_TEXT) if key in keys else ""
        for key in ("definition", "example")
    )
    if missing or not (name and definition and example):
        return None
    return QueryType(id=name_id(name), name=name, definition=definition, example=example)
