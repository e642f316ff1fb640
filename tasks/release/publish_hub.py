"""A release on the Hugging Face Hub: file by file from the store, then one commit for all."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import fsspec
import orjson
from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.scratch import scratch_folder
from gleanery.infra.storage import StorageError, Store
from gleanery.tasks.release.manifest import Manifest
from gleanery.tasks.release.published import LATEST, read_manifest

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, HfApi

TOKEN = "HF_TOKEN"
_KIND = "dataset"


class HubConfig(Config):
    """Where releases are pushed to. The token comes from the environment (HF_TOKEN) alone."""

    repository: str = Field(
        "",
        pattern=r"^$|^[\w.-]+/[\w.-]+$",
        description="Dataset on the Hugging Face Hub, as owner/name; empty pushes nothing.",
    )
    private: bool = Field(
        True, description="Whether only the owner may see it. A public one is never hidden again."
    )


class PushError(RuntimeError):
    """The Hub did not take the release; what it had before is still there."""


def push_to_hub(
    store: Store, config: HubConfig, version: str = LATEST, endpoint: str | None = None
) -> str:
    """Return the address of a release on the Hub, after it has been pushed there.

    Shards of the release that was there before are removed in the same commit, and the commit is
    tagged with the version. Disk holds one shard at a time. Raises `PushError` without a token,
    without a network, where the Hub refuses, or where a dataset that should be private is public.
    """
    from huggingface_hub import HfApi

    if not config.repository:
        raise PushError("no repository to push to: set `repository` to owner/name")
    manifest = read_manifest(store, version)
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise PushError(f"no token to push with: set {TOKEN} to one that may write datasets")
    api = HfApi(endpoint=endpoint, token=token)
    try:
        return _push(api, store, config, manifest)
    except (PushError, StorageError):
        raise
    # The client's own errors, one as a RuntimeError around them, and ValueErrors of its checks.
    except _errors() as error:
        cause = error.__cause__ if isinstance(error, RuntimeError) and error.__cause__ else error
        raise PushError(_told(cause, api, config, store.uri(manifest.folder))) from error


def push_once(store: Store, config: HubConfig, version: str, endpoint: str | None = None) -> str:
    """Do as `push_to_hub` does, unless this store has noted that the release is there.

    So a push that failed is made up for by the next run, whether or not it makes a new release.
    """
    note = f"releases/pushed/{config.repository}/{version}.json"
    if store.exists(note):
        return str(orjson.loads(store.read(note))["address"])
    address = push_to_hub(store, config, version, endpoint)
    store.write(note, orjson.dumps({"address": address}))
    return address


def _told(error: BaseException, api: "HfApi", config: HubConfig, folder: str) -> str:
    from huggingface_hub.errors import HfHubHTTPError

    said = str(error).strip().partition("\n")[0]
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code if error.response is not None else "no status"
        return (
            f"the Hub answered {status} for {config.repository}: {said}. May the token in {TOKEN} "
            "write there?"
        )
    if isinstance(error, _no_network()):
        return (
            f"cannot reach the Hub at {api.endpoint}: {said}. The release stands in {folder}; push "
            "it again when there is a network"
        )
    return f"the Hub did not take the release for {config.repository}: {said}"


def _push(api: "HfApi", store: Store, config: HubConfig, manifest: Manifest) -> str:
    from huggingface_hub import CommitOperationDelete

    name = config.repository
    api.create_repo(name, repo_type=_KIND, private=config.private, exist_ok=True)
    if config.private and not api.repo_info(name, repo_type=_KIND).private:
        raise PushError(
            f"{name} is public and this release is to be private: make it private on the Hub, or "
            "set `private` to false"
        )
    ours = {file.path for file in manifest.files}
    there = api.list_repo_files(name, repo_type=_KIND)
    old = [path for path in there if path.startswith("data/") and path not in ours]
    with scratch_folder() as folder:
        paths = [*(file.path for file in manifest.files), "manifest.json"]
        added = [_upload(api, name, store, manifest, path, Path(folder)) for path in paths]
        commit = api.create_commit(
            name,
            [*added, *(CommitOperationDelete(path) for path in old)],
            repo_type=_KIND,
            commit_message=f"Release {manifest.version}",
        )
    api.create_tag(name, tag=manifest.version, revision=commit.oid, repo_type=_KIND, exist_ok=True)
    return f"{api.endpoint}/datasets/{name}/tree/{manifest.version}"


def _upload(
    api: "HfApi", name: str, store: Store, manifest: Manifest, path: str, folder: Path
) -> "CommitOperationAdd":
    """Return a file as the commit takes it; a large one is at the Hub already, and not here."""
    from huggingface_hub import CommitOperationAdd

    local = folder / path.replace("/", "-")
    with _opened(store, f"{manifest.folder}/{path}", local) as file:
        operation = CommitOperationAdd(path_in_repo=path, path_or_fileobj=str(file))
        api.preupload_lfs_files(name, [operation], repo_type=_KIND)
        if operation.path_or_fileobj != b"":  # small: it travels in the commit itself
            operation = CommitOperationAdd(path_in_repo=path, path_or_fileobj=file.read_bytes())
        return operation


@contextlib.contextmanager
def _opened(store: Store, path: str, local: Path) -> Iterator[Path]:
    """Yield a copy of a stored object on this machine's disk, which goes with the block."""
    try:
        try:
            with (
                fsspec.open(store.uri(path), "rb", **store.options) as source,
                local.open("wb") as copy,
            ):
                shutil.copyfileobj(source, copy, 1 << 20)
        except OSError as error:
            raise StorageError(f"cannot read {store.uri(path)}: {error}") from error
        yield local
    finally:
        local.unlink(missing_ok=True)


def _errors() -> tuple[type[Exception], ...]:
    return (OSError, RuntimeError, ValueError, *_no_network())


def _no_network() -> tuple[type[Exception], ...]:
    """Return what the Hub's client raises where it gets no answer."""
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    clients_own = HfHubHTTPError.__bases__[0]  # of which HTTP client, differs between versions
    return (clients_own, OfflineModeIsEnabled)
