from collections import Counter
from pathlib import Path

import pytest

from gleanery.tasks.taxonomy.import_cip import import_cip
from gleanery.tasks.taxonomy.import_outline import import_outline
from gleanery.tasks.taxonomy.review_duplicates import find_duplicates
from gleanery.tasks.taxonomy.review_findings import FindingKind
from gleanery.tasks.taxonomy.tree_files import load_taxonomy, parse_taxonomy


def found(text: str) -> list[tuple[FindingKind, list[str]]]:
    return [
        (finding.kind, [place.shown_path for place in finding.places])
        for finding in find_duplicates(parse_taxonomy(text, "t"))
    ]


def test_same_name_in_two_fields_is_one_finding() -> None:
    text = "- A: [Foreign policies, x]\n- B: [foreign policy, y]\n- C: [Foreign policy]\n"
    assert found(text) == [
        (
            FindingKind.SAME_NAME,
            ["A > Foreign policies", "B > foreign policy", "C > Foreign policy"],
        )
    ]


def test_node_below_its_own_name_is_found_however_deep() -> None:
    text = "- Arts:\n    - Media:\n        - Art\n- Letters:\n    - Art\n"
    assert found(text) == [
        (FindingKind.BELOW_ITSELF, ["Arts > Media > Art", "Arts", "Letters > Art"])
    ]


def test_discipline_that_is_a_field_elsewhere_is_found() -> None:
    text = "- Formal: [Logic, Algebra]\n- Logic: [Modal logic]\n"
    assert found(text) == [(FindingKind.FIELD_ELSEWHERE, ["Formal > Logic", "Logic"])]


def test_same_words_in_another_order_are_found_but_not_around_of() -> None:
    assert found("- A: [Medicine history]\n- B: [History medicine]\n") == [
        (FindingKind.SAME_WORDS, ["A > Medicine history", "B > History medicine"])
    ]
    assert found("- A: [History of philosophy]\n- B: [Philosophy of history]\n") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Archaeology", "Archeology"),
        ("Anthropology", "Anthropolgy"),
        ("Organisation theory", "Organization theory"),
        ("Paediatrics clinic", "Pediatrics clinic"),
        ("Gender", "Gender studies"),
        ("Demography/Population", "Demography"),
        ("Jurisprudence (Philosophy of law)", "Philosophy of law"),
    ],
)
def test_nearly_the_same_names_are_found(one: str, other: str) -> None:
    text = f"- A: ['{one}', x]\n- B: ['{other}', y]\n"
    assert found(text) == [(FindingKind.NEARLY_SAME, [f"A > {one}", f"B > {other}"])]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Macroeconomics", "Microeconomics"),
        ("Astronomy", "Gastronomy"),
        ("Oncology", "Ontology"),
        ("Geology", "Zoology"),
        ("Film", "Film industry"),
        ("Agricultural Communication/Journalism", "Journalism"),
    ],
)
def test_names_that_only_look_alike_are_not(one: str, other: str) -> None:
    assert found(f"- A: ['{one}', x]\n- B: ['{other}', y]\n") == []


def test_bracketed_name_of_what_it_stands_below_is_no_repeat() -> None:
    assert found("- Linguistics: [Morphology (linguistics), Syntax]\n") == []


def test_removed_nodes_are_not_looked_at() -> None:
    text = "- A: [Logic]\n- name: B\n  status: removed\n  children: [Logic]\n"
    assert found(text) == []


def test_default_taxonomy_repeats_nothing() -> None:
    assert find_duplicates(load_taxonomy("default")) == []


def test_real_trees_give_the_findings_that_were_read_by_hand(shared_data: Path) -> None:
    trees = shared_data / "taxonomy"
    outline = trees / "wikipedia_outline_of_academic_disciplines.jsonl"
    counts = [
        Counter(finding.kind for finding in find_duplicates(taxonomy))
        for taxonomy in (
            import_outline(outline.read_text(), "outline"),
            import_cip((trees / "cip2020.jsonl").read_text(), "cip"),
        )
    ]
    assert counts[0] == {
        FindingKind.FIELD_ELSEWHERE: 20,
        FindingKind.SAME_NAME: 56,
        FindingKind.NEARLY_SAME: 19,
    }
    assert counts[1] == {
        FindingKind.BELOW_ITSELF: 2,
        FindingKind.FIELD_ELSEWHERE: 2,
        FindingKind.SAME_NAME: 60,
        FindingKind.NEARLY_SAME: 5,
    }
