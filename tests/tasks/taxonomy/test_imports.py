import json
from pathlib import Path
from typing import Any

import pytest

from gleanery.tasks.file_problems import FileError
from gleanery.tasks.taxonomy.import_cip import CIP_HEADER, import_cip, name_of
from gleanery.tasks.taxonomy.import_names import import_names
from gleanery.tasks.taxonomy.import_outline import OUTLINE_HEADER, clean_name, import_outline
from gleanery.tasks.taxonomy.tree import Node, Status, Taxonomy
from gleanery.tasks.taxonomy.tree_files import parse_taxonomy
from gleanery.tasks.taxonomy.tree_writing import render


def jsonl(*rows: Any) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def cip(*entries: tuple[str, str]) -> str:
    """Return CIP rows from codes and titles; a code's parent is the code before its last digits."""
    parents = {2: None, 5: 2, 7: 5}
    return jsonl(
        *(
            {
                "id": f"cip/{code}",
                "code": code,
                "title": title,
                "parent": f"cip/{code[: parents[len(code)]]}" if len(code) > 2 else None,
            }
            for code, title in entries
        )
    )


def outline(taxonomy: Taxonomy) -> Any:
    def shown(nodes: tuple[Node, ...]) -> Any:
        return [{node.name: shown(node.children)} if node.children else node.name for node in nodes]

    return shown(taxonomy.nodes)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("EDUCATION", "Education"),
        ("PERSONAL AWARENESS AND SELF-IMPROVEMENT", "Personal Awareness and Self-Improvement"),
        ("AREA, ETHNIC, AND GROUP STUDIES", "Area, Ethnic, and Group Studies"),
        ("AGRICULTURAL/ANIMAL SCIENCE", "Agricultural/Animal Science"),
        ("Computer and Information Sciences,  Other", "Computer and Information Sciences, Other"),
        ("Army ROTC, Military Science", "Army ROTC, Military Science"),
    ],
)
def test_title_in_capitals_becomes_normal_case_and_others_stay(title: str, expected: str) -> None:
    assert name_of(title) == expected


def test_codes_become_ids_and_reserved_and_other_entries_are_left_out() -> None:
    text = cip(
        ("01", "AGRICULTURE"),
        ("01.09", "Animal Sciences"),
        ("01.0902", "Animal Breeding"),
        ("01.0999", "Animal Sciences, Other"),
        ("01.99", "Agriculture, Other"),
        ("01.9999", "Agriculture, Other"),
        ("21", "RESERVED"),
        ("21.01", "Reserved"),
    )
    taxonomy = import_cip(text, "cip")
    assert outline(taxonomy) == [{"Agriculture": [{"Animal Sciences": ["Animal Breeding"]}]}]
    assert list(taxonomy.by_id) == ["cip-01", "cip-01-09", "cip-01-0902"]
    assert {place.status for place in taxonomy.places} == {Status.KEPT}


def test_general_entries_are_merged_renamed_or_bared() -> None:
    text = cip(
        ("26", "BIOLOGY AND MEDICINE"),
        ("26.01", "Biology, General"),
        ("26.0101", "Biology, General"),
        ("26.02", "Chemistry"),
        ("26.0201", "Chemistry, General"),
        ("26.0202", "Analytical Chemistry"),
        ("26.03", "Health"),
        ("26.0301", "Public Health, General"),
        ("26.0302", "Health, Other"),
        ("27", "HISTORY"),
        ("27.01", "History, General"),
        ("27.0101", "History, General"),
        ("27.0102", "American History"),
    )
    assert outline(import_cip(text, "cip")) == [
        {
            "Biology and Medicine": [
                "Biology",
                {"Chemistry": ["General Chemistry", "Analytical Chemistry"]},
                {"Health": ["Public Health"]},
            ]
        },
        {"History": ["General History", "American History"]},
    ]


def test_bad_cip_rows_are_all_named_by_line() -> None:
    text = cip(("01", "A"), ("01.01", "B"), ("01.01", "B")) + "{\n\n[]\n" + jsonl({"id": 3})
    with pytest.raises(FileError) as raised:
        import_cip(text, "cip.jsonl")
    assert [problem.line for problem in raised.value.problems] == [4, 6, 7, 7, 7, 7]
    assert "cip.jsonl:4: is not JSON" in str(raised.value)
    assert "cip.jsonl:7: id: Input should be a valid string" in str(raised.value)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("a", None), ("a", None)], "x:1: the id a comes twice"),
        ([("a", None), ("b", "c")], "x:2: there is no parent c"),
        ([("a", None), ("b", "c"), ("c", "b")], "x:3: the parents of c lead back to itself"),
        ([], "x: holds no row"),
    ],
)
def test_broken_parents_are_named_by_line(
    rows: list[tuple[str, str | None]], expected: str
) -> None:
    entries = [{"id": i, "code": i, "title": i, "parent": parent} for i, parent in rows]
    with pytest.raises(FileError, match=expected):
        import_cip(jsonl(*entries), "x")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Biology (outline)", "Biology"),
        ("Linguistics (Outline of linguistics)", "Linguistics"),
        ("Hydrology (outline)/ Limnology / Hydrogeology", "Hydrology/Limnology/Hydrogeology"),
        ("Geometry (outline) and Topology", "Geometry and Topology"),
        ("Morphology (linguistics)", "Morphology (linguistics)"),
    ],
)
def test_marks_of_the_outline_are_dropped_from_names(name: str, expected: str) -> None:
    assert clean_name(name) == expected


def test_paths_make_levels_that_have_no_row_and_merge_repeats() -> None:
    paths = [
        ["Humanities", "Visual Arts", "Film (outline)"],
        ["Humanities", "Visual arts", "Design"],
        ["Humanities", "Television (outline)", "Television"],
        ["Humanities", "Visual Arts", "Film"],
    ]
    taxonomy = import_outline(jsonl(*({"path": path} for path in paths)), "outline")
    assert outline(taxonomy) == [
        {"Humanities": [{"Visual Arts": ["Film", "Design"]}, "Television"]}
    ]


def test_bad_paths_are_named_by_line() -> None:
    text = jsonl({"path": ["A"]}, {"path": []}, {"path": ["A", ""]}, {"path": "A"}, {"name": "A"})
    with pytest.raises(FileError) as raised:
        import_outline(text, "outline.jsonl")
    assert [problem.line for problem in raised.value.problems] == [2, 3, 4, 5]


def test_names_become_disciplines_once_each() -> None:
    taxonomy = import_names("# mine\nMusic\n\n  Dance \nmusic\n中文\n", "names.txt")
    assert [d.name for d in taxonomy.disciplines()] == ["Music", "Dance", "中文"]
    with pytest.raises(FileError, match="holds no name"):
        import_names("# nothing\n", "names.txt")


def test_all_of_cip_reads_back_with_its_licence_on_top(shared_data: Path) -> None:
    taxonomy = import_cip((shared_data / "taxonomy" / "cip2020.jsonl").read_text(), "cip2020.jsonl")
    text = render(taxonomy, CIP_HEADER)
    assert "public domain" in text[:400]
    assert parse_taxonomy(text, "cip.yaml").nodes == taxonomy.nodes
    names = [place.node.name for place in taxonomy.places]
    assert not [name for name in names if name.isupper() or name.endswith((", Other", ", General"))]
    assert len(taxonomy.disciplines()) == 1_988
    assert len({place.id for place in taxonomy.places}) == 2_309


def test_all_of_the_outline_reads_back_with_its_licence_on_top(shared_data: Path) -> None:
    path = shared_data / "taxonomy" / "wikipedia_outline_of_academic_disciplines.jsonl"
    taxonomy = import_outline(path.read_text(), path.name)
    text = render(taxonomy, OUTLINE_HEADER)
    assert "CC BY-SA 4.0" in text[:300]
    assert parse_taxonomy(text, "outline.yaml").nodes == taxonomy.nodes
    assert not [place for place in taxonomy.places if "outline" in place.node.name.casefold()]
    assert len(taxonomy.disciplines()) == 1_144
