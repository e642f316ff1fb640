import itertools
import random
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml

from gleanery.tasks.skills.merge import Merged, merge_skills
from gleanery.tasks.skills.merge_count import FoundSkill, count_names
from gleanery.tasks.skills.merge_sets import add_found, merge_skill_set
from gleanery.tasks.skills.merge_similarity import (
    MergeConfig,
    match_by_words,
    one_letter_apart,
    words_of,
)
from gleanery.tasks.skills.skill_set import SkillSet, load_skills
from gleanery.tasks.skills.skill_set_names import normal_name
from gleanery.tasks.skills.topics import listed_names

VERBS = "explain compare summariz estimat deriv translat describ evaluat justify rank"
ADJECTIVES = "historical legal causal literary technical visual cultural abstract"
NOUNS = "argument mechanism story proof contract budget risk metaphor recipe map"
PAIRS = Path(__file__).with_name("skill_pairs.yaml")


def pairs(kind: str) -> list[tuple[list[str], list[str]]]:
    loaded = yaml.safe_load(PAIRS.read_text(encoding="utf-8"))[kind]
    return [tuple(x if isinstance(x, list) else [x, ""] for x in pair) for pair in loaded]


def all_judged() -> list[FoundSkill]:
    return [
        FoundSkill(name, definition)
        for kind in ("same", "different")
        for pair in pairs(kind)
        for name, definition in pair
    ]


def found(*names: str, **values: object) -> list[FoundSkill]:
    return [FoundSkill(name, **values) for name in names]  # type: ignore[arg-type]


def names_of(merged: Merged) -> dict[str, list[str]]:
    return {entry.skill.name: entry.skill.aliases for entry in merged.entries}


# A letter that is missing may make another term (gemology, geology): definitions must agree.
NOT_FOUND = {"interpretaton of tables"}


@pytest.mark.parametrize(
    "pair", [p for p in pairs("same") if p[0][0] not in NOT_FOUND], ids=lambda pair: pair[0][0]
)
def test_two_names_of_one_skill_are_merged(pair):
    (one, one_means), (other, other_means) = pair
    merged = merge_skills([FoundSkill(one, one_means), FoundSkill(other, other_means)])
    assert len(merged.entries) == 1


@pytest.mark.parametrize("pair", pairs("different"), ids=lambda pair: pair[0][0])
def test_names_of_two_skills_are_not_merged(pair):
    (one, one_means), (other, other_means) = pair
    merged = merge_skills([FoundSkill(one, one_means), FoundSkill(other, other_means)])
    assert len(merged.entries) == 2


def test_most_frequent_name_stays_then_the_shortest_and_the_others_are_its_aliases():
    merged = merge_skills(
        [
            *found("solving problems", count=2),
            *found("problem_solving", "Problem-Solving", count=2),
            *found("problem solving skills", "problem solving ability"),
            *found("essay outlining", "outlining an essay"),
        ]
    )
    assert names_of(merged) == {
        "Problem-Solving": [
            "solving problems",
            "problem solving skills",
            "problem solving ability",
        ],
        "essay outlining": ["outlining an essay"],
    }
    assert [entry.count for entry in merged.entries] == [8, 2]
    assert merged.entries[0].skill.id == "problem-solving"
    assert Counter(merge.rule for merge in merged.merges) == {"words": 4}


def test_order_of_what_was_found_has_no_say():
    skills = all_judged()
    expected = merge_skills(skills)
    for seed in range(5):
        random.Random(seed).shuffle(skills)
        assert merge_skills(skills) == expected


def test_every_alias_matches_the_very_name_that_stands_for_it():
    skills = all_judged()
    definitions = {skill.name: skill.definition for skill in count_names(skills)}
    merged = merge_skills(skills)
    assert len(merged.merges) > 50
    for merge in merged.merges:
        one, other = (words_of(name, definitions[name]) for name in (merge.name, merge.into))
        match = match_by_words(one, other, MergeConfig())
        assert match == (merge.similarity, merge.rule)


def test_merges_make_no_chain():
    words = ["bonk", "cronk", "donk", "fonk", "gonk", "honk"]
    links = [" ".join(words[:length]) for length in range(3, 7)]
    merged = merge_skills(found(*links))
    assert names_of(merged) == {links[0]: [links[1]], links[2]: [links[3]]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gemology", "geology"),
        ("reading photochemistry", "reading phytochemistry"),
        ("ethnology basics", "ethology basics"),
        ("African studies", "Africana studies"),
    ],
)
def test_terms_one_letter_apart_are_two_unless_their_definitions_agree(one, other):
    assert len(merge_skills(found(one, other)).entries) == 2
    unlike = [FoundSkill(one, "Reads stones and gems."), FoundSkill(other, "Knows old rocks.")]
    assert len(merge_skills(unlike).entries) == 2
    alike = found(one, other, definition="Says where a stone was found.")
    assert len(merge_skills(alike).entries) == 1


def test_an_added_skill_changes_no_merge_that_was_made():
    skills = all_judged()
    random.Random(3).shuffle(skills)
    before = merge_skills(skills[:150]).entries
    after = merge_skills(skills[150:], known=before).entries
    assert [entry.skill.id for entry in after[: len(before)]] == [e.skill.id for e in before]
    for old, new in zip(before, after, strict=False):
        assert new.skill.name == old.skill.name
        assert new.skill.aliases[: len(old.skill.aliases)] == old.skill.aliases


def test_what_was_merged_once_is_known_by_its_alias_ever_after():
    known = merge_skills([*found("condensing"), FoundSkill("brevity", aliases=("terseness",))])
    merged = merge_skills(found("Terseness", "tersenesses", "condensing", count=9), known.entries)
    assert names_of(merged) == {"brevity": ["terseness"], "condensing": []}
    assert [merge.rule for merge in merged.merges] == ["name", "name"]


def test_what_joins_a_removed_skill_is_removed_with_it(tmp_path):
    path = tmp_path / "skills.yaml"
    path.write_text("skills:\n- clarity\n- {name: music theory, status: removed, reason: a topic}")
    merged = merge_skills(found("theory of music", "rhythm"), load_skills(str(path)).entries)
    statuses = {entry.skill.name: entry.status for entry in merged.entries}
    assert statuses == {"clarity": "kept", "music theory": "removed", "rhythm": "kept"}
    assert names_of(merged)["music theory"] == ["theory of music"]


def test_a_missing_definition_is_taken_from_what_joins():
    merged = merge_skills(
        [
            *found("unit conversion", count=3),
            FoundSkill("converting units", "Turns one unit into another.", "physics"),
        ]
    )
    (entry,) = merged.entries
    assert (entry.skill.definition, entry.skill.topic) == (
        "Turns one unit into another.",
        "physics",
    )


def embedding(groups: dict[str, int]):
    def embed(texts):
        rows = np.zeros((len(texts), 8), np.float32)
        for row, text in enumerate(texts):
            rows[row, groups.get(text.partition(":")[0], 7)] = 1
        return rows

    return embed


def test_embeddings_merge_what_shares_no_word_but_never_opposites():
    skills = found("condensing", "summarization", "formal tone", "informal tone", count=2)
    embed = embedding({"condensing": 0, "summarization": 0, "formal tone": 1, "informal tone": 1})
    merged = merge_skills(skills, embed=embed)
    assert names_of(merged) == {
        "condensing": ["summarization"],
        "formal tone": [],
        "informal tone": [],
    }
    (merge,) = merged.merges
    assert (merge.rule, merge.similarity) == ("embedding", 1.0)
    assert len(merge_skills(skills).entries) == 4


def test_set_merged_into_another_keeps_that_one_as_it_is(tmp_path):
    for name, text in (
        ("raw", "skills: [summarizing, Summarization, {name: gossip, status: removed}, rumour]"),
        ("own", "skills: [summarisation]\nquery_types: [{name: a, definition: b, example: c}]"),
    ):
        (tmp_path / name).write_text(text)
    raw, own = (load_skills(str(tmp_path / name)) for name in ("raw", "own"))
    merged, merges = merge_skill_set(raw, into=own)
    assert [entry.skill.name for entry in merged.entries] == ["summarisation", "rumour", "gossip"]
    assert merged.entries[0].skill.id == own.entries[0].skill.id
    assert merged.entries[0].skill.aliases == ["summarizing", "Summarization"]
    assert merged.query_types == own.query_types
    assert len(merges) == 2
    alone, _ = merge_skill_set(raw)
    assert isinstance(alone, SkillSet)
    assert {skill.name for skill in alone.skills} == {"summarizing", "rumour"}


def test_found_skills_are_added_to_a_set_and_topics_among_them_removed(tmp_path):
    (tmp_path / "own").write_text("skills: [Biology, {name: clarity, count: 2}]")
    own = load_skills(str(tmp_path / "own"))
    skills = found("clarity", "jazz", "reading a score", "our topic", "biology", origin="proposed")
    grown, merges = add_found(own, skills, listed_names(["Our topic"]))
    assert [(entry.skill.name, entry.status) for entry in grown.entries] == [
        ("Biology", "kept"),  # a person wrote it
        ("clarity", "kept"),
        ("jazz", "removed"),
        ("our topic", "removed"),
        ("reading a score", "kept"),
    ]
    assert [entry.count for entry in grown.entries] == [1, 3, 1, 1, 1]
    assert {merge.name for merge in merges} == {"clarity", "biology"}
    again, _ = add_found(grown, skills, listed_names(["Our topic"]))
    assert [entry.skill for entry in again.entries] == [entry.skill for entry in grown.entries]


def test_three_thousand_skills_merge_in_seconds():
    verbs, adjectives, nouns = (text.split() for text in (VERBS, ADJECTIVES, NOUNS))
    combined = list(itertools.product(verbs, adjectives, nouns, nouns))
    random.Random(0).shuffle(combined)
    skills = [
        FoundSkill(f"{verb}ing {adjective} {one}s in a {other}", f"Does it with {other} and {one}.")
        for verb, adjective, one, other in combined[:3000]
    ]
    assert len({normal_name(skill.name) for skill in skills}) == 3000
    started = time.monotonic()
    merge_skills(skills)
    assert time.monotonic() - started < 20  # 2 s on two cores that do nothing else


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("paraphrase", "paraprhase", True),
        ("paraphrase", "parphrase", True),
        ("paraphrase", "paraphrasee", True),
        ("paraphrase", "paraphrasi", True),
        ("hypotension", "hypertension", False),
        ("same", "same", False),
    ],
)
def test_words_one_letter_apart(one, other, apart):
    assert one_letter_apart(one, other) is one_letter_apart(other, one) is apart
