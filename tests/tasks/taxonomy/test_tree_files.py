from dataclasses import replace
from pathlib import Path

import pytest

from gleanery.tasks.edited_files import AlreadyThere
from gleanery.tasks.file_problems import FileError
from gleanery.tasks.taxonomy.tree import Node, Status, Taxonomy
from gleanery.tasks.taxonomy.tree_files import (
    load_taxonomy,
    update_taxonomy,
    write_new_taxonomy,
    write_taxonomy,
)

TREE = Taxonomy((Node("Arts", children=(Node("Musique"), Node("中文", status=Status.PROPOSED))),))


def remove_all(taxonomy: Taxonomy) -> Taxonomy:
    nodes = tuple(replace(node, status=Status.REMOVED) for node in taxonomy.nodes)
    return replace(taxonomy, nodes=nodes)


def test_taxonomy_is_written_to_a_bucket_and_read_from_it(bucket: str) -> None:
    path = f"{bucket}/trees/mine.yaml"
    write_taxonomy(TREE, path, header="ours")
    assert load_taxonomy(path).nodes == TREE.nodes
    assert load_taxonomy(path).source == path


def test_file_in_the_working_folder_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_taxonomy(TREE, "mine.yaml")
    assert load_taxonomy("mine.yaml").nodes == TREE.nodes
    assert load_taxonomy(f"file://{tmp_path}/mine.yaml").nodes == TREE.nodes


def test_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no taxonomy .* at .*none\.yaml"):
        load_taxonomy(str(tmp_path / "none.yaml"))
    with pytest.raises(ValueError, match="names no file"):
        load_taxonomy("s3://bucket-alone")


def test_file_that_is_not_utf8_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("- Arts\n- Économie\n".encode("latin-1"))
    with pytest.raises(FileError, match=r"latin\.yaml:2: is not UTF-8"):
        load_taxonomy(str(path))


def test_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "mark.yaml"
    path.write_bytes(b"\xef\xbb\xbf- Arts\n")
    assert load_taxonomy(str(path)).nodes[0].name == "Arts"


def test_update_keeps_comments_where_it_can_and_tells_where_it_cannot(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("- Arts:  # ours\n    - Music\n")
    before, taxonomy, layout_kept = update_taxonomy(str(path), remove_all)
    assert layout_kept
    assert before.nodes != taxonomy.nodes
    assert path.read_text() == (
        "- name: Arts\n  status: removed\n  children:  # ours\n    - Music\n"
    )
    assert load_taxonomy(str(path)).nodes == taxonomy.nodes
    path.write_text("- ? Arts  # ours\n  : [Music]\n")
    before, taxonomy, layout_kept = update_taxonomy(str(path), remove_all)
    assert not layout_kept
    assert load_taxonomy(str(path)).nodes == taxonomy.nodes


def test_update_that_changes_nothing_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("- ? Arts  # ours\n  : [Music]\n")
    written = path.stat().st_mtime_ns
    assert update_taxonomy(str(path), lambda taxonomy: taxonomy)[2]
    assert path.stat().st_mtime_ns == written


def test_unsound_taxonomy_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    write_taxonomy(TREE, str(path))
    before = path.read_bytes()
    with pytest.raises(FileError):
        write_taxonomy(Taxonomy((Node("A"), Node("a"))), str(path))
    assert path.read_bytes() == before


def test_new_taxonomy_is_never_written_over_another(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    write_new_taxonomy(TREE, str(path))
    with pytest.raises(AlreadyThere, match="is there already"):
        write_new_taxonomy(Taxonomy((Node("Law"),)), str(path))
    assert load_taxonomy(str(path)).nodes == TREE.nodes


def test_default_taxonomy_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="taxonomy copy"):
        update_taxonomy("default", remove_all)
