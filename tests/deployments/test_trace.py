import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from traced_web import UNREFINED, TracedWeb, pair_id

from gleanery.deployments.pipelines import find_pipelines
from gleanery.deployments.show import show
from gleanery.deployments.trace import UnknownSource, find_trace, source_of, trace
from gleanery.deployments.trace_records import Trace
from gleanery.deployments.trace_tree import print_trace
from gleanery.infra.digests import digest
from gleanery.infra.settings import read_settings

SHEET, MIRROR, OTHER = "https://course.example/1", "http://mirror.example/", "https://c.example/2"


@pytest.fixture
def web(tmp_path: Path) -> TracedWeb:
    return TracedWeb(tmp_path)


def traced(root: Path, address: str, site: bool = False) -> Trace:
    return find_trace(source_of(address, site), find_pipelines(str(root), read_settings()))


def printed(found: Trace) -> str:
    console = Console(file=io.StringIO(), width=200, highlight=False, markup=False)
    print_trace(found, console)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_page_leads_to_its_pair_version_candidate_and_release(
    web: TracedWeb, tmp_path: Path
) -> None:
    web.recall((SHEET, "the sheet"), (OTHER, "another sheet"))
    version = web.release()
    found = traced(tmp_path, "HTTP://Course.example:80/1?utm_source=mail#top")

    [page] = found.pages
    assert (page.url, page.outcome, page.batch, page.licence) == (SHEET, "kept", 1, "CC-BY-4.0")
    [pair] = page.pairs
    assert pair.id == pair_id(SHEET, "the sheet")
    [refined] = pair.versions
    assert [row.id for row in found.candidates] == [refined.id]
    assert [(row.release, row.id, row.split) for row in found.rows] == [
        (version, refined.id, "train")
    ]
    text = printed(found)
    assert f"pair {pair.id} What does the sheet say?" in text
    place = f"candidate of lessons; in release {version} of lessons (train)"
    assert f"{refined.id} improved by editor, {place}" in text
    assert "Rows of no page above" not in text
    assert "another sheet" not in text


@pytest.mark.parametrize("first", [SHEET, MIRROR])
@pytest.mark.parametrize("same_batch", [True, False])
def test_mirror_is_found_whichever_of_the_two_dedup_kept(
    first: str, same_batch: bool, web: TracedWeb, tmp_path: Path
) -> None:
    second = MIRROR if first == SHEET else SHEET
    batches = [[first, second]] if same_batch else [[first], [second]]
    for batch in batches:
        web.recall((f"{OTHER}/{batch[0]}", f"other {batch[0]}"), *((u, "same text") for u in batch))
    found = traced(tmp_path, SHEET)
    outcomes = {page.url: (page.found_by, page.outcome) for page in found.pages}
    kept = {first: "kept", second: "duplicate_text"}
    assert outcomes == {
        SHEET: ("address", kept[SHEET]),
        MIRROR: ("same text", kept[MIRROR]),
    }
    assert [row.url for row in found.candidates] == [first]
    assert "1 page, 1 mirror, 1 pair, 1 refined version, 1 candidate" in printed(found)


def test_page_that_changed_is_found_in_every_batch_with_the_mirrors_of_each_text(
    web: TracedWeb, tmp_path: Path
) -> None:
    web.recall((SHEET, "old text"))
    web.recall((SHEET, "new text"), (MIRROR, "old text"))
    web.recall((OTHER, "new text"))
    found = traced(tmp_path, SHEET)
    assert [(page.url, page.batch, page.outcome) for page in found.pages] == [
        (SHEET, 1, "kept"),
        (SHEET, 2, "kept"),
        (MIRROR, 2, "duplicate_text"),
        (OTHER, 3, "duplicate_text"),
    ]
    assert len(found.candidates) == 2


def test_mirror_in_another_pipeline_is_found(web: TracedWeb, tmp_path: Path) -> None:
    web.recall((SHEET, "same text"))
    other = TracedWeb(tmp_path)
    other.harvest = type(other.harvest)(f"{tmp_path}/second")
    other.recall((MIRROR, "same text"))
    pages = traced(tmp_path, SHEET).pages
    assert [(page.pipeline, page.url) for page in pages] == [("web", SHEET), ("second", MIRROR)]


def test_near_copy_is_found_where_curation_has_seen_it(web: TracedWeb, tmp_path: Path) -> None:
    web.recall((SHEET, "text"), (MIRROR, "text with a banner"), (OTHER, "other"))
    web.near(copy=SHEET, kept=MIRROR)
    found = traced(tmp_path, SHEET)
    assert {page.url: page.found_by for page in found.pages} == {
        SHEET: "address",
        MIRROR: "near copy",
    }
    assert {row.url for row in found.candidates} == {SHEET, MIRROR}
    assert "1 page, 0 mirrors, 1 near copy, 2 pairs" in printed(found)


def test_pair_without_a_version_says_why(web: TracedWeb, tmp_path: Path) -> None:
    web.recall((SHEET, f"an {UNREFINED} sheet"))
    found = traced(tmp_path, SHEET)
    assert found.candidates == []
    assert "nothing from refine: refusal, I cannot help with that" in printed(found)


def test_site_takes_all_its_pages(web: TracedWeb, tmp_path: Path) -> None:
    web.recall((SHEET, "one"), ("https://sub.course.example/2", "two"), (OTHER, "three"))
    found = traced(tmp_path, "course.example", site=True)
    assert {page.url for page in found.pages} == {SHEET, "https://sub.course.example/2"}
    assert len(found.candidates) == 2


def test_row_of_an_older_release_is_found_when_its_page_is_gone(
    web: TracedWeb, tmp_path: Path
) -> None:
    web.recall((SHEET, "the sheet"), (OTHER, "other"))
    version = web.release()
    for stage in ("recall", "dedup", "extract", "refine"):
        for info in web.harvest.list(f"parts/{stage}"):
            web.harvest.delete(info.path)
    for info in web.dataset.list("parts/candidates"):
        if "receipt" in info.path:
            web.dataset.delete(info.path)
    found = traced(tmp_path, SHEET)
    assert (found.pages, found.candidates) == ([], [])
    assert [(row.release, row.url) for row in found.rows] == [(version, SHEET)]
    assert f"in release {version} of lessons (train), from {SHEET}" in printed(found)


def test_withdrawn_release_is_passed_over(web: TracedWeb, tmp_path: Path) -> None:
    web.recall((SHEET, "the sheet"))
    first = web.release()
    web.recall((OTHER, "other"))
    second = web.release()
    for info in web.dataset.list(f"releases/{first}"):
        web.dataset.delete(info.path)
    assert [row.release for row in traced(tmp_path, SHEET).rows] == [second]


def test_unknown_address_says_what_was_searched_and_what_is_near(
    web: TracedWeb, tmp_path: Path
) -> None:
    web.recall((SHEET, "the sheet"), (OTHER, "other"))
    with pytest.raises(UnknownSource) as error:
        traced(tmp_path, "https://www.course.example/11")
    assert f"of that site there are: {SHEET}. Searched: {tmp_path}/web (1 parts" in str(error.value)
    with pytest.raises(UnknownSource, match=r"has a row from there\. Searched"):
        traced(tmp_path, "https://nowhere.example/")


def test_json_holds_everything(
    web: TracedWeb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    web.recall((SHEET, "the sheet"))
    trace(SHEET, str(tmp_path), as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert Trace.model_validate(said) == traced(tmp_path, SHEET)
    assert said["pages"][0]["pairs"][0]["id"] == pair_id(SHEET, "the sheet")


def test_text_of_the_web_does_not_steer_the_terminal(web: TracedWeb, tmp_path: Path) -> None:
    web.recall((SHEET, "\x1b[2J the sheet"))
    assert "\x1b" not in printed(traced(tmp_path, SHEET))


def test_show_takes_candidates_and_released_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    web = TracedWeb(tmp_path, stage="extract")
    web.recall((SHEET, "the sheet"), (MIRROR, "the sheet with a banner"))
    web.near(copy=SHEET, kept=MIRROR)
    version = web.release()
    row_id = digest(["extracted", pair_id(SHEET, "the sheet")])

    show(row_id, str(tmp_path))

    text = capsys.readouterr().out
    assert f"Pair {pair_id(SHEET, 'the sheet')} of {tmp_path}/web" in text
    assert "In the dataset lessons" in text
    assert "extracted, for train" in text
    assert f"{version} (train)" in text
    assert "near duplicate of" in text
    assert "(document, similarity 0.90)" in text


def test_show_takes_a_released_row_whose_pair_is_gone(
    web: TracedWeb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    web.recall((SHEET, "the sheet"))
    version = web.release()
    [row] = web.candidates()
    for info in [*web.harvest.list("parts"), *web.dataset.list("parts")]:
        if "receipt" in info.path:
            (web.harvest if web.harvest.exists(info.path) else web.dataset).delete(info.path)

    show(row.id, str(tmp_path))

    text = capsys.readouterr().out
    assert [line.split() for line in text.splitlines()[2:]] == [
        ["made", "from", row.origin],
        ["candidate", "no", "more"],
        ["in", "releases", version, "(train)"],
    ]
