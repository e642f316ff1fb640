"""Rows of a small release, the same each time; also a store that kills who publishes them."""

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.records import Call, ChatMessage, Score, Span
from gleanery.tasks.release.card_facts import CardFacts
from gleanery.tasks.release.curation_facts import CurationFacts
from gleanery.tasks.release.manifest import ReleaseInput
from gleanery.tasks.release.publish import Published, ReleaseFacts, publish
from gleanery.tasks.release.published import newest_release
from gleanery.tasks.release.published_changes import changes_since
from gleanery.tasks.release.rows import ReleasedRow, released_row
from gleanery.tasks.release.rows_shards import ReleaseShards, ShardLimits

REPORT = b"<!doctype html><title>report</title>"
SMALL = ShardLimits(shard_bytes=16 << 10, group_bytes=16 << 10)


def candidate(number: int, answer: str = "", **changes: Any) -> Candidate:
    """Return the example of a number: even ones are harvested, odd ones from a taxonomy."""
    harvested = number % 2 == 0
    question = f"A train covers {number * 60} km in {number} hours. How fast is it, and why?"
    words = " ".join(f"{number * k % 997:03d}" for k in range(60))
    values: dict[str, Any] = {
        "id": f"row-{number:05d}",
        "pipeline": "web" if harvested else "glan",
        "method": "harvest" if harvested else "taxonomy",
        "part": f"part-{number % 3}",
        "origin": f"origin-{number // 2}",
        "plan_id": "" if harvested else f"plan-{number}",
        "document_id": f"page-{number}" if harvested else "",
        "url": f"https://school.example/{number}" if harvested else "",
        "domain": "school.example" if harvested else "",
        "site_kind": ("education" if number % 4 else "forum") if harvested else "",
        "licence": "CC BY-SA 4.0" if harvested else "",
        "date": "2026-01-02" if harvested else "",
        "subject": "physics" if number % 3 else "mathematics",
        "strategy": "",
        "nodes": [] if harvested else ["node-1"],
        "labels": [] if harvested else ["Kinematics"],
        "split": "train",
        "messages": [
            ChatMessage(role="user", content=question),
            ChatMessage(role="assistant", content=answer or f"60 km/h. Steps: {words}"),
        ],
        "original": [],
        "calls": [Call(step="refine", model="writer", prompt="ab" * 16, request_key=f"k{number}")],
        "scores": [] if harvested else [Score(name="agreement", value=0.5, detail="of 4 answers")],
        "archive": "s3://crawl/a.warc.gz" if harvested else "",
        "offset": number * 100 if harvested else -1,
        "question_spans": [Span(start=1, end=9)] if harvested else [],
    }
    return Candidate.model_validate(values | changes)


def judged(row_id: str, value: float, name: str = "correct") -> ExampleScore:
    return ExampleScore(
        id=row_id,
        scorer="judge",
        name=name,
        value=value,
        detail="checks out",
        model="judge-model",
        prompt="cd" * 16,
        request_key=f"j-{row_id}",
    )


def rows(
    count: int, answers: dict[int, str] | None = None, start: int = 0
) -> Iterator[ReleasedRow]:
    """Yield rows; every tenth is for validation. `answers` replaces some by number."""
    for number in range(start, count):
        made = candidate(number, (answers or {}).get(number, ""))
        split = "validation" if number % 10 == 0 else "train"
        yield released_row(made, split, [judged(made.id, number % 5 / 4)])


def publish_rows(
    store: Store,
    count: int,
    answers: dict[int, str] | None = None,
    start: int = 0,
    report: bytes = REPORT,
    curation: CurationFacts | None = None,
) -> Published:
    """Publish rows as a flow does, against the newest release."""
    previous = newest_release(store)
    with ReleaseShards(SMALL) as shards:
        shards.extend(rows(count, answers, start))
        shards.close()
        changes = changes_since(store, previous, shards.index) if previous else None
        facts = ReleaseFacts(
            name="lessons",
            card=CardFacts(title="Lessons"),
            recipe={"weights": {"web": 1.0}},
            inputs=[
                ReleaseInput(pipeline="web", stage="refine", part="part-0", row_digest="ab" * 16)
            ],
            left_out={"near_duplicate": 4, "leak": 1},
            curation=curation or CurationFacts(),
            changes=changes,
        )
        return publish(store, shards, facts, report, previous)


class KillingStore(Store):
    """A store that kills its process at its `at`-th change, before or after it is made.

    With a delay it does so while the work goes on; the 0th change is the start.
    """

    __slots__ = ("after", "at", "changes", "delay_s")

    def arm(self, at: int, after: bool, delay_s: float = 0) -> None:
        self.at, self.after, self.delay_s, self.changes = at, after, delay_s, 0
        if at == 0:
            self.kill()

    def kill(self) -> None:
        if self.delay_s:
            timer = threading.Timer(self.delay_s, os.kill, (os.getpid(), signal.SIGKILL))
            timer.daemon = True
            timer.start()
        else:
            os.kill(os.getpid(), signal.SIGKILL)

    def _keep_trying(self, verb: str, path: str, action: Any) -> Any:
        if verb not in {"write", "create", "delete"}:
            return Store._keep_trying(self, verb, path, action)
        self.changes += 1
        if self.changes == self.at and not self.after:
            self.kill()
        result = Store._keep_trying(self, verb, path, action)
        if self.changes == self.at and self.after:
            self.kill()
        return result
