import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.skills.skill_set_names import name_id, normal_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("project_management", "Project management"),
        ("Project  Management", "project-managements"),
        ("logical fallacies", "logical fallacy"),
        ("comparing hypotheses", "comparing hypothesis"),
        ("spotting biases", "Spotting bias"),
        ("data analyses", "data analysis"),
        ("reader’s needs", "readers' need"),
        ("research & development", "research and development"),
        ("ＳＱＬ joins", "sql join"),
        ("STRASSE", "straße"),
    ],
)
def test_spellings_of_one_name_are_equal_and_have_one_id(one, other):
    assert normal_name(one) == normal_name(other)
    assert name_id(one) == name_id(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C++", "C#"),
        ("C", "C++"),
        ("use of statistics", "use of a statistic"),
        ("写作", "翻译"),
        ("व्याख्या", "वयाखया"),
        ("résumé writing", "resume writing"),
        ("news", "new"),
    ],
)
def test_different_names_have_different_ids(one, other):
    assert normal_name(one) != normal_name(other)
    assert name_id(one) != name_id(other)


def test_id_of_a_plain_name_can_be_read_and_that_of_another_script_has_a_digest():
    assert name_id("Explaining a mechanism, step by step") == "explaining-a-mechanism-step-by-step"
    assert name_id("Python で説明").startswith("python-")
    assert name_id("写作").isascii()
    assert len(name_id("very " * 40 + "long")) < 80


@pytest.mark.parametrize("name", ["", " _ ", "***", "🎨", "—"])
def test_name_without_a_letter_or_digit_has_no_id(name):
    assert normal_name(name) == ""
    with pytest.raises(ValueError, match="names nothing"):
        name_id(name)


@given(st.text(max_size=40), st.text(max_size=40))
def test_ids_are_equal_exactly_where_normal_names_are(one, other):
    if normal_name(one) and normal_name(other):
        assert (name_id(one) == name_id(other)) == (normal_name(one) == normal_name(other))
