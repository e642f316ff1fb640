import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from gleanery.tasks.skills.skill_set import load_skills
from gleanery.tasks.skills.topics import listed_names, remove_topics, topic_reason

NAMES: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("topic_names.yaml").read_text(encoding="utf-8")
)


def found_in(names: Sequence[str], **listed: dict[str, str]) -> list[str]:
    return [name for name in names if topic_reason(name, **listed)]


def test_topics_are_told_from_skills_on_names_judged_before_the_rules():
    """The rules were made while looking at every other name; these are the rest."""
    topics, skills = NAMES["topics"][1::2], NAMES["skills"][1::2]
    caught, lost = found_in(topics), found_in(skills)
    assert len(caught) / (len(caught) + len(lost)) >= 0.95  # measured: 0.98
    assert len(caught) / len(topics) >= 0.85  # measured: 0.90


def test_disciplines_are_caught_by_their_words_alone_and_by_a_list_all_of_them(shared_data):
    path = shared_data / "taxonomy" / "wikipedia_outline_of_academic_disciplines.jsonl"
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    names = [row["name"].replace(" (outline)", "") for row in rows][1::2]
    assert len(found_in(names)) / len(names) >= 0.8  # measured: 0.86
    assert found_in(names, listed=listed_names(names)) == names


def test_names_of_tasks_are_hardly_ever_taken_for_topics(shared_data):
    path = shared_data / "seeds" / "self_instruct_seed_tasks.jsonl"
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    names = [row["name"] for row in rows]
    assert len(names) == 175
    # measured: 10, such as harry_potter_spells, national_dishes and cocktails
    assert len(found_in(names)) <= 12


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("science_and_engineering", "'science' is a field or a thing"),
        ("Biology", "'biology' is a field or a thing"),
        ("World War II", "time or an event"),
        ("the French Revolution", "with its article"),
        ("gender studies", "ends the name of a field"),
        ("immunology", "ends like the name of a field"),
        ("black holes", "'holes' are things"),
        ("machine learning", "'machine learning' is a field"),
        ("marketing in Asia", "'marketing' is a field"),
    ],
)
def test_each_removal_has_a_reason(name, reason):
    assert reason in str(topic_reason(name))


@pytest.mark.parametrize(
    "name",
    [
        "explaining a mechanism step by step",
        "explaining biology to children",
        "accounting for doubt",
        "comparing economics and sociology",
        "Rank countries by population",
        "biology and explaining it",
        "use of statistics",
        "analogies",
        "写作",
        "生物学",
        "---",
    ],
)
def test_what_somebody_does_is_no_topic_whatever_it_is_about(name):
    assert topic_reason(name) is None


def test_a_proposed_topic_is_caught_in_any_spelling_and_as_one_of_several():
    listed = listed_names(["Everyday Ethics", "写作"])
    assert "'Everyday Ethics'" in str(topic_reason("everyday_ethics", listed))
    assert "'Everyday Ethics'" in str(topic_reason("rhetoric and everyday ethics", listed))
    assert topic_reason("写作", listed)
    assert topic_reason("weighing everyday ethics", listed) is None


def test_topics_of_a_set_are_marked_as_removed_and_the_rest_is_left_alone(tmp_path):
    path = tmp_path / "skills.yaml"
    path.write_text("skills: [clarity, Biology, {name: jazz, status: removed, reason: mine}]")
    entries = load_skills(str(path)).entries
    removed = remove_topics(entries)
    assert (removed[0], removed[2]) == (entries[0], entries[2])
    assert removed[1].skill == entries[1].skill
    assert removed[1].status == "removed"
    assert removed[1].reason == "a topic: 'biology' is a field or a thing"
