"""When two names of skills say the same, by their words and their definitions."""

import itertools
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks.skills.merge_contrast import contrast
from gleanery.tasks.skills.merge_words import content_stems
from gleanery.tasks.skills.skill_set_names import normal_name


class MergeConfig(Config):
    """From where on two skills are one. Shares are of stems, common ones to all (Jaccard)."""

    near_names: float = Field(
        0.75,
        ge=0,
        le=1,
        description="Names that share so much are one skill, if one of them only says more.",
    )
    close_names: float = Field(
        0.5, ge=0, le=1, description="Names that share so much are one if their definitions agree."
    )
    close_definitions: float = Field(
        0.5, ge=0, le=1, description="What definitions of close names must share."
    )
    related_names: float = Field(
        0.33, ge=0, le=1, description="Names that share so much are one if defined alike."
    )
    alike_definitions: float = Field(
        0.7, ge=0, le=1, description="What definitions of related names must share."
    )
    shortest_typo: int = Field(
        7, ge=4, description="Fewest letters of a word in which one letter may be wrong."
    )
    slip_definitions: float = Field(
        0.3,
        ge=0,
        le=1,
        description="What definitions, if both have one, must share where letters are swapped, or "
        "one is doubled (paraphrase, paraprhase).",
    )
    typo_definitions: float = Field(
        0.5,
        ge=0,
        le=1,
        description="What definitions must share where another letter differs: without them, "
        "geology and gemology stay two.",
    )
    cosine: float = Field(
        0.9,
        gt=0,
        le=1,
        description="Embeddings of so small an angle are one skill; models differ in this.",
    )


@dataclass(frozen=True, slots=True)
class Words:
    """A skill's name and definition, ready to be compared."""

    name: tuple[str, ...]
    stems: frozenset[str]
    definition: frozenset[str]


class Match(NamedTuple):
    """By which rule two skills are one, and how sure that is, up to 1."""

    similarity: float
    rule: str


def words_of(name: str, definition: str) -> Words:
    """Return a skill's words."""
    return Words(tuple(normal_name(name).split()), content_stems(name), content_stems(definition))


def match_by_words(one: Words, other: Words, config: MergeConfig) -> Match | None:
    """Return the rule by which two skills are one, or None.

    "words": the same stems in any order; "near": one name says little more than the other;
    "definition": names share some words, and definitions agree; "typo": one letter differs.
    Opposites never are one.
    """
    if one.stems == other.stems:
        return Match(1.0, "words")
    if contrast(one.stems, other.stems):
        return None
    names = _shared(one.stems, other.stems)
    both_defined = bool(one.definition and other.definition)
    definitions = _shared(one.definition, other.definition) if both_defined else 0.0
    one_says_more = one.stems < other.stems or other.stems < one.stems
    if (
        one_says_more
        and names >= config.near_names
        and not (both_defined and _distinguished(one, other))
    ):
        return Match(names, "near")
    if both_defined and _defined_alike(names, definitions, config):
        return (
            None if _distinguished(one, other) else Match((names + definitions) / 2, "definition")
        )
    if (slip := _slip(one.name, other.name, config)) is None:
        return None
    needed = config.slip_definitions if slip else config.typo_definitions
    agreed = definitions >= needed if both_defined else slip
    return Match(0.95, "typo") if agreed else None


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def _defined_alike(names: float, definitions: float, config: MergeConfig) -> bool:
    return (names >= config.close_names and definitions >= config.close_definitions) or (
        names >= config.related_names and definitions >= config.alike_definitions
    )


def _distinguished(one: Words, other: Words) -> bool:
    """Return whether a word that only one name has is also what only its definition has.

    "Adjusts the tone …" and "adjusts the length …" agree in all but what matters.
    """
    return any(
        (a.stems - b.stems) & (a.definition - b.definition) for a, b in ((one, other), (other, one))
    )


def _slip(one: tuple[str, ...], other: tuple[str, ...], config: MergeConfig) -> bool | None:
    """Return whether the one letter in which two names differ is a mere slip; None if more do.

    Letters that are swapped or doubled make no other word; one that is missing or wrong may.
    """
    if len(one) != len(other):
        return None
    different = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if len(different) != 1:
        return None
    a, b = different[0]
    if min(len(a), len(b)) < config.shortest_typo or a[0] != b[0] or not one_letter_apart(a, b):
        return None
    return sorted(a) == sorted(b) or _undoubled(a) == _undoubled(b)


def _undoubled(word: str) -> str:
    """Return a word with every run of one letter cut to it, and British ae and oe as e."""
    single = "".join(letter for letter, _ in itertools.groupby(word))
    return single.replace("ae", "e").replace("oe", "e")


def one_letter_apart(one: str, other: str) -> bool:
    """Return whether two words differ in one letter: put in, left out, wrong, or swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return len(one) != len(other)
    a, b = one[start:], other[start:]
    swapped = len(a) > 1 and len(b) > 1 and (a[0], a[1]) == (b[1], b[0]) and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped
