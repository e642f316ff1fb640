"""Levels: one word of five, whatever a list calls it."""

import pytest

from gleanery.tasks.taxonomy.levels import LEVELS, level_of


@pytest.mark.parametrize(
    ("said", "level"),
    [
        *((level, level) for level in LEVELS),
        ("High school", "school"),
        ("Grades K-12", "school"),
        ("Beginner", "introductory"),
        ("Undergraduate (first year)", "introductory"),
        ("100-level", "introductory"),
        ("Lower-division undergraduate", "introductory"),
        ("Foundational", "introductory"),
        ("Undergraduate", "intermediate"),
        ("Level: undergraduate", "intermediate"),
        ("Bachelor's", "intermediate"),
        ("Sophomore", "intermediate"),
        ("Advanced undergraduate", "advanced"),
        ("Upper-division", "advanced"),
        ("Senior undergraduate / graduate", "advanced"),
        ("Undergraduate/Graduate", "intermediate"),
        ("Beginner to Advanced", "introductory"),
        ("Postgraduate", "graduate"),
        ("Master's", "graduate"),
        ("PhD", "graduate"),
        ("Graduate school", "graduate"),
        ("", ""),
        ("3 credits", ""),
        ("all", ""),
    ],
)
def test_wording_of_a_level_is_brought_to_the_lowest_that_it_names(said: str, level: str) -> None:
    assert level_of(said) == level
