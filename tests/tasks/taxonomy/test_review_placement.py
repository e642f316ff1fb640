import random
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from gleanery.tasks.taxonomy.import_cip import import_cip
from gleanery.tasks.taxonomy.import_outline import import_outline
from gleanery.tasks.taxonomy.review_duplicates import find_duplicates
from gleanery.tasks.taxonomy.review_placement import find_misplaced
from gleanery.tasks.taxonomy.tree import Node, Taxonomy
from gleanery.tasks.taxonomy.tree_files import load_taxonomy, parse_taxonomy

CHEMISTRY = """\
- Natural:
    - Chemistry: [Organic chemistry, Physical chemistry, Polymer chemistry, Green chemistry]
    - Astronomy: [Cosmology, Planets, Stars, Galaxies, Comets, Moons, Asteroids, Nebulae]
    - Life: [Plants, Animals, Fungi, Bacteria, Viruses, Algae, Mosses, Lichens, Ferns]
- Arts:
    - Fine arts: [Painting, Drawing, Etching, Collage, {misplaced}]
    - Performing arts: [Dance, Theatre, Opera, Mime, Puppetry, Juggling, Clowning]
"""


def test_node_whose_words_all_stand_elsewhere_is_pointed_out() -> None:
    (finding,) = find_misplaced(parse_taxonomy(CHEMISTRY.format(misplaced="Marine chemistry"), "t"))
    assert [place.shown_path for place in finding.places] == [
        "Arts > Fine arts > Marine chemistry",
        "Natural > Chemistry",
    ]
    assert finding.detail == "other names there share its words: 'chemistry' in 5"


def test_node_that_shares_a_word_with_its_neighbours_is_left_alone() -> None:
    assert (
        find_misplaced(parse_taxonomy(CHEMISTRY.format(misplaced="Chemistry of arts"), "t")) == []
    )


def test_field_is_not_sent_below_itself_nor_a_name_of_new_words_anywhere() -> None:
    assert find_misplaced(parse_taxonomy(CHEMISTRY.format(misplaced="Sculpture"), "t")) == []


def test_default_taxonomy_has_nothing_to_look_at() -> None:
    assert find_misplaced(load_taxonomy("default")) == []


def with_leaves_moved(taxonomy: Taxonomy, share: float, seed: int) -> tuple[Taxonomy, set[str]]:
    """Return the tree with leaves moved to random places in other fields, and their names."""
    draw = random.Random(seed)
    leaves = [place for place in taxonomy.places if place.is_leaf and place.parent]
    fields = [place for place in taxonomy.places if not place.is_leaf]
    moved = draw.sample(leaves, int(share * len(leaves)))
    arriving: dict[tuple[int, ...], list[Node]] = defaultdict(list)
    for leaf in moved:
        others = [field for field in fields if field.steps[0] != leaf.steps[0]]
        arriving[draw.choice(others).steps].append(replace(leaf.node, id=""))
    gone = {leaf.steps for leaf in moved}

    def rebuilt(nodes: tuple[Node, ...], above: tuple[int, ...]) -> tuple[Node, ...]:
        kept = [(n, node) for n, node in enumerate(nodes) if (*above, n) not in gone]
        built = [replace(node, children=rebuilt(node.children, (*above, n))) for n, node in kept]
        return (*built, *arriving[above])

    return Taxonomy(rebuilt(taxonomy.nodes, ())), {leaf.node.name for leaf in moved}


@pytest.mark.parametrize("tree", ["cip2020", "wikipedia_outline_of_academic_disciplines"])
def test_a_third_of_moved_leaves_is_found_and_every_second_report_is_one(
    tree: str, shared_data: Path
) -> None:
    text = (shared_data / "taxonomy" / f"{tree}.jsonl").read_text()
    taxonomy = (import_cip if tree == "cip2020" else import_outline)(text, tree)
    found = moved_and_found = moved_in_all = 0
    for seed in range(4):
        changed, moved = with_leaves_moved(taxonomy, 0.05, seed)
        reported = [finding.places[0].node.name for finding in find_misplaced(changed)]
        found += len(reported)
        moved_and_found += sum(name in moved for name in reported)
        moved_in_all += len(moved)
    assert moved_and_found > 0.3 * moved_in_all
    assert moved_and_found > 0.4 * found


def test_ten_thousand_nodes_are_reviewed_in_seconds() -> None:
    words = [f"word{number}" for number in range(400)]
    draw = random.Random(0)
    lines = []
    for field in range(100):
        lines.append(f"- Field {draw.choice(words)} f{field}:")
        lines += [f"    - Discipline {' '.join(draw.sample(words, 3))} d{n}" for n in range(99)]
    taxonomy = parse_taxonomy("\n".join(lines), "t")
    started = time.monotonic()
    find_duplicates(taxonomy)
    find_misplaced(taxonomy)
    assert time.monotonic() - started < 10
