"""Checkpoints and events: the newest whole one counts, and no line is read in halves."""

from pathlib import Path

from gleanery.infra.storage import Store
from gleanery.tasks.training.checkpoints import Checkpoints, best_of
from gleanery.tasks.training.events import EventLog, EventReader


def saved(folder: Path, step: int) -> Path:
    made = folder / f"saved-{step}"
    made.mkdir(parents=True, exist_ok=True)
    (made / "model.safetensors").write_text(f"after {step}")
    return made


def test_the_newest_and_the_best_are_kept(store: Store, tmp_path: Path) -> None:
    checkpoints = Checkpoints(store, "key")
    for step, loss in ((2, None), (4, 0.5), (6, None), (8, 0.7), (10, None)):
        checkpoints.add(saved(tmp_path, step), step, loss, 16 * step)
    assert [one.step for one in checkpoints.stored()] == [4, 10]
    assert [one.step for one in best_of(checkpoints.stored())] == [4]
    checkpoints.add(saved(tmp_path, 12), 12, 0.1, 16 * 12)
    assert [one.step for one in checkpoints.stored()] == [12]


def test_a_step_may_be_saved_again_as_the_best(store: Store, tmp_path: Path) -> None:
    checkpoints = Checkpoints(store, "key")
    checkpoints.add(saved(tmp_path, 8), 8, None, 16 * 8)
    checkpoints.add(saved(tmp_path, 8), 8, 0.4, 16 * 8)
    assert [one.step for one in best_of(checkpoints.stored())] == [8]


def test_cleared_checkpoints_leave_nothing_not_even_torn_ones(store: Store, tmp_path: Path) -> None:
    checkpoints = Checkpoints(store, "key")
    checkpoints.add(saved(tmp_path, 2), 2, None, 16 * 2)
    store.write("checkpoints/key/step-00000004/abc/model.safetensors", b"torn")
    assert [one.step for one in checkpoints.stored()] == [2]
    checkpoints.clear()
    assert store.list("checkpoints") == []


def test_none_is_gone_on_from_that_lies_behind_a_missing_snapshot(
    store: Store, tmp_path: Path
) -> None:
    checkpoints = Checkpoints(store, "key")
    checkpoints.add(saved(tmp_path, 4), 4, 0.5, 64)
    checkpoints.add(saved(tmp_path, 10), 10, None, 160)
    assert [one.step for one in checkpoints.leading_to([161])] == [4, 10]
    assert [one.step for one in checkpoints.leading_to([65, 160])] == [4]
    assert [one.step for one in checkpoints.stored()] == [4]
    assert checkpoints.leading_to([64]) == []


def test_half_a_line_waits_for_its_rest(tmp_path: Path) -> None:
    log, reader = EventLog(tmp_path), EventReader(tmp_path)
    assert list(reader.news()) == []
    log.tell("logged", step=1)
    with (tmp_path / "events.jsonl").open("ab") as file:
        file.write(b'{"event": "log')
    assert [event["step"] for event in reader.news()] == [1]
    with (tmp_path / "events.jsonl").open("ab") as file:
        file.write(b'ged", "step": 2}\n')
    assert [event["step"] for event in reader.news()] == [2]
    assert list(reader.news()) == []
