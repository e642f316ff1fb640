from pathlib import Path

import pytest
import yaml
from traced_web import TracedWeb

from gleanery.deployments import cli
from gleanery.tasks.recall.calibration import CalibrationPage
from gleanery.tasks.release.forgotten import read_forgotten
from gleanery.tasks.release.published import list_releases, released_rows

SHEET, MIRROR, OTHER = "https://course.example/1", "http://mirror.example/", "https://c.example/2"


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TracedWeb:
    monkeypatch.setenv("GLEANERY_ROOT", str(tmp_path))
    return TracedWeb(tmp_path)


class Gleanery:
    """The command line: what it prints, or the error that it ends with."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.capsys, self.patch = capsys, patch

    def __call__(self, *arguments: str) -> str:
        code, out, err = self._run(*arguments)
        assert code == 0, err
        return out

    def error(self, *arguments: str) -> str:
        code, _, err = self._run(*arguments)
        assert code == 1
        return err

    def _run(self, *arguments: str) -> tuple[object, str, str]:
        self.patch.setattr("sys.argv", ["gleanery", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        return (stopped.value.code, *self.capsys.readouterr())


@pytest.fixture
def gleanery(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Gleanery:
    return Gleanery(capsys, monkeypatch)


def released(web: TracedWeb) -> set[str]:
    """Return the addresses in the newest release, made now."""
    return {row.url for row in released_rows(web.dataset, web.release())}


def test_forgotten_page_and_its_mirror_are_in_no_later_release(
    web: TracedWeb, gleanery: Gleanery
) -> None:
    web.recall((MIRROR, "same text"), (SHEET, "same text"), (OTHER, "other"))
    assert released(web) == {MIRROR, OTHER}

    text = gleanery("forget", SHEET, "--reason", "the author asked")

    assert f"lessons forgets the page {SHEET} since" in text
    assert "because: the author asked" in text
    assert "The next release leaves out 1 candidate of 2 addresses" in text
    assert f"{MIRROR} (mirror, same text): 1 candidate" in text
    assert f"{SHEET} (asked for): 0 candidates" in text
    assert released(web) == {OTHER}


def test_what_is_not_reached_is_named(web: TracedWeb, gleanery: Gleanery) -> None:
    web.recall((SHEET, "the sheet"), (OTHER, "other"))
    web.release()
    web.recall(("https://d.example/", "more"))
    versions = [*list_releases(web.dataset), web.release()]
    text = gleanery("forget", SHEET).partition("This does not reach")[2]
    for version in versions:
        assert f"release {version} of lessons, which has 1 row from it (1 train)" in text
    assert "models trained on these releases" in text
    assert "the parts and journals of web, which `gleanery clean` keeps too: 000001-0000-" in text
    assert "the candidates, verdicts and journals of lessons" in text
    assert "the archives that it was read from: s3://crawl/0" in text
    assert "recall policy" not in text


def test_page_that_comes_again_with_another_text_stays_forgotten(
    web: TracedWeb, gleanery: Gleanery
) -> None:
    """A mirror that already had the new text is what dedup keeps: the list learns of the text."""
    web.recall((SHEET, "old text"), (MIRROR, "new text"), (OTHER, "other"))
    gleanery("forget", SHEET)
    assert released(web) == {MIRROR, OTHER}
    web.recall((SHEET, "new text"))
    assert released(web) == {OTHER}


def test_mirror_that_comes_later_is_left_out(web: TracedWeb, gleanery: Gleanery) -> None:
    web.recall((SHEET, "the sheet"), (OTHER, "other"))
    gleanery("forget", SHEET)
    for stage in ("recall", "dedup", "extract", "refine"):  # its page is removed by hand
        for info in web.harvest.list(f"parts/{stage}"):
            web.harvest.delete(info.path)
    web.recall((MIRROR, "the sheet"), ("https://d.example/", "more"))
    assert MIRROR not in released(web)


def test_near_copy_is_left_out(web: TracedWeb, gleanery: Gleanery) -> None:
    web.recall((SHEET, "text"), (MIRROR, "text with a banner"), (OTHER, "other"))
    web.near(copy=SHEET, kept=MIRROR)
    text = gleanery("forget", SHEET)
    assert f"{MIRROR} (nearly the same page): 1 candidate" in text
    assert released(web) == {OTHER}


def test_whole_site_is_left_out_with_what_comes_later(web: TracedWeb, gleanery: Gleanery) -> None:
    web.recall((SHEET, "one"), ("https://sub.course.example/", "two"), (OTHER, "other"))
    assert "2 candidates of 2 addresses" in gleanery("forget", "--site", "course.example")
    web.recall(("https://course.example/new", "three"))
    assert released(web) == {OTHER}


def test_asked_twice_it_says_the_same(web: TracedWeb, gleanery: Gleanery) -> None:
    web.recall((SHEET, "the sheet"), (OTHER, "other"))
    first = gleanery("forget", SHEET, "--reason", "the author asked")
    assert gleanery("forget", f"{SHEET}#top", "--reason", "again") == first
    assert gleanery("forget", "--list").count(SHEET) == 1


def test_list_says_what_since_when_and_why(web: TracedWeb, gleanery: Gleanery) -> None:
    web.recall((SHEET, "the sheet"))
    assert "lessons forgets 0 sources" in gleanery("forget", "--list")
    gleanery("forget", SHEET, "--reason", "the author asked")
    [source] = read_forgotten(web.dataset).sources
    said = f"{source.since_when} page {SHEET} (1 text), because: the author asked"
    assert said in gleanery("forget", "--list")


def test_undone_it_may_be_released_again(web: TracedWeb, gleanery: Gleanery) -> None:
    web.recall((SHEET, "the sheet"), (OTHER, "other"))
    gleanery("forget", SHEET)
    assert "lessons may have rows from" in gleanery("forget", "--undo", SHEET)
    assert released(web) == {SHEET, OTHER}
    error = gleanery.error("forget", "--undo", SHEET)
    assert f"no dataset forgets the page {SHEET}" in error


def test_page_of_a_forgotten_site_is_said_to_be_forgotten(
    web: TracedWeb, gleanery: Gleanery
) -> None:
    web.recall((SHEET, "the sheet"), (MIRROR, "the sheet"), (OTHER, "other"))
    gleanery("forget", "--site", "course.example")
    assert "Forgotten by lessons, with course.example since" in gleanery("trace", SHEET)
    gleanery("forget", SHEET)
    assert "Forgotten by lessons, with course.example since" in gleanery("trace", MIRROR)
    assert "But lessons forgets course.example too." in gleanery("forget", "--undo", SHEET)
    assert released(web) == {OTHER}


def test_unknown_address_is_refused_unless_it_is_meant(web: TracedWeb, gleanery: Gleanery) -> None:
    web.recall((SHEET, "the sheet"), (OTHER, "other"))
    later = "https://course.example/11"
    error = gleanery.error("forget", later)
    assert f"of that site there are: {SHEET}" in error
    assert "add --unseen" in error
    assert not read_forgotten(web.dataset)

    assert "should it come, it is left out" in gleanery("forget", later, "--unseen")
    web.recall((later, "a new sheet"))
    assert released(web) == {SHEET, OTHER}


def test_configured_dataset_alone_forgets_and_the_others_are_named(
    web: TracedWeb, gleanery: Gleanery, tmp_path: Path
) -> None:
    web.recall((SHEET, "the sheet"))
    second = TracedWeb(tmp_path)
    second.dataset = type(second.dataset)(f"{tmp_path}/second")
    second.recall((OTHER, "other"))
    config = tmp_path / "lessons.yaml"
    source = {"method": "harvest", "name": "web"}
    config.write_text(yaml.safe_dump({"method": "dataset", "name": "lessons", "sources": [source]}))

    text = gleanery("forget", SHEET, str(config))

    assert "the dataset second beside it: forget it there too" in text
    assert SHEET in read_forgotten(web.dataset)
    assert SHEET not in read_forgotten(second.dataset)
    assert "second forgets the page" in gleanery("forget", SHEET)


def test_file_of_another_method_is_refused(
    web: TracedWeb, gleanery: Gleanery, tmp_path: Path
) -> None:
    config = tmp_path / "web.yaml"
    config.write_text("name: web\n")
    assert "configures no dataset" in gleanery.error("forget", SHEET, str(config))


def test_harvest_without_a_dataset_says_what_to_give(
    web: TracedWeb, gleanery: Gleanery, tmp_path: Path
) -> None:
    web.recall((SHEET, "the sheet"))
    for info in web.dataset.list(""):
        web.dataset.delete(info.path)
    error = gleanery.error("forget", SHEET)
    assert "there is no dataset beside" in error
    assert "give the dataset's YAML file" in error


def test_policy_that_was_calibrated_on_the_page_is_named(
    web: TracedWeb, gleanery: Gleanery
) -> None:
    web.recall((SHEET, "the sheet"))
    part = "000001-0000"
    page = CalibrationPage(
        id="p", url=SHEET, domain="course.example", title="", text="the sheet", raw_view=""
    )
    web.commit(web.harvest, "calibration-pages", part, [page], CalibrationPage)
    assert "the recall policy of web: pages of it were among those" in gleanery("forget", SHEET)
