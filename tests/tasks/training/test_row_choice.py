"""Which rows of a release are learnt: each list chooses, and smaller numbers are part of larger."""

import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import Call
from gleanery.tasks.release.rows import released_row
from gleanery.tasks.release.rows_shards import ReleaseShards
from gleanery.tasks.training.chat_template import TrainingRefused
from gleanery.tasks.training.row_choice import RowChoice, choose_rows

sys.path.insert(0, str(Path(__file__).parents[1] / "release"))

from released_candidates import SMALL, candidate, publish_rows


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the training split of a release of 300 rows, in several files."""
    store = Store(str(tmp_path_factory.mktemp("lessons")))
    publish_rows(store, 300)
    paths = sorted(Path(store.root).glob("releases/*/data/train-*.parquet"))
    assert len(paths) > 1
    return [str(path) for path in paths]


def chosen(files: list[str], **choice: Any) -> list[str]:
    """Return the ids of the chosen rows."""
    ids = [row for file in files for row in pq.read_table(file, columns=["id"])["id"].to_pylist()]
    made = choose_rows(RowChoice.model_validate(choice), files)
    assert made.of == len(ids) == 270
    assert list(made.places) == sorted(made.places)
    return [ids[place] for place in made.places]


def test_without_a_list_all_rows_are_learnt(files: list[str]) -> None:
    assert len(chosen(files)) == 270


def test_every_list_must_be_met(files: list[str]) -> None:
    web = chosen(files, sources=["web"])
    assert web == chosen(files, methods=["harvest"]) == chosen(files, domains=["school.example"])
    assert len(web) + len(chosen(files, sources=["glan"])) == 270
    of_both = chosen(files, sources=["web"], subjects=["mathematics"])
    assert set(of_both) == set(web) & set(chosen(files, subjects=["mathematics"]))
    assert 0 < len(of_both) < len(web)


def test_a_site_stands_for_those_below_it_and_not_for_those_it_ends_with(files: list[str]) -> None:
    assert chosen(files, domains=["example"]) == chosen(files, domains=["school.example"])
    with pytest.raises(TrainingRefused, match=r"no row of the training split has ool\.example"):
        chosen(files, domains=["ool.example"])


def test_forums_and_schools_are_told_apart(files: list[str]) -> None:
    forums, schools = (set(chosen(files, site_kinds=[kind])) for kind in ("forum", "education"))
    assert forums
    assert schools
    assert not forums & schools
    assert forums | schools == set(chosen(files, methods=["harvest"]))


def test_a_smaller_number_is_part_of_a_larger_and_another_seed_draws_others(
    files: list[str],
) -> None:
    draws = [set(chosen(files, examples=count)) for count in (10, 30, 100)]
    assert [len(drawn) for drawn in draws] == [10, 30, 100]
    assert draws[0] < draws[1] < draws[2]
    assert draws[0] != set(chosen(files, examples=10, seed=1))
    web = set(chosen(files, examples=10, sources=["web"]))
    assert draws[2] & set(chosen(files, sources=["web"])) >= draws[0] & web


def test_what_decides_is_neither_the_order_of_values_nor_an_idle_seed() -> None:
    one = RowChoice(sources=("a", "b"), seed=3)
    assert one.decides == RowChoice(sources=("b", "a")).decides
    assert RowChoice(examples=5, seed=3).decides != RowChoice(examples=5).decides


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"sources": ["web", "wbe"]}, r"rows\.sources: .* has wbe; there are: .*web \(120\)"),
        ({"sources": ["glan"], "domains": ["example"]}, r"all that .* asks for \(sources, domains"),
        ({"examples": 271}, r"rows\.examples is 271, and there are 270"),
        ({"examples": 121, "sources": ["web"]}, r"there are 120 to draw from"),
    ],
)
def test_a_choice_that_cannot_be_met_is_refused(
    files: list[str], choice: dict[str, Any], told: str
) -> None:
    with pytest.raises(TrainingRefused, match=told):
        chosen(files, **choice)


def test_one_release_holds_the_versions_of_several_refiners(tmp_path: Path) -> None:
    def version(number: int, *writers: str) -> Candidate:
        calls = [Call(step="extract", model="finder", prompt="ab" * 16, request_key=f"f{number}")]
        calls += [
            Call(step="refine", model=name, prompt="ab" * 16, request_key=f"{name}{number}")
            for name in writers
        ]
        return candidate(number, calls=calls, origin="one-pair", strategy="improved")

    with ReleaseShards(SMALL) as shards:
        made = [version(1, "a"), version(2, "b"), version(3, "a", "b")]
        shards.extend(released_row(one, "train") for one in made)
        shards.close()
        files = [str(shards.local(file)) for file in shards.files]
        of = {
            name: list(choose_rows(RowChoice(writers=(name,)), files).places) for name in ("a", "b")
        }
        assert of == {"a": [0, 2], "b": [1, 2]}
        with pytest.raises(TrainingRefused, match=r"has finder; there are: a \(2\), b \(2\)"):
            choose_rows(RowChoice(writers=("finder",)), files)
