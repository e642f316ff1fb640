"""What a command says of the release that it ended with."""

import pytest

from gleanery.deployments.dataset_told import tell_changes
from gleanery.tasks.release.manifest import Changes, SourceChanges


def test_same_rows_that_are_said_to_be_compared_with_more_are_told_as_that(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sources = {"web": SourceChanges(unchanged=9)}
    tell_changes(Changes(against="v1", sources=sources, curation=["now compared with exam"]))
    assert capsys.readouterr().out == (
        "Beside v1: the same rows.\n  what is said of them is new: now compared with exam\n"
    )
