from pathlib import Path

import pytest

from gleanery.tasks.release.archive_places import archive_place, source_folders


@pytest.mark.parametrize("path", ["{0}", "{0}/", "file://{0}", "{0}/*/*.warc.gz", "{0}/c[0-9]/"])
def test_local_archive_is_named_below_its_source_wherever_that_lies(
    path: str, tmp_path: Path
) -> None:
    for place in ("here", "over there"):
        root = tmp_path / place
        folders = source_folders([path.format(root)])
        assert archive_place(f"{root}/c1/a.warc.gz", folders) == "c1/a.warc.gz"
        assert archive_place(f"file://{root}/c1/a.warc.gz", folders) == "c1/a.warc.gz"


def test_relative_path_of_a_source_is_taken_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folders = source_folders(["corpus"])
    assert archive_place(str(tmp_path / "corpus/a/b.jsonl"), folders) == "a/b.jsonl"


def test_file_that_is_a_source_or_lies_in_none_has_its_name_alone() -> None:
    assert archive_place("/data/a.warc.gz", source_folders(["/data/a.warc.gz"])) == "a.warc.gz"
    assert archive_place("/database/a.warc.gz", source_folders(["/data"])) == "a.warc.gz"


@pytest.mark.parametrize(
    "archive", ["s3://crawl/a.warc.gz", "https://crawl.example/a.warc.gz", "owner/dataset", ""]
)
def test_address_of_another_machine_stays_as_it_is(archive: str) -> None:
    folders = source_folders(["s3://crawl", "/data", "owner/dataset"])
    assert archive_place(archive, folders) == archive
