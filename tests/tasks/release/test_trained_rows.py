"""What a release trains on stays in training, whatever the next recipe draws for validation."""

import re
import sys
from pathlib import Path

import pytest

from gleanery.infra.storage import Store
from gleanery.tasks.release.published import released_ids

sys.path.insert(0, str(Path(__file__).parent))

from curated_release import Curation


@pytest.fixture
def curation(tmp_path: Path) -> Curation:
    return Curation(Store(str(tmp_path)))


def test_what_a_release_trains_on_does_not_come_to_validation_at_another_share_or_seed(
    curation: Curation,
) -> None:
    first = curation.release().manifest
    trained = {*released_ids(curation.parts.store, first.version, ["train"])}
    changed = [{"share": 0.5}, {"share": 0.5, "seed": 3}, {"share": 0.2, "largest_group": 40}]
    for validation in changed:
        manifest = curation.release(validation=validation).manifest
        validates = {*released_ids(curation.parts.store, manifest.version, ["validation"])}
        assert not validates & trained
    curation.release(validation={"share": 0.5})
    note = rf"\d+ rows stay in training, where release {manifest.version} had them"
    assert any(re.fullmatch(note, one) for one in curation.selection.notes["warnings"])


def test_release_that_trains_on_what_was_selected_makes_no_selection_anew(
    curation: Curation,
) -> None:
    for validation in ({"share": 0.2}, {"share": 0.5, "seed": 3}):
        curation.release(validation=validation)
        made = curation.selection
        assert not curation.release(validation=validation).fresh
        assert curation.selection == made


def test_seed_of_the_mix_moves_no_row_to_the_other_side(curation: Curation) -> None:
    first, second = (curation.release(seed=seed).manifest for seed in (0, 5))
    assert first == second
