"""The names of one list of fields, and several lists of the same made one."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from gleanery.tasks.records import Loss
from gleanery.tasks.taxonomy.same_name import NamesIn, name_key, plain_name
from gleanery.tasks.taxonomy.sloppy_records import OneText, records_in
from gleanery.tasks.taxonomy.tree_ids import slug
from gleanery.tasks.taxonomy.tree_reading import tidy
from gleanery.tasks.taxonomy.tree_rules import LONGEST_DESCRIPTION

_LISTS = ("names", "fields", "subfields", "disciplines", "items", "list", "records")
_LONGEST_NAME = 100  # characters; a longer one is a sentence


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name in one list, what the list says of it, and its place, counted from 0."""

    name: str
    description: str
    place: int


@dataclass(frozen=True, slots=True)
class NameList:
    """One list's names, and the records that are none."""

    names: Sequence[ListedName]
    dropped: Sequence[Loss]


@dataclass(frozen=True, slots=True)
class MergedName:
    """A name, and the numbers of the lists that have it."""

    name: str
    description: str
    lists: tuple[int, ...]


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: OneText = Field(
        "", validation_alias=AliasChoices("name", "field", "subfield", "discipline", "title")
    )
    description: OneText = Field(
        "", validation_alias=AliasChoices("description", "definition", "summary", "scope")
    )


def read_names(
    row_id: str, answer: str, text: str, above: Collection[str], fewest: int
) -> NameList | Loss:
    """Return the names that an answer copied from a text.

    A record is dropped as "invented" if the text does not have it, as "not_a_name" if its name is
    blank or a sentence, as "names_its_field" if it is one of those `above`. The list as a whole is
    "unparseable", or "too_few_names" if fewer than `fewest` are left.
    """

    def loss(reason: str, detail: str) -> Loss:
        return Loss(row_id=row_id, reason=reason, detail=detail)

    try:
        records = [_Record.model_validate(record) for record in records_in(answer, _LISTS)]
    except ValueError as error:
        return loss("unparseable", " ".join(str(error).split())[:300])
    names_in_text = NamesIn(text)
    keys_above = set(map(_key, above))
    names: list[ListedName] = []
    dropped: list[Loss] = []
    for place, record in enumerate(records):
        name = plain_name(record.name)
        if not _is_name(name):
            dropped.append(loss("not_a_name", repr(record.name[:200])))
        elif not names_in_text.has(name):
            dropped.append(loss("invented", f"{name!r} is not in the list"))
        elif _key(name) in keys_above:
            dropped.append(loss("names_its_field", f"{name!r} is what it would stand below"))
        else:
            names.append(ListedName(name, _shown(record.description), place))
    different = {_key(listed.name) for listed in names}
    if len(different) < fewest:
        count = f"{len(different)} of {len(records)} records are names"
        return loss("too_few_names", "; ".join([count, *(d.detail for d in dropped[:3])]))
    return NameList(names, dropped)


def merge_names(lists: Sequence[NameList]) -> list[MergedName]:
    """Return each name once: those in most lists first, then the one that stands earliest.

    One name is what has one key (`name_key`), accents aside. Its commonest spelling is kept, of
    several the shortest, and the longest description. Ties are settled by spelling, never by which
    list comes first.
    """
    found: dict[str, list[tuple[int, ListedName]]] = {}
    for number, one in enumerate(lists):
        for listed in one.names:
            found.setdefault(_key(listed.name), []).append((number, listed))

    def rank(key: str) -> tuple[int, int, str]:
        lists_with_it = {number for number, _ in found[key]}
        return -len(lists_with_it), min(listed.place for _, listed in found[key]), key

    return [_merged(found[key]) for key in sorted(found, key=rank)]


def _key(name: str) -> str:
    """Return what is the same for one name; two names with one id would be no taxonomy."""
    return slug(name_key(name))


def _is_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and text.isprintable() and any(map(str.isalpha, text))


def _shown(description: str) -> str:
    """Return a description that a taxonomy may hold."""
    printable = "".join(letter if letter.isprintable() else " " for letter in description)
    return tidy(printable)[:LONGEST_DESCRIPTION]


def _merged(named: Sequence[tuple[int, ListedName]]) -> MergedName:
    spellings = Counter(listed.name for _, listed in named)
    descriptions = {listed.description for _, listed in named}
    return MergedName(
        name=min(spellings, key=lambda name: (-spellings[name], len(name), name)),
        description=min(descriptions, key=lambda text: (-len(text), text)),
        lists=tuple(sorted({number for number, _ in named})),
    )
