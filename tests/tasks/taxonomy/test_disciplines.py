from pathlib import Path

import pytest

from gleanery.tasks.taxonomy.tree_files import load_taxonomy

ADDED = {"construction industry", "financial services industry", "statistics"}


def test_default_taxonomy_has_126_disciplines_in_eight_fields() -> None:
    taxonomy = load_taxonomy("default")
    assert len(taxonomy.disciplines()) == 126
    assert len(taxonomy.nodes) == 8
    assert {len(place.steps) for place in taxonomy.places if place.is_leaf} == {3}


def test_default_taxonomy_has_every_name_known_from_the_paper(shared_data: Path) -> None:
    listed = shared_data.parent / "methods" / "glan_disciplines.txt"
    if not listed.is_file():
        pytest.skip(f"no list of names at {listed}")
    known = {line.strip().casefold() for line in listed.read_text().splitlines() if line.strip()}
    ours = {discipline.name.casefold() for discipline in load_taxonomy("default").disciplines()}
    assert len(known) == 123
    assert ours == known | ADDED
