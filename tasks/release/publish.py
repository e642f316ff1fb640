"""Publishing a release: all its files first, the manifest then, and the commit that makes it one.

A version is named after what it holds, so that whoever writes a file of it writes the same bytes;
a run after a kill finds what is there already. The commit is created under the version's number
alone: of two runs, one makes that release, and both go on with it.
"""

import datetime
import hashlib
import importlib.metadata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from gleanery.infra.digests import digest
from gleanery.infra.scratch import scratch_folder
from gleanery.infra.storage import Store
from gleanery.tasks.release.card import CardFacts, render_card
from gleanery.tasks.release.curation_facts import CurationFacts
from gleanery.tasks.release.manifest import (
    Changes,
    Manifest,
    ReleaseFile,
    ReleaseInput,
    version_name,
)
from gleanery.tasks.release.published import (
    COMMITTED,
    POINTER,
    Commit,
    leftovers,
    newest_release,
    read_commits,
    read_manifest,
)
from gleanery.tasks.release.rows_shards import ReleaseShards


@dataclass(frozen=True)
class ReleaseFacts:
    """What a release says of itself beside its rows.

    - `name`: the dataset pipeline's.
    - `card`: what the card says that is not counted from the rows.
    - `recipe`: the configuration that chose the rows, as JSON.
    - `inputs`: the parts that it was made from.
    - `left_out`: how many rows curation left out, by reason.
    - `curation`: what was looked for in the rows, and what became of it.
    - `changes`: against `previous`, see `changes_since`; `None` for the first release.
    """

    name: str
    card: CardFacts
    recipe: Mapping[str, Any] = field(default_factory=dict)
    inputs: Sequence[ReleaseInput] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    curation: CurationFacts = field(default_factory=CurationFacts)
    changes: Changes | None = None


@dataclass(frozen=True)
class Published:
    """The release that counts; `fresh` is whether this run made it."""

    manifest: Manifest
    fresh: bool


def publish(
    store: Store,
    shards: ReleaseShards,
    facts: ReleaseFacts,
    report: bytes,
    previous: Manifest | None,
) -> Published:
    """Return the release of these rows, which are closed; `report` is its page as HTML.

    `previous` is the newest release as it was when the work began: where its rows are the same,
    and what is said of their curation, it stands and nothing is written. Where another
    run has published since, that one's release is returned, and what was written here is removed;
    the next run compares with it.
    """
    if previous is not None and previous.says_the_same(shards.row_digest, facts.curation):
        settle(store)
        return Published(previous, fresh=False)
    newest = newest_release(store)
    if newest is not None and (previous is None or newest.number > previous.number):
        settle(store)
        return Published(newest, fresh=False)
    commits = read_commits(store, last=1)
    number = commits[-1].number + 1 if commits else 1  # a withdrawn release keeps its number
    with scratch_folder() as folder:
        manifest, files = _draft(shards, facts, report, number, previous, Path(folder))
        for file in manifest.files:
            _store_file(store, f"{manifest.folder}/{file.path}", files[file.path], file.size)
    store.create(f"{manifest.folder}/manifest.json", _json(manifest.model_dump(mode="json")))
    counts = _commit(store, manifest)
    if counts.version != manifest.version:
        for info in store.list(manifest.folder):
            store.delete(info.path)
    settle(store)
    return Published(read_manifest(store, counts.version), counts.writer == manifest.writer)


def settle(store: Store) -> None:
    """Move the pointer to the newest release, and remove what killed runs have left behind."""
    while commits := read_commits(store, last=1):
        newest = commits[-1]
        if _pointed_at(store) >= newest.number:
            break
        # A slower run may set an older number behind us: it looks again, as we do.
        store.write(
            POINTER,
            _json(
                {
                    "version": newest.version,
                    "number": newest.number,
                    "manifest": f"{newest.version}/manifest.json",
                }
            ),
        )
    for path in leftovers(store):
        store.delete(path)


def _draft(
    shards: ReleaseShards,
    facts: ReleaseFacts,
    report: bytes,
    number: int,
    previous: Manifest | None,
    folder: Path,
) -> tuple[Manifest, dict[str, Path]]:
    """Return the manifest, and where each file lies on this machine's disk."""
    core = {
        "name": facts.name,
        "number": number,
        "previous": previous.version if previous else "",
        "row_digest": shards.row_digest,
        "gleanery": importlib.metadata.version("gleanery"),
        "rows": shards.counts,
        "score_columns": shards.score_columns,
        "left_out": dict(sorted(facts.left_out.items())),
        "recipe": facts.recipe,
        "curation": facts.curation,
        "inputs": list(facts.inputs),
        "changes": facts.changes,
    }
    unnamed = Manifest.model_validate(
        core | {"version": "", "content_digest": "", "files": shards.files} | _BY_NOBODY
    )
    files = {file.path: shards.local(file) for file in shards.files}
    for name, data in {
        "README.md": render_card(unnamed, facts.card).encode(),
        "report.html": report,
    }.items():
        files[name] = folder / name
        files[name].write_bytes(data)
    listed = [
        *shards.files,
        *(_described(path) for path in (files["README.md"], files["report.html"])),
    ]
    whole = unnamed.model_copy(update={"files": listed})
    content = digest(whole.model_dump(mode="json", exclude=_NOT_CONTENT))
    named = {
        "version": version_name(number, content),
        "content_digest": content,
        "created": _now(),
        "writer": uuid.uuid4().hex,
    }
    return whole.model_copy(update=named), files


_BY_NOBODY = {"created": "", "writer": ""}
_NOT_CONTENT = {"version", "content_digest", "created", "writer"}


def _described(path: Path) -> ReleaseFile:
    data = path.read_bytes()
    return ReleaseFile(path=path.name, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def _store_file(store: Store, path: str, local: Path, size: int) -> None:
    """Store a file unless it is there: objects are whole, and the version's name says which."""
    if not any(info.path == path and info.size == size for info in store.list(path)):
        store.write_file(path, local)


def _commit(store: Store, manifest: Manifest) -> Commit:
    """Return the commit that counts under this number: ours, or of whoever was first."""
    path = f"{COMMITTED}/{manifest.number:04d}.json"
    commit = Commit(
        number=manifest.number,
        version=manifest.version,
        created=manifest.created,
        writer=manifest.writer,
    )
    if store.create(path, _json(commit.model_dump(mode="json"))):
        return commit
    return Commit.model_validate(orjson.loads(store.read(path)))


def _pointed_at(store: Store) -> int:
    try:
        return int(orjson.loads(store.read(POINTER))["number"])
    except FileNotFoundError:
        return 0


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
