"""Counting skills as they were found: one row per name, however often and however spelled."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from gleanery.tasks.skills.skill_set_names import normal_name


@dataclass(frozen=True, slots=True)
class FoundSkill:
    """A skill as it was written, proposed or extracted, and how often."""

    name: str
    definition: str = ""
    topic: str = ""
    origin: str = "extracted"
    count: int = 1
    aliases: tuple[str, ...] = ()


def count_names(found: Iterable[FoundSkill]) -> list[FoundSkill]:
    """Return each name once, with its count: most frequent first, then shortest, then by alphabet.

    Of several spellings, topics and origins the most frequent stays; of several definitions the
    most frequent, and among these one of middle length. The order of what was found has no say.
    """
    groups: dict[str, list[FoundSkill]] = {}
    for skill in found:
        groups.setdefault(normal_name(skill.name), []).append(skill)
    counted = [group[0] if len(group) == 1 else _counted(group) for group in groups.values()]
    return sorted(counted, key=lambda skill: (-skill.count, len(skill.name), skill.name))


def _counted(group: list[FoundSkill]) -> FoundSkill:
    return FoundSkill(
        name=_most_frequent((skill.name, skill.count) for skill in group),
        definition=_middling((skill.definition, skill.count) for skill in group),
        topic=_most_frequent((skill.topic, skill.count) for skill in group if skill.topic),
        origin=_most_frequent((skill.origin, skill.count) for skill in group),
        count=sum(skill.count for skill in group),
        aliases=tuple(sorted({alias for skill in group for alias in skill.aliases})),
    )


def _counts(texts: Iterable[tuple[str, int]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text, count in texts:
        counts[text] += count
    return counts


def _most_frequent(texts: Iterable[tuple[str, int]]) -> str:
    counts = _counts(texts)
    return min(counts, key=lambda text: (-counts[text], len(text), text), default="")


def _middling(texts: Iterable[tuple[str, int]]) -> str:
    counts = _counts((text, count) for text, count in texts if text)
    most = max(counts.values(), default=0)
    best = sorted((t for t in counts if counts[t] == most), key=lambda text: (len(text), text))
    return best[len(best) // 2] if best else ""
