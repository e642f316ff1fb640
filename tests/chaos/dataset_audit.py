"""Whether what a dataset left is sound: its parts, the judges' answers in them, its releases."""

import hashlib
import json
from typing import Any

from pipeline_audit import ROWS, check_receipts, journalled, newest_receipts

from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.release.manifest import Manifest
from gleanery.tasks.release.published import (
    POINTER,
    list_releases,
    newest_release,
    read_manifest,
    released_rows,
)
from gleanery.tasks.scoring.judge_answer import read_grades

SCORED = ("heuristics", "agreement", "judgements")


def check_dataset(store: Store) -> None:
    """Fail unless a dataset is whole: parts, answers, and all releases with nothing beside them."""
    check_receipts(store)
    check_every_candidate_has_an_end(store)
    check_rows_are_the_answers(store)
    check_releases(store)
    check_nothing_else_is_released(store)
    manifest, selected = read_manifest(store), newest_receipts(store)["selection", "all"]
    chosen = [row.id for row in Parts(store).rows(selected, ROWS["selection"])]
    assert sorted(row.id for row in released_rows(store)) == sorted(chosen)
    assert manifest.left_out == selected.rejected


def check_every_candidate_has_an_end(store: Store) -> None:
    """Fail unless each candidate is selected once or lost once, and no row of a stage is double."""
    parts, newest = Parts(store), newest_receipts(store)
    candidates: list[str] = []
    for (stage, part), receipt in newest.items():
        rows = parts.rows(receipt, ROWS[stage]) if stage in ROWS else []
        if stage == "candidates":
            candidates += [row.id for row in rows]
        keys = [_key(stage, row) for row in rows]
        assert len(keys) == len(set(keys)), f"{stage}/{part} holds a row twice"
    selection = newest["selection", "all"]
    ended = [row.id for row in parts.rows(selection, ROWS["selection"])]
    ended += [loss.row_id for loss in parts.losses(selection)]
    assert sorted(ended) == sorted(candidates)


def _key(stage: str, row: Any) -> tuple[str, ...]:
    if stage in SCORED:
        return (row.id, row.scorer, row.name)
    if stage in ("leaks", "paraphrases"):
        return (row.id, row.benchmark, row.item_id, row.side, str(row.start))
    if stage == "duplicates":
        return (row.id, row.kind, row.level)
    return (row.digest,) if stage == "vector-model" else (row.id,)


def check_rows_are_the_answers(store: Store) -> None:
    """Fail unless every verdict is what the kept answer says, and every judgement is used."""
    parts = Parts(store)
    answers = {key: answer.text for (_, key), answer in journalled(store).items()}
    used: set[str] = set()
    for (stage, _), receipt in newest_receipts(store).items():
        if stage not in ("judgements", "paraphrases"):
            continue
        for row in parts.rows(receipt, ROWS[stage]):
            used.add(row.request_key)
            if stage == "judgements":
                grade = read_grades(answers[row.request_key])[row.name]
                assert (row.value, row.detail) == (grade.value, grade.reason)
            else:
                told = json.loads(answers[row.request_key])
                assert row.reason in [said["reason"] for said in told.values() if said["same"]]
    kept = {key for folder, key in journalled(store) if folder.startswith("journal/judgements/")}
    assert kept <= used


def check_releases(store: Store) -> list[Manifest]:
    """Fail unless every release is whole and the pointer is at one of them; return all.

    True at any moment, of a store whose runs are killed too.
    """
    pointed = pointer(store)  # before the list: a release that comes meanwhile is in it
    manifests = [check_release(store, version) for version in list_releases(store)]
    assert [manifest.number for manifest in manifests] == list(range(1, len(manifests) + 1))
    assert pointed in (None, *(manifest.version for manifest in manifests))
    return manifests


def pointer(store: Store) -> str | None:
    """Return the version that `latest.json` names, or `None` before the first."""
    try:
        told = json.loads(store.read(POINTER))
    except FileNotFoundError:
        return None
    assert told["manifest"] == f"{told['version']}/manifest.json"
    return str(told["version"])


def check_release(store: Store, version: str) -> Manifest:
    """Fail unless all files of a release are there as its manifest says, its rows readable."""
    manifest = read_manifest(store, version)
    for file in manifest.files:
        data = store.read(f"{manifest.folder}/{file.path}")
        assert hashlib.sha256(data).hexdigest() == file.sha256, f"{version}/{file.path}"
    rows = list(released_rows(store, version))
    assert len(rows) == manifest.rows.total == len({row.id for row in rows})
    return manifest


def check_nothing_else_is_released(store: Store) -> None:
    """Fail unless the newest release is pointed at, and nothing lies beside the releases."""
    newest = newest_release(store)
    assert newest
    assert pointer(store) == newest.version
    expected = {POINTER}
    for version in list_releases(store):
        manifest = read_manifest(store, version)
        expected |= {f"{manifest.folder}/{file.path}" for file in manifest.files}
        expected |= {
            f"{manifest.folder}/manifest.json",
            f"releases/committed/{manifest.number:04d}.json",
        }
    assert {info.path for info in store.list("releases")} == expected


def told(store: Store) -> dict[str, Any]:
    """Return what the newest release says and holds, but when, by whom and under which name.

    The report is not compared: it tells what the runs have cost, and those that were killed count.
    """
    manifest = read_manifest(store)
    named = {"version", "previous", "content_digest", "created", "writer", "files", "changes"}
    data = [file.model_dump() for file in manifest.files if file.path.startswith("data/")]
    changes = manifest.changes.model_dump(exclude={"against"}) if manifest.changes else None
    rows = [row.model_dump() for row in released_rows(store)]
    return manifest.model_dump(exclude=named) | {"data": data, "changes": changes, "rows": rows}


def reasons(store: Store) -> set[str]:
    """Return why candidates were left out."""
    return set(newest_receipts(store)["selection", "all"].rejected)


def candidates_of(store: Store) -> list[Candidate]:
    """Return all candidates."""
    return [
        row
        for (stage, _), receipt in newest_receipts(store).items()
        if stage == "candidates"
        for row in Parts(store).rows(receipt, Candidate)
    ]
