import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from train_shirking import fit_all, human_texts, rows_of, written_texts

from gleanery.tasks.shirking_words import WEIGHTS

HERE = Path(__file__).parent


def test_shipped_weights_are_those_that_the_texts_give(shared_data: Path) -> None:
    fitted = fit_all([*written_texts(), *human_texts(shared_data)])
    shipped = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert shipped.keys() == fitted.keys()
    for name, model in shipped.items():
        assert model["bias"] == pytest.approx(fitted[name]["bias"], abs=0.05)
        weights = fitted[name]["weights"]
        assert isinstance(weights, dict)
        for feature in model["weights"].keys() | weights.keys():
            given = model["weights"].get(feature, 0.0), weights.get(feature, 0.0)
            assert given[0] == pytest.approx(given[1], abs=0.05), (name, feature)


def test_no_held_out_text_is_learned_from() -> None:
    learned = {text.response for text in written_texts()}
    held_out = rows_of(HERE / "shirking_texts_held_out.jsonl")
    assert held_out
    assert not learned & {row["response"] for row in held_out}
    assert not {text.writer for text in written_texts()} & {row["writer"] for row in held_out}
