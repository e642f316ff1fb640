"""Merging: one list of several, the same whatever order they come in."""

from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.taxonomy.levels import LEVELS
from gleanery.tasks.taxonomy.same_name import name_key
from gleanery.tasks.taxonomy.subjects_merge import MergedSubject, merge_lists
from gleanery.tasks.taxonomy.subjects_records import ListedSubject

NAMES = ("Optics", "Introduction to Optics", "optics", "Waves I", "Waves II", "Wave 1", "Heat")
TOPICS = ("lenses", "mirrors", "Mirror", "prisms", "colour & light", "colour and light")


def listed(name: str, place: int = 0, level: str = "", intro: str = "", *topics: str):  # type: ignore[no-untyped-def]
    return ListedSubject(name, level, intro, tuple(topics), place)


def in_places(subjects: list[tuple[str, str, str, list[str]]]) -> list[ListedSubject]:
    return [
        ListedSubject(name, level, intro, tuple(topics), place)
        for place, (name, level, intro, topics) in enumerate(subjects)
    ]


LISTS = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.sampled_from(("", *LEVELS)),
            st.sampled_from(("", "short", "longer one", "longer two")),
            st.lists(st.sampled_from(TOPICS), max_size=4),
        ),
        max_size=5,
    ).map(in_places),
    min_size=1,
    max_size=5,
)


def content(subject: MergedSubject) -> tuple[object, ...]:
    return (
        subject.name,
        subject.level,
        subject.introduction,
        subject.subtopics,
        len(subject.lists),
    )


@given(LISTS, st.randoms(use_true_random=False))
def test_order_of_the_lists_changes_nothing(lists, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = random.sample(lists, len(lists))

    assert list(map(content, merge_lists(shuffled))) == list(map(content, merge_lists(lists)))


@given(LISTS)
def test_every_subject_is_there_once_with_the_lists_that_name_it(
    lists: list[list[ListedSubject]],
) -> None:
    merged = merge_lists(lists)
    named = [{name_key(subject.name) for subject in subjects} for subjects in lists]

    assert sorted(name_key(subject.name) for subject in merged) == sorted(set().union(*named))
    for subject in merged:
        key = name_key(subject.name)
        assert subject.lists == tuple(n for n, keys in enumerate(named) if key in keys)


def test_subject_of_most_lists_comes_first_then_the_one_named_earliest() -> None:
    merged = merge_lists(
        [
            [listed("Heat", 0), listed("Optics", 1)],
            [listed("Waves", 0), listed("Sound", 1), listed("Optics", 2)],
            [listed("Dust", 1)],
        ]
    )
    assert [subject.name for subject in merged] == ["Optics", "Heat", "Waves", "Dust", "Sound"]


def test_level_is_that_of_most_lists_and_of_several_the_lowest() -> None:
    def level(*levels: str) -> str:
        return merge_lists([[listed("Optics", 0, level)] for level in levels])[0].level

    assert level("advanced", "introductory", "advanced") == "advanced"
    assert level("graduate", "introductory") == "introductory"
    assert level("graduate", "", "", "") == "graduate"
    assert level("", "") == ""


def test_list_that_names_a_subject_twice_has_one_vote() -> None:
    merged = merge_lists(
        [
            [listed("Optics", 0, "graduate"), listed("Introduction to Optics", 1, "graduate")],
            [listed("Optics", 0, "school")],
        ]
    )
    assert [(s.name, s.level, s.lists) for s in merged] == [("Optics", "school", (0, 1))]


def test_commonest_name_and_longest_introduction_are_kept() -> None:
    (merged,) = merge_lists(
        [
            [listed("Intro to Optics", 0, "", "About light.")],
            [listed("Introduction to Optics", 0, "", "About light, and how lenses bend it.")],
            [listed("Introduction to Optics", 0, "", "")],
        ]
    )
    assert merged.name == "Introduction to Optics"
    assert merged.introduction == "About light, and how lenses bend it."


def test_subtopics_of_all_lists_stand_in_the_order_of_how_often_they_are_named() -> None:
    (merged,) = merge_lists(
        [
            [listed("Optics", 0, "", "", "rays", "mirrors", "colour & light")],
            [listed("Optics", 0, "", "", "Mirror", "prisms")],
            [listed("Optics", 0, "", "", "mirrors", "colour and light")],
        ]
    )
    assert merged.subtopics == ("mirrors", "colour & light", "rays", "prisms")
