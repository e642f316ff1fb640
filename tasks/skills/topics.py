"""Topics that slipped in as skills: "Biology" is what an answer is about, not what it takes.

A name is judged by its own words. What it does with them is the test: "explaining cells" is a
skill, "cell biology" a topic. Only a sign of a topic takes a name out; without one it stays.
"""

import re
from collections.abc import Iterable, Mapping

from gleanery.tasks.skills.skill_set import SkillEntry
from gleanery.tasks.skills.skill_set_names import normal_name, singular
from gleanery.tasks.skills.topics_words import (
    DEVICES,
    ERAS,
    FIELD_ENDINGS,
    FIELD_GERUNDS,
    FIELD_PAIRS,
    FIELDS,
    IMPERATIVES,
    NOT_BY_ENDING,
)

_PREPOSITION_WORDS = """
about across against as at between by during for from in into of on over through to under using with
within without
"""
_PREPOSITIONS = frozenset(_PREPOSITION_WORDS.split())
_ROMAN_NUMERAL = re.compile(r"(?:i{2,3}|iv|vi{0,3}|ix|xi{0,3})")
_SCHOOLING = frozenset(
    {"studie", "study", "art", "science", "affair", "theory"}
)  # "gender studies"


def listed_names(names: Iterable[str]) -> dict[str, str]:
    """Return names of topics or disciplines by the form in which `topic_reason` looks them up."""
    return {normal_name(name): name for name in names if normal_name(name)}


def topic_reason(name: str, listed: Mapping[str, str] | None = None) -> str | None:
    """Return why a name is that of a topic, or None if nothing says so.

    `listed` are known topics and disciplines, from `listed_names`. A name of several ("science
    and engineering") is a topic if one of them is, and none is a skill.
    """
    known = (listed or {}).get(normal_name(name))
    if known:
        return f"it is the name of a topic, {known!r}"
    raw_words = _words(name)
    if raw_words[:1] == ["the"]:
        return "it names a thing, with its article"
    parts = [part for part in _split_at_and(raw_words) if part]
    if any(_is_done(part) for part in parts):
        return None
    for part in parts:
        if reason := _listed_reason(part, listed or {}) or _field_reason(part):
            return reason
    return None


def remove_topics(
    entries: Iterable[SkillEntry], listed: Mapping[str, str] | None = None
) -> list[SkillEntry]:
    """Return all entries; those that are topics are removed, each with its reason.

    A person who disagrees sets one to `status: kept`, in the file that later lists are merged into.
    """
    return [
        entry
        if entry.status == "removed" or not (reason := topic_reason(entry.skill.name, listed))
        else entry.model_copy(update={"status": "removed", "reason": f"a topic: {reason}"})
        for entry in entries
    ]


def _words(name: str) -> list[str]:
    """Return the words in lower case, plurals as they are."""
    spaced = "".join(c if c.isalnum() or c in "'’" else " " for c in name.casefold())
    return spaced.replace("'", "").replace("’", "").split()


def _split_at_and(words: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word in ("and", "or", "amp"):
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _is_done(part: list[str]) -> bool:
    """Return whether the part says what somebody does: it has a verb where verbs stand."""
    phrase = _noun_phrase(part)
    first, last = part[0], phrase[-1]
    if " ".join(phrase[-2:]) in FIELD_PAIRS:
        return False
    if len(part) > 1 and (first in IMPERATIVES or _is_doing(first)):
        return True
    if first in FIELD_GERUNDS and len(part) > 1:
        return part[1] in ("a", "an", "for", "the", "your")  # accounting for doubt
    return _is_doing(last)


def _is_doing(word: str) -> bool:
    return _is_gerund(word) and word not in FIELD_GERUNDS and not word.endswith("engineering")


def _is_gerund(word: str) -> bool:
    return len(word) > 4 and word.endswith("ing") and word not in ("thing", "something", "spring")


def _noun_phrase(part: list[str]) -> list[str]:
    """Return the words before the first preposition: their last one is what is named."""
    end = next((i for i, word in enumerate(part) if word in _PREPOSITIONS and i), len(part))
    return part[:end]


def _field_reason(part: list[str]) -> str | None:
    phrase = _noun_phrase(part)
    last = phrase[-1]
    head = singular(last)
    pair = " ".join(phrase[-2:])
    if pair in FIELD_PAIRS:
        return f"{pair!r} is a field"
    if last in FIELDS or head in FIELDS or last in FIELD_GERUNDS:
        return f"{last!r} is a field or a thing"
    if head in _SCHOOLING and len(phrase) > 1:
        return f"{last!r} ends the name of a field"
    if head.endswith(FIELD_ENDINGS) and head not in NOT_BY_ENDING:
        return f"{last!r} ends like the name of a field"
    if phrase[0] in ERAS or (len(phrase) > 1 and _ROMAN_NUMERAL.fullmatch(last)):
        return "it names a time or an event"
    if head != last and head not in DEVICES:
        return f"{last!r} are things"
    return None


def _listed_reason(part: list[str], listed: Mapping[str, str]) -> str | None:
    known = listed.get(normal_name(" ".join(part)))
    return f"it holds the name of a topic, {known!r}" if known else None
