from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gleanery.deployments.taxonomy import app
from gleanery.tasks.edited_files import AlreadyThere
from gleanery.tasks.file_problems import FileError
from gleanery.tasks.taxonomy.review_votes import UnknownNode
from gleanery.tasks.taxonomy.tree import Status
from gleanery.tasks.taxonomy.tree_files import load_taxonomy

TREE = (
    "- Arts:  # ours\n    - Music\n    - name: Dance\n      status: proposed\n- Letters: [Music]\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tree.yaml"
    path.write_text(TREE)
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def output_of(*arguments: str | Path) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_check_counts_nodes_and_shows_what_to_look_at(file: Path) -> None:
    shown = output_of("check", file)
    assert "disciplines 2 1 0" in shown
    assert "same name 2 Arts > Music 5 Letters > Music" in shown


def test_check_ends_with_1_and_every_problem(file: Path) -> None:
    file.write_text("- A: [b, b]\n- ''\n")
    result = run("check", file)
    assert result.exit_code == 1
    assert isinstance(result.exception, FileError)
    assert len(result.exception.problems) == 2


def test_check_ends_with_1_when_no_discipline_is_left(file: Path) -> None:
    file.write_text("- {name: A, status: proposed}\n")
    result = run("check", file)
    assert result.exit_code == 1
    assert "no discipline is left" in str(result.exception)


def test_check_shows_no_more_of_a_kind_than_asked(tmp_path: Path) -> None:
    names = [f"    - Topic {chr(97 + n)}{n}" for n in range(9)]
    path = tmp_path / "twice.yaml"
    path.write_text("\n".join(["- First:", *names, "- Second:", *names]))
    assert "… and 7 more" in output_of("check", path, "--findings", "2")


def test_show_prints_statuses_counts_and_ids(file: Path) -> None:
    shown = output_of("show", file, "--ids")
    assert "Arts 1 arts" in shown
    assert "Dance proposed arts--dance" in shown


def test_show_can_be_narrowed_to_a_node_and_a_depth(file: Path) -> None:
    assert "Music" not in output_of("show", file, "--depth", "1")
    below = output_of("show", file, "Arts")
    assert "Dance" in below
    assert "Letters" not in below


def test_votes_are_written_to_the_file_and_applied_by_majority(file: Path) -> None:
    assert "Ada votes to keep: Arts > Dance" in output_of(
        "vote", file, "Dance", "--keep", "--who", "Ada"
    )
    output_of("vote", file, "Letters", "--remove", "--who", "Ada")
    assert "votes: {Ada: keep}" in file.read_text()
    shown = output_of("apply", file)
    assert "Arts > Dance proposed kept 1 keep" in shown
    assert "Letters kept removed 1 remove" in shown
    assert "2 nodes changed" in shown
    taxonomy = load_taxonomy(str(file))
    assert [d.name for d in taxonomy.disciplines()] == ["Music", "Dance"]
    assert taxonomy.by_id["letters--music"].status is Status.REMOVED
    assert "# ours" in file.read_text()


def test_vote_needs_keep_or_remove(file: Path) -> None:
    result = run("vote", file, "Dance", "--who", "Ada")
    assert result.exit_code == 2
    assert file.read_text() == TREE


def test_vote_on_an_unknown_node_changes_nothing(file: Path) -> None:
    result = run("vote", file, "Musik", "--keep", "--who", "Ada")
    assert isinstance(result.exception, UnknownNode)
    assert file.read_text() == TREE


def test_lost_comments_are_said(file: Path) -> None:
    file.write_text("- ? Arts  # ours\n  : [Music]\n")
    shown = output_of("vote", file, "Arts", "--keep", "--who", "Ada")
    assert "written anew, without its comments" in shown


def test_copy_of_the_default_keeps_its_comments_and_can_be_voted_on(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    output_of("copy", path)
    output_of("vote", path, "Dance", "--remove", "--who", "Ada")
    output_of("apply", path)
    assert path.read_text().startswith("# The default taxonomy")
    assert len(load_taxonomy(str(path)).disciplines()) == 125


def test_nothing_is_written_over(file: Path, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("Law\n")
    for arguments in (("copy", file), ("import", "names", names, file)):
        assert isinstance(run(*arguments).exception, AlreadyThere)
    assert file.read_text() == TREE


@pytest.mark.parametrize(
    ("source", "name", "disciplines", "licence"),
    [
        ("cip", "cip2020.jsonl", 1_988, "public domain"),
        ("wikipedia", "wikipedia_outline_of_academic_disciplines.jsonl", 1_144, "CC BY-SA 4.0"),
    ],
)
def test_import_writes_a_taxonomy_with_its_licence(
    source: str, name: str, disciplines: int, licence: str, tmp_path: Path, shared_data: Path
) -> None:
    out = tmp_path / "out.yaml"
    output_of("import", source, shared_data / "taxonomy" / name, out)
    assert licence in "\n".join(out.read_text().splitlines()[:3])
    assert len(load_taxonomy(str(out)).disciplines()) == disciplines


def test_import_of_names_writes_one_discipline_a_line(tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("Law\n中文\n")
    output_of("import", "names", names, tmp_path / "out.yaml")
    assert (tmp_path / "out.yaml").read_text() == "- Law\n- 中文\n"


def test_name_cannot_steer_the_terminal(file: Path) -> None:
    file.write_text('- "A\\u202Eb [red]c[/red]"\n')
    shown = output_of("show", file)
    assert "\u202e" not in shown
    assert "[red]c[/red]" in shown


@pytest.mark.parametrize("command", ["import", "copy", "check", "show", "vote", "apply"])
def test_every_command_explains_itself(command: str) -> None:
    assert "Usage" in output_of(command, "--help")
