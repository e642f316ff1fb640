from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.file_problems import FileError
from gleanery.tasks.taxonomy.tree import Node, Status, Taxonomy
from gleanery.tasks.taxonomy.tree_files import parse_taxonomy
from gleanery.tasks.taxonomy.tree_reading import tidy
from gleanery.tasks.taxonomy.tree_rules import find_problems
from gleanery.tasks.taxonomy.tree_writing import render

TEXTS = st.text(max_size=40).map(tidy)
NAMES = st.one_of(
    st.text(min_size=1, max_size=20).map(tidy), st.sampled_from(["No", "name", "a: b"])
)
STATUSES = st.sampled_from(list(Status))
VOTES = st.dictionaries(NAMES.filter(bool), st.booleans(), max_size=3)


def nodes(children: st.SearchStrategy[tuple[Node, ...]]) -> st.SearchStrategy[Node]:
    return st.builds(
        Node, NAMES, description=TEXTS, status=STATUSES, votes=VOTES, children=children
    )


LEAVES = st.lists(st.one_of(NAMES.map(Node), nodes(st.just(()))), max_size=3).map(tuple)
TREES = st.recursive(
    LEAVES, lambda below: st.lists(nodes(below), max_size=3).map(tuple), max_leaves=8
)


def sound(made: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the tree without the nodes that break a rule, and what is below them."""

    def pruned(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        kept: tuple[Node, ...] = ()
        for node in nodes:
            alone = replace(node, children=())
            if not find_problems(Taxonomy((*kept, alone))):
                kept = (*kept, replace(node, children=pruned(node.children)))
        return kept

    return pruned(made)


SOUND_TREES = TREES.map(sound)


@given(SOUND_TREES)
def test_every_sound_tree_reads_back_as_it_was_written(made: tuple[Node, ...]) -> None:
    text = render(Taxonomy(made), "a header\nof two lines")
    assert parse_taxonomy(text, "t").nodes == made
    assert text.startswith("# a header\n# of two lines\n")


@given(SOUND_TREES)
def test_other_readers_of_yaml_see_texts_too(made: tuple[Node, ...]) -> None:
    held = yaml.safe_load(render(Taxonomy(made)))
    while isinstance(held, list | dict):
        held = held[0] if isinstance(held, list) else held.get("name", next(iter(held)))
    assert isinstance(held, str) or not made


def test_written_tree_is_as_short_as_a_person_would_write_it() -> None:
    music = Node("Music", status=Status.PROPOSED, votes={"ada": True, "ben": False})
    arts = Node("Arts", children=(Node("Dance"), music))
    history = Node(
        "History", id="past", description="What was: and why", children=(Node("Law, old"),)
    )
    assert (
        render(Taxonomy((Node("Humanities", children=(arts, history)),)))
        == """\
- Humanities:
    - Arts:
        - Dance
        - name: Music
          status: proposed
          votes: {ada: keep, ben: remove}
    - name: History
      id: past
      description: "What was: and why"
      children:
        - Law, old
"""
    )


def test_tree_that_could_not_be_read_again_is_not_written() -> None:
    twice = Node("Arts", children=(Node("Music"), Node("music"), Node("")))
    with pytest.raises(FileError, match="'Arts > Music'") as raised:
        render(Taxonomy((twice,)))
    assert len(raised.value.problems) == 2
