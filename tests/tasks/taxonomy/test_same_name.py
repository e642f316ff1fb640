"""Names: what is one subject, and what a text names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.taxonomy.same_name import NamesIn, name_key, name_words, plain_name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("1. **Linear Algebra**", "Linear Algebra"),
        ("  12) `SQL`  ", "SQL"),
        ("### Topology", "Topology"),
        ("- _Rings_ :", "Rings"),
        ("(b) Rings", "Rings"),
        ("2.1 Vectors", "Vectors"),
        ("Session 3: Limits & Continuity", "Limits & Continuity"),
        ("Sessions 1-2 – Waves", "Waves"),
        ("WEEK 10 | Mixing", "Mixing"),
        ("Sitzung 4: Gezeiten", "Gezeiten"),
        ("第3课：潮汐", "潮汐"),
        ("MATH 101: Calculus I", "Calculus I"),
        ("“Ethics”", "Ethics"),
        ("3D Modelling", "3D Modelling"),
        ("20th-Century Music", "20th-Century Music"),
        ("1984: A Reading", "1984: A Reading"),
        ("E. coli Genetics", "E. coli Genetics"),
        ("Session 4", "Session 4"),
        ("C++ and snake_case", "C++ and snake_case"),
        ("Waves\n  and   Tides", "Waves and Tides"),
        ("**", ""),
    ],
)
def test_name_loses_its_number_and_marks_only(written: str, name: str) -> None:
    assert plain_name(written) == name


@pytest.mark.parametrize(
    "spellings",
    [
        ("Linear Algebra", "linear algebra", "**Linear algebra**", "2. LINEAR ALGEBRA"),
        ("Introduction to Algorithms", "Intro to Algorithms", "Algorithms", "Algorithm"),
        ("An Introduction to the Theory of Computation", "Theory of Computation"),
        ("Sociology: An Introduction", "Introductory Sociology", "Sociology"),
        ("Probability & Statistics", "Probability and Statistics"),
        ("Calculus I", "Calculus 1", "Introduction to Calculus I"),
        ("Partial Differential Equations (PDEs)", "Partial differential equation"),
        ("Women's Studies", "Women’s Studies"),
        ("Database Systems", "Databases System"),
        ("Decision-Making", "Decision making"),
        ("Einführung in die Algebra", "Algebra"),
        ("Introduction à l'algèbre", "Algèbre"),
        ("Introducción a la Estadística", "Estadística"),
        ("Введение в статистику", "статистику"),
    ],
)
def test_spellings_of_one_subject_have_one_key(spellings: tuple[str, ...]) -> None:
    assert len({name_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("Calculus I", "Calculus II", "Calculus III", "Calculus"),
        ("C", "C++", "C#", "R"),
        ("Economics", "Economic History", "Microeconomics", "Macroeconomics"),
        ("Statistics", "Statics", "Mathematical Statistics"),
        ("Advanced Algebra", "Algebra", "Linear Algebra"),
        ("World War I", "World War II"),
        ("物理化学", "化学"),
        ("Introduction", "Introduction to Law"),
    ],
)
def test_different_subjects_have_different_keys(names: tuple[str, ...]) -> None:
    assert len({name_key(name) for name in names}) == len(names)


@given(st.text(max_size=80))
def test_any_text_has_a_plain_name_that_stays_as_it_is(text: str) -> None:
    name = plain_name(text)

    assert "\n" not in name
    assert name_key(name) == name_key(text)
    assert name_words(name) == name_words(text)


TEXT = """\
1. **Thermodynamics & Statistical Mechanics** (advanced)
2. Calculus I: limits and derivatives
| 3 | Organic Chemistry | intermediate |
- Partial Differential Equations
- 有机化学（中级）：碳的化合物
Students meet probability, statistics and their uses in medicine.
"""


@pytest.mark.parametrize(
    "name",
    [
        "Thermodynamics and Statistical Mechanics",
        "Statistical Mechanics",
        "Calculus 1",
        "organic chemistry",
        "Partial Differential Equation",
        "Chemistry, Organic",
        "Probability and Statistics",
        "Termodynamics and Statistical Mechanics",
        "有机化学",
    ],
)
def test_name_is_found_whatever_its_spelling(name: str) -> None:
    assert NamesIn(TEXT).has(name)


@pytest.mark.parametrize(
    "name",
    [
        "Calculus II",
        "Calculus 2",
        "Quantum Mechanics",
        "Inorganic Chemistry Laboratory",
        "Ordinary Differential Equations",
        "Organic Calculus",
        "无机化学",
        "Art",
        "",
        "and of the",
    ],
)
def test_name_that_no_line_holds_is_not_found(name: str) -> None:
    assert not NamesIn(TEXT).has(name)
