"""Several lists of one discipline's subjects made one, whatever the order of the lists."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gleanery.tasks.taxonomy.levels import LEVELS
from gleanery.tasks.taxonomy.same_name import name_key, name_words
from gleanery.tasks.taxonomy.subjects_records import ListedSubject


@dataclass(frozen=True, slots=True)
class MergedSubject:
    """A subject and the numbers of the lists that name it."""

    name: str
    level: str
    introduction: str
    subtopics: tuple[str, ...]
    lists: tuple[int, ...]


def merge_lists(lists: Sequence[Iterable[ListedSubject]]) -> list[MergedSubject]:
    """Return each subject once: those that most lists name first, then the one named earliest.

    One subject is what has one key (`name_key`). Of its names the commonest is kept; its level is
    the one that most lists give, of several the lowest; its introduction is the longest; its
    subtopics are those of all lists, the ones named most often first. Ties are settled by place
    and by spelling, never by which list comes first.
    """
    found: dict[str, list[tuple[int, ListedSubject]]] = {}
    for number, subjects in enumerate(lists):
        for subject in subjects:
            found.setdefault(name_key(subject.name), []).append((number, subject))

    def rank(key: str) -> tuple[int, int, str]:
        named = found[key]
        return -len({n for n, _ in named}), min(subject.place for _, subject in named), key

    return [_merged(found[key]) for key in sorted(found, key=rank)]


def _merged(named: Sequence[tuple[int, ListedSubject]]) -> MergedSubject:
    first_of_list = dict(reversed(named))  # a list that names a subject twice has one vote
    return MergedSubject(
        name=_commonest(subject.name for subject in first_of_list.values()),
        level=_level(subject.level for subject in first_of_list.values()),
        introduction=max(
            (subject.introduction for _, subject in named), key=lambda text: (len(text), text)
        ),
        subtopics=tuple(_subtopics(named)),
        lists=tuple(sorted(first_of_list)),
    )


def _commonest(names: Iterable[str]) -> str:
    """Return the spelling that occurs most often; of several the shortest."""
    counts = Counter(names)
    return min(counts, key=lambda name: (-counts[name], len(name), name))


def _level(levels: Iterable[str]) -> str:
    counts = Counter(level for level in levels if level)
    return max(LEVELS, key=lambda level: (counts[level], -LEVELS.index(level))) if counts else ""


def _subtopics(named: Iterable[tuple[int, ListedSubject]]) -> Iterator[str]:
    spellings: dict[tuple[str, ...], list[str]] = {}
    lists: dict[tuple[str, ...], set[int]] = {}
    places: dict[tuple[str, ...], int] = {}
    for number, subject in named:
        for place, subtopic in enumerate(subject.subtopics):
            words = name_words(subtopic)
            spellings.setdefault(words, []).append(subtopic)
            lists.setdefault(words, set()).add(number)
            places[words] = min(place, places.get(words, place))
    for words in sorted(spellings, key=lambda words: (-len(lists[words]), places[words], words)):
        yield _commonest(spellings[words])
