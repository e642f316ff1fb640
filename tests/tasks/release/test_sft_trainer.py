"""TRL's `SFTTrainer` takes a release as it is, and puts the loss on the completion alone."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gleanery.infra.storage import Store
from gleanery.tasks.records import ChatMessage
from gleanery.tasks.release.card_facts import CardFacts
from gleanery.tasks.release.publish import ReleaseFacts, publish
from gleanery.tasks.release.rows import released_row
from gleanery.tasks.release.rows_shards import ReleaseShards

sys.path.insert(0, str(Path(__file__).parent))

from released_candidates import REPORT, candidate, rows

TALK = [
    ChatMessage(role="user", content="How fast is a train that covers 120 km in 2 hours?"),
    ChatMessage(role="assistant", content="60 km/h."),
    ChatMessage(role="user", content="And in 3 hours?"),
    ChatMessage(role="assistant", content="40 km/h, for 120 / 3 = 40."),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a release whose first row has four turns."""
    store = Store(str(tmp_path / "store"))
    with ReleaseShards() as shards:
        shards.extend([released_row(candidate(0, messages=TALK), "train"), *rows(40, start=1)])
        shards.close()
        facts = ReleaseFacts(name="lessons", card=CardFacts(title="Lessons"))
        return tmp_path / "store" / publish(store, shards, facts, REPORT, None).manifest.folder


def test_trainer_takes_a_release_as_it_is_and_learns_the_completion(
    folder: Path, tmp_path: Path
) -> None:
    script = str(Path(__file__).with_name("train_two_steps.py"))
    done = subprocess.run(
        [sys.executable, script, str(folder), str(tmp_path / "trained")],
        env=os.environ
        | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "cache"), "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    texts = [f"<|turn|>{turn.role}\n{turn.content}<|end_of_turn|>" for turn in TALK]
    assert told["text"] == "".join(texts)
    ended = [f"{turn.content}<|end_of_turn|>" for turn in TALK]
    assert told["learnt"] == ended[3]
    assert told["learnt_of_all_turns"] == ended[1] + ended[3]
    assert told["steps"] == len(told["losses"]) == 2
    assert all(math.isfinite(loss) and loss > 0 for loss in [*told["losses"], told["eval_loss"]])
    assert "not a prefix" not in done.stderr  # the prompt alone is how the conversation begins
