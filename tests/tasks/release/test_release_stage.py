"""The release of a selection: what it says of leaks, duplicates and unasked rows is what it did."""

import sys
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.storage import Store
from gleanery.tasks.release.manifest import Manifest
from gleanery.tasks.release.published import released_columns
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.release_work import pipelines_taken
from gleanery.tasks.release.report_data import BenchmarkSearched
from gleanery.tasks.release.rows import BadRow
from gleanery.tasks.release.rows_lineage import read_lineage

sys.path.insert(0, str(Path(__file__).parent))

from curated_release import METHODS, ROWS, SUMS, Curation, duplicate
from released_candidates import candidate
from report_reading import tables


@pytest.fixture
def curation(tmp_path: Path) -> Curation:
    return Curation(Store(str(tmp_path)))


def told(manifest: Manifest) -> dict[str, tuple[int, int, int]]:
    """Return what was found, left out and kept, by benchmark and kind of duplicates."""
    assert manifest.curation
    hits = {one.name: one for one in manifest.curation.benchmarks}
    kinds = {one.kind: one for one in manifest.curation.duplicates}
    return {name: (one.found, one.left_out, one.kept) for name, one in {**hits, **kinds}.items()}


def test_what_is_left_out_for_a_verdict_is_counted_as_that(curation: Curation) -> None:
    manifest = curation.release().manifest
    assert told(manifest) == {"my sums": (2, 2, 0), "exact": (1, 1, 0), "near": (1, 1, 0)}
    assert manifest.left_out == {"duplicate_exact": 1, "duplicate_near": 1, "leak": 2}
    assert "| my sums | 25 | 2 | 2 | 0 |" in curation.card(manifest)
    report = curation.report(manifest)
    assert "2 rows with a hit left out for it." in report.one("section", id="decontamination").text
    leaks = tables(report, "decontamination")["Hits by benchmark and kind"]
    assert leaks[1] == ["my sums", "25", "3", "2", "1", "2", "0"]


def test_what_the_recipe_keeps_is_counted_as_kept_and_is_in_the_release(
    curation: Curation,
) -> None:
    manifest = curation.release(remove_leaks=[], remove_duplicates=["near"]).manifest
    assert manifest.rows.total == ROWS - 1
    assert told(manifest) == {"my sums": (2, 0, 2), "exact": (1, 0, 1), "near": (1, 1, 0)}
    report = curation.report(manifest)
    said = report.one("section", id="decontamination").text
    assert "0 rows with a hit left out for it, 2 in this release all the same." in said
    assert "The recipe leaves none of them out." in said
    assert "removed" not in said
    assert "row row-00004, in this release" in said
    (kinds,) = tables(report, "duplicates").values()
    assert [row[:5] for row in kinds[1:3]] == [
        ["exact", "1", "2.5 %", "0", "1"],
        ["near", "1", "2.5 %", "1", "0"],
    ]


def test_what_is_out_for_another_reason_is_neither(curation: Curation) -> None:
    curation.duplicates = [duplicate(2, "exact")]  # and a leak
    recipe = {"remove_leaks": ["ngram"], "licences": {"deny": ["share-alike"]}}
    manifest = curation.release(**recipe).manifest
    assert told(manifest)["my sums"][2] == 0
    found, left_out, kept = (
        sum(one) for one in zip(told(manifest)["my sums"], told(manifest)["exact"], strict=True)
    )
    assert (found, left_out, kept) == (3, 2, 0)  # one of the two reasons for each row


def test_rows_of_a_page_that_is_a_duplicate_are_counted_each(curation: Curation) -> None:
    page = candidate(10).document_id
    curation.candidates[12] = candidate(12, document_id=page)
    curation.duplicates = [duplicate(0, "exact", "document", page)]
    manifest = curation.release().manifest
    assert told(manifest)["exact"] == (2, 2, 0)
    assert manifest.left_out["duplicate_exact"] == 2


def test_benchmark_without_hits_makes_a_release_that_says_it_was_looked_for(
    curation: Curation,
) -> None:
    first = curation.release()
    assert not curation.release().fresh
    curation.benchmarks = [SUMS, BenchmarkSearched(name="exam", items=3)]
    second = curation.release()
    assert second.fresh
    assert second.manifest.row_digest == first.manifest.row_digest
    assert second.manifest.changes
    assert second.manifest.changes.curation == ["now compared with exam (3 items)"]
    assert second.manifest.changes.total.unchanged == second.manifest.rows.total
    assert "| exam | 3 | 0 | 0 | 0 |" in curation.card(second.manifest)
    assert not curation.release().fresh


def test_benchmark_of_other_items_makes_a_release_though_they_are_as_many(
    curation: Curation,
) -> None:
    curation.benchmarks = [SUMS.model_copy(update={"items_digest": "a"})]
    first = curation.release()
    assert not curation.release().fresh
    curation.benchmarks = [SUMS.model_copy(update={"items_digest": "b"})]
    second = curation.release()
    assert second.manifest.row_digest == first.manifest.row_digest
    assert second.manifest.changes
    assert second.manifest.changes.curation == [
        "my sums has as many items as before, and its items changed"
    ]


def test_duplicates_of_a_row_that_is_out_itself_are_told_with_its_reason(
    curation: Curation,
) -> None:
    recipe = {"licences": {"deny": ["share-alike"]}}  # row 0 has this licence
    curation.duplicates = [duplicate(6, "exact"), duplicate(8, "near"), duplicate(9, "near")]
    manifest = curation.release(**recipe).manifest
    assert manifest.curation
    assert manifest.curation.kept_out == {"licence": 3}
    said = "3 rows are duplicates of a row that is out itself, so that neither is in, for: licence"
    assert f"{said} (3)." in curation.card(manifest)
    assert f"{said} (3)." in curation.report(manifest).one("section", id="duplicates").text
    manifest = curation.release().manifest  # and with row 0 in
    assert manifest.curation
    assert manifest.curation.kept_out == {}
    assert "out itself" not in curation.card(manifest)


def test_what_went_for_a_row_that_is_out_alone_makes_no_release(curation: Curation) -> None:
    curation.release(licences={"deny": ["share-alike"]})
    curation.duplicates = [*curation.duplicates, duplicate(10, "near")]  # out by its licence before
    assert not curation.release(licences={"deny": ["share-alike"]}).fresh


def test_unasked_rows_are_told_until_they_are_asked(curation: Curation) -> None:
    curation.failed = {"judgements": {"timeout": 3, "refused": 1}, "paraphrases": {"timeout": 2}}
    first = curation.release().manifest
    assert first.curation
    assert first.curation.unasked == {"judgements": 4, "paraphrases": 2}
    assert "4 by judgements, 2 by paraphrases" in curation.card(first)
    assert "4 rows by judgements" in curation.report(first).one("p", class_="warning").text
    curation.failed = {"judgements": {"no answer": 4}, "paraphrases": {"timeout": 2}}
    assert not curation.release().fresh  # as many as last night, for whichever reason
    curation.failed = {}
    second = curation.release()
    assert second.fresh
    assert second.manifest.changes
    assert "rows not asked by judgements: 0, before 4" in second.manifest.changes.curation
    assert "Not finished" not in curation.card(second.manifest)


def test_costs_are_those_of_the_sources_that_the_recipe_takes(curation: Curation) -> None:
    report = curation.report(curation.release(sources=[{"pipeline": "web"}]).manifest)
    (costs,) = tables(report, "costs").values()
    assert [row[:2] for row in costs[1:-1]] == [["refine", "web"]]
    assert costs[1][-1] == f"{1000 / 16:.1f}"  # of the 20 rows of web, 4 are out
    sources = tables(report, "sources")["Rows by source and split"]
    assert [(row[0], row[-1]) for row in sources[1:-1]] == [("glan", "none"), ("web", "all")]


@pytest.mark.parametrize(
    ("sources", "taken"),
    [
        ([], {"web", "glan", "tree"}),
        ([{"pipeline": "glan"}], {"glan"}),
        ([{"method": "taxonomy", "weight": 1}], {"glan", "tree"}),
        ([{"method": "taxonomy"}, {"pipeline": "glan", "count": 0}], {"tree"}),
    ],
)
def test_pipelines_that_a_recipe_takes_are_told(
    sources: list[dict[str, Any]], taken: set[str]
) -> None:
    recipe = Recipe.model_validate({"sources": sources})
    assert pipelines_taken(recipe, {**METHODS, "tree": "taxonomy"}) == taken


def test_release_of_nothing_names_the_reasons_with_their_counts(curation: Curation) -> None:
    with pytest.raises(BadRow, match=r"no row to train on is left.*Of 40 candidates 0 ") as raised:
        curation.release(lengths={"question": {"most": 1}})
    assert "36 too_long, 2 leak, 1 duplicate_exact, 1 duplicate_near" in str(raised.value)


def test_blank_and_endless_answers_are_left_out_by_default(curation: Curation) -> None:
    blank, endless = candidate(20, " \n\t\u00a0"), candidate(21, "and so on " * 10_001)
    curation.candidates[20:22] = [blank, endless]
    left_out = curation.release().manifest.left_out
    assert (left_out["too_short"], left_out["too_long"]) == (1, 1)


def test_rows_are_the_same_wherever_their_archives_lie(tmp_path: Path) -> None:
    digests = set()
    for place in ("here", "over/there"):
        curation = Curation(Store(str(tmp_path / place)))
        archive = {"archive": f"{tmp_path}/{place}/crawl.warc.gz"}
        curation.candidates = [row.model_copy(update=archive) for row in curation.candidates]
        manifest = curation.release().manifest
        digests.add(manifest.row_digest)
        for row in released_columns(curation.parts.store, manifest.version, ["lineage"]):
            assert read_lineage(row["lineage"]).archive == "crawl.warc.gz"
    assert len(digests) == 1
