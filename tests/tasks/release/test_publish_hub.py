"""Pushing a release: one commit with every file, private by default, and errors that say why."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gleanery.infra.storage import StorageError, Store
from gleanery.tasks.release.publish_hub import HubConfig, PushError, push_to_hub
from gleanery.tasks.release.published import UnknownRelease

sys.path.insert(0, str(Path(__file__).parent))

from fake_hub import NAME, TOKEN, FakeHub, running_hub
from released_candidates import publish_rows

CONFIG = HubConfig(repository=NAME)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with running_hub() as running:
        yield running


def test_every_file_of_a_release_is_pushed_in_one_commit(hub: FakeHub, store: Store) -> None:
    manifest = publish_rows(store, 60).manifest
    address = push_to_hub(store, CONFIG, endpoint=hub.url)
    assert hub.files == {
        info.path.removeprefix(f"{manifest.folder}/"): store.read(info.path)
        for info in store.list(manifest.folder)
    }
    assert hub.commits == [f"Release {manifest.version}"]
    assert hub.tags == {manifest.version: hub.oid}
    assert hub.private
    assert address == f"{hub.url}/datasets/{NAME}/tree/{manifest.version}"


def test_next_release_replaces_the_shards_of_the_last_one(hub: FakeHub, tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    publish_rows(store, 120)
    push_to_hub(store, CONFIG, endpoint=hub.url)
    hub.files["notes.md"] = b"written by hand"
    manifest = publish_rows(store, 40).manifest
    push_to_hub(store, CONFIG, endpoint=hub.url)
    ours = {file.path for file in manifest.files} | {"manifest.json"}
    assert set(hub.files) == ours | {"notes.md"}
    assert len(hub.commits) == len(hub.tags) == 2


def test_an_earlier_release_is_pushed_by_its_name(hub: FakeHub, tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    first = publish_rows(store, 40).manifest
    publish_rows(store, 50)
    push_to_hub(store, CONFIG, first.version, endpoint=hub.url)
    assert hub.commits == [f"Release {first.version}"]
    with pytest.raises(UnknownRelease):
        push_to_hub(store, CONFIG, "v0009-00000000", endpoint=hub.url)


def test_public_only_on_demand_and_never_into_a_public_dataset_by_default(
    hub: FakeHub, tmp_path: Path
) -> None:
    store = Store(str(tmp_path / "store"))
    publish_rows(store, 40)
    public = HubConfig(repository=NAME, private=False)
    push_to_hub(store, public, endpoint=hub.url)
    assert not hub.private
    publish_rows(store, 50)
    with pytest.raises(PushError, match="is public"):
        push_to_hub(store, CONFIG, endpoint=hub.url)
    assert len(hub.commits) == 1


def test_without_a_token_nothing_is_asked(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(str(tmp_path / "store"))
    publish_rows(store, 40)
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(PushError, match="set HF_TOKEN"):
        push_to_hub(store, CONFIG, endpoint=hub.url)
    assert not hub.exists


def test_refusals_name_the_dataset_and_keep_the_token_secret(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(str(tmp_path / "store"))
    publish_rows(store, 40)
    for place in ("create", "preupload", "lfs", "upload/", "commit"):
        hub.fails_at = place
        with pytest.raises(PushError, match=NAME) as refused:
            push_to_hub(store, CONFIG, endpoint=hub.url)
        assert TOKEN not in str(refused.value)
    assert hub.files == {}
    hub.fails_at = "nothing"
    monkeypatch.setenv("HF_TOKEN", "a-wrong-one")
    with pytest.raises(PushError, match="401"):
        push_to_hub(store, CONFIG, endpoint=hub.url)


def test_no_network_says_that_the_release_stands(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    store = Store(str(tmp_path / "store"))
    manifest = publish_rows(store, 40).manifest
    with pytest.raises(PushError, match=f"cannot reach the Hub.*{manifest.version}"):
        push_to_hub(store, CONFIG, endpoint="http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(PushError, match="cannot reach the Hub"):
        push_to_hub(store, CONFIG, endpoint=hub.url)


def test_a_shard_that_is_gone_is_a_fault_of_the_storage(hub: FakeHub, tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    manifest = publish_rows(store, 40).manifest
    store.delete(f"{manifest.folder}/{manifest.files[0].path}")
    with pytest.raises(StorageError, match="train-00000"):
        push_to_hub(store, CONFIG, endpoint=hub.url)
    assert hub.files == {}


def test_a_repository_is_owner_and_name() -> None:
    for wrong in ("lessons", "a/b/c", "a b/c", "https://hub.example/a/b"):
        with pytest.raises(ValueError, match="repository"):
            HubConfig(repository=wrong)
    with pytest.raises(PushError, match="no repository"):
        push_to_hub(Store("/nowhere"), HubConfig())
