"""Hosts started by hand: what they need to know is asked for before anything is fetched."""

from pathlib import Path

import pytest

from gleanery.deployments import cli

MODEL = "model: {path: some/base}\n"


def error_of(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> str:
    monkeypatch.setattr("sys.argv", ["gleanery", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 1
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("devices", "rank", "expected"),
    [
        ("devices: {hosts: 2}\n", "0", "set devices.meets_at"),
        ("devices: {hosts: 2, meets_at: 'first:29400'}\n", "2", "there is no host 2"),
        ("", "1", "there is no host 1"),
    ],
)
def test_a_host_without_its_place_is_told_what_to_set(
    devices: str,
    rank: str,
    expected: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = tmp_path / "training.yaml"
    config.write_text(MODEL + devices)
    error = error_of(capsys, monkeypatch, "train", str(config), "--host-rank", rank)
    assert expected in error
    assert str(config) in error


def test_a_host_serves_no_server_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert "set PREFECT_API_URL" in error_of(capsys, monkeypatch, "host")


def test_a_host_started_by_hand_shows_what_the_model_sees_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from gleanery.deployments.train_rank import _Telling

    telling = _Telling()
    started = dict.fromkeys(("rows", "of_rows", "examples", "looked_at", "trained", "frozen"), 90)
    batch = {"devices": 2, "per_device": 4, "accumulation": 3, "device": "cpu"}
    telling({"event": "started", "cut": 5, "unlearnt": 1, "ends_with": "<end>", **started, **batch})
    telling({"event": "batch", "examples": ["asked ⟦answered<end>⟧"]})
    told = capsys.readouterr().out
    assert "24 a step (4 at once, 3 times)" in told
    assert "an answer ends with <end>" in told
    assert "of 90 examples looked at, 5 are longer" in told
    assert "asked ⟦answered<end>⟧" in told
