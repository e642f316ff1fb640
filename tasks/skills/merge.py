"""Merging skills that say the same: one stays, the other names become its aliases.

The rule: names are taken by how often they occur, then the shortest first, then by the alphabet.
Each joins the skill, among those that stay, to which it is most similar, if a rule of
`match_by_words` or the embeddings say that they are one; else it stays itself. So every alias
reaches the threshold with the very name that stands for it, and there are no chains. Skills that
are known already come first, in their order, and keep name and id: what is added later never
changes a merge that was made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gleanery.tasks.records import Record
from gleanery.tasks.skills.merge_count import FoundSkill, count_names
from gleanery.tasks.skills.merge_search import Embed, SimilarNames, close_vectors
from gleanery.tasks.skills.merge_similarity import Match, MergeConfig, Words, words_of
from gleanery.tasks.skills.records import Skill
from gleanery.tasks.skills.skill_set import SkillEntry
from gleanery.tasks.skills.skill_set_names import name_id, normal_name


class Merge(Record):
    """A name that went into another skill, by which rule and how similar (up to 1) they are."""

    name: str
    into: str
    rule: str
    similarity: float
    count: int


@dataclass(frozen=True, slots=True)
class Merged:
    """Known skills first, then new ones by how often they were named; and all that was merged."""

    entries: list[SkillEntry]
    merges: list[Merge]


def merge_skills(
    found: Iterable[FoundSkill],
    known: Sequence[SkillEntry] = (),
    config: MergeConfig | None = None,
    embed: Embed | None = None,
) -> Merged:
    """Return the found skills merged with each other and into the known ones.

    The order of what was found has no say. What joins a removed skill is removed with it. `embed`
    gives vectors of length one; without it words and definitions alone decide.
    """
    config = config or MergeConfig()
    counted = count_names(found)
    skills: list[Skill | FoundSkill] = [*(entry.skill for entry in known), *counted]
    words = [words_of(skill.name, skill.definition) for skill in skills]
    close: dict[int, list[tuple[int, Match]]] = {}
    if embed and skills:
        close = close_vectors(embed([embedded_text(skill) for skill in skills]), words, config)
    merging = _Merging(SimilarNames(config))
    for number, entry in enumerate(known):
        merging.stand(number, words[number], entry)
    for number, skill in enumerate(counted, start=len(known)):
        merging.take(number, words[number], skill, close.get(number, ()))
    entries = [standing.entry() for standing in merging.standing.values()]
    new = sorted(entries[len(known) :], key=lambda entry: -entry.count)
    return Merged([*entries[: len(known)], *new], merging.merges)


def embedded_text(skill: Skill | FoundSkill) -> str:
    """Return the text that stands for a skill where texts are embedded."""
    name = skill.name.replace("_", " ")
    return f"{name}: {skill.definition}" if skill.definition else name


@dataclass(slots=True)
class _Standing:
    """A skill that stays, and what it has gathered; `aliases` are by their normal names."""

    given: SkillEntry
    count: int
    definition: str
    topic: str
    aliases: dict[str, str] = field(default_factory=dict)

    def entry(self) -> SkillEntry:
        update = {
            "definition": self.definition,
            "topic": self.topic,
            "aliases": list(self.aliases.values()),
        }
        skill = self.given.skill.model_copy(update=update)
        return self.given.model_copy(update={"skill": skill, "count": self.count})


class _Merging:
    def __init__(self, index: SimilarNames) -> None:
        self.standing: dict[int, _Standing] = {}
        self.merges: list[Merge] = []
        self._index = index
        self._owners: dict[str, int] = {}  # by normal name, of names and aliases

    def stand(self, number: int, words: Words, entry: SkillEntry) -> None:
        """Let a skill stay."""
        skill = entry.skill
        self.standing[number] = _Standing(entry, entry.count, skill.definition, skill.topic)
        self._owners[normal_name(skill.name)] = number
        self._index.add(number, words)
        self._give(number, skill.aliases)

    def take(
        self,
        number: int,
        words: Words,
        skill: FoundSkill,
        close: Iterable[tuple[int, Match]],
    ) -> None:
        """Let a found skill join the one that says the same, or stay itself."""
        target = self._named(skill)
        if target is None:
            matches = [*self._index.matches(words), *(m for m in close if m[0] in self.standing)]
            target = min(matches, key=lambda match: (-match[1].similarity, *match), default=None)
        if target is None:
            self.stand(number, words, _new_entry(skill))
            return
        into, match = target
        standing = self.standing[into]
        standing.count += skill.count
        standing.definition = standing.definition or skill.definition
        standing.topic = standing.topic or skill.topic
        self._give(into, (skill.name, *skill.aliases))
        self.merges.append(
            Merge(
                name=skill.name,
                into=standing.given.skill.name,
                rule=match.rule,
                similarity=match.similarity,
                count=skill.count,
            )
        )

    def _named(self, skill: FoundSkill) -> tuple[int, Match] | None:
        """Return the skill that has this name, or one of its aliases, as name or alias."""
        for name in (skill.name, *skill.aliases):
            if (owner := self._owners.get(normal_name(name))) is not None:
                return owner, Match(1.0, "name")
        return None

    def _give(self, number: int, aliases: Iterable[str]) -> None:
        standing = self.standing[number]
        for alias in aliases:
            normal = normal_name(alias)
            if self._owners.setdefault(normal, number) == number and normal != normal_name(
                standing.given.skill.name
            ):
                standing.aliases.setdefault(normal, alias)


def _new_entry(skill: FoundSkill) -> SkillEntry:
    return SkillEntry(
        skill=Skill(
            id=name_id(skill.name),
            name=skill.name,
            definition=skill.definition,
            topic=skill.topic,
            aliases=list(skill.aliases),
            origin=skill.origin,
        ),
        status="kept",
        reason="",
        count=skill.count,
    )
