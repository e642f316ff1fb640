import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.taxonomy.tree_ids import LONGEST_ID, VALID_ID, default_id, slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Visual arts", "visual-arts"),
        ("  Public  health ", "public-health"),
        ("Économie politique", "economie-politique"),
        ("Design & media", "design-and-media"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("Film/Video (1900–1930)", "film-video-1900-1930"),
        ("Straße", "strasse"),
    ],
)
def test_name_becomes_a_readable_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


@pytest.mark.parametrize("name", ["中文", "العربية", "кириллица", "日本語学", "ไทย", "∂"])
def test_name_in_another_script_becomes_a_short_digest(name: str) -> None:
    assert len(slug(name)) == 8
    assert VALID_ID.fullmatch(slug(name))


def test_ids_of_other_scripts_never_move() -> None:
    # Parts are named by them: a change here would ask for everything again.
    assert slug("中文") == "ae5501d6"
    assert default_id("humanities", "History of 中国") == "humanities--history-of-9178358c"


def test_what_is_lost_in_ascii_still_tells_names_apart() -> None:
    names = ["中文", "中国", "Arts", "Arts 中文", "Arts 中国", "C", "C++", "C#", "C∂"]
    assert len(set(map(slug, names))) == len(names)


def test_composed_and_decomposed_letters_give_one_id() -> None:
    assert slug("й-логия") == slug("й-логия")


def test_names_cannot_be_mistaken_for_a_level() -> None:
    assert default_id(default_id("", "A b"), "c") != default_id(default_id("", "A"), "b c")
    assert default_id("a", "b -- c") == "a--b-c"


def test_long_path_keeps_the_own_name_readable() -> None:
    parent = default_id("", "Health professions and related programmes of every kind there is")
    one = default_id(parent, "Clinical laboratory sciences")
    other = default_id(parent[:-1] + "x", "Clinical laboratory sciences")
    assert one.startswith("clinical-laboratory-sciences--")
    assert one != other
    assert len(one) <= LONGEST_ID


@given(st.lists(st.text(min_size=1, max_size=120), min_size=1, max_size=20))
def test_any_path_of_names_gives_a_valid_id(names: list[str]) -> None:
    made = ""
    for name in names:
        made = default_id(made, name)
        assert VALID_ID.fullmatch(made)
        assert len(made) <= LONGEST_ID
