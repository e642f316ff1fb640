"""A harvest of a few pages in several batches, and a dataset of it that makes releases."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from gleanery.deployments.trace_stores import newest_receipts
from gleanery.infra.digests import digest
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.curation.candidates_part import SourcePart, gather_candidates
from gleanery.tasks.dataset_records import Candidate, Duplicate
from gleanery.tasks.recall.batches import read_batches, seal_batch
from gleanery.tasks.recall.dedup_stage import dedup_batch
from gleanery.tasks.recall.source_files import SourceFile
from gleanery.tasks.records import Document, QAPair, RefinedPair
from gleanery.tasks.release.card_facts import CardFacts
from gleanery.tasks.release.forgotten_pages import forgotten_now
from gleanery.tasks.release.forgotten_rows import forgotten_rows
from gleanery.tasks.release.publish import ReleaseFacts, publish
from gleanery.tasks.release.published import newest_release
from gleanery.tasks.release.rows import released_row
from gleanery.tasks.release.rows_shards import ReleaseShards
from gleanery.tasks.stage_inputs import kept_documents
from gleanery.tasks.urls import registered_domain

UNREFINED = "unrefined"  # a page with this word has a pair that no refiner writes again


class TracedWeb:
    """The stores below a root: the harvest "web" and the dataset "lessons"."""

    def __init__(self, root: Path, stage: str = "refine") -> None:
        self.harvest, self.dataset = Store(f"{root}/web"), Store(f"{root}/lessons")
        self.stage = stage

    def recall(self, *pages: tuple[str, str]) -> None:
        """Take in a batch of pages of address and text, through all stages of the harvest."""
        file = SourceFile(uri=f"s3://crawl/{len(read_batches(self.harvest))}", etag="1", size=1)
        batch = seal_batch(self.harvest, [file], 1, 1)
        assert batch
        [part] = [part.name for part in batch.parts]
        documents = [_document(*page, file.uri, number) for number, page in enumerate(pages)]
        self.commit(self.harvest, "recall", part, documents, Document)
        parts = Parts(self.harvest)
        others = [one for one in read_batches(self.harvest) if one.number != batch.number]
        dedup_batch(parts, batch, others)
        pairs = [_pair(document) for document in kept_documents(parts, part)]
        self.commit(self.harvest, "extract", part, pairs, QAPair)
        refined = [_refined(pair) for pair in pairs if UNREFINED not in pair.question]
        lost = [
            Loss(row_id=pair.id, reason="refusal", detail="I cannot help with that")
            for pair in pairs
            if UNREFINED in pair.question
        ]
        self.commit(self.harvest, "refine", part, refined, RefinedPair, lost)
        gather_candidates(Parts(self.dataset), SourcePart("web", self.harvest, self.stage, part))

    def candidates(self) -> list[Candidate]:
        parts = Parts(self.dataset)
        receipts = newest_receipts(self.dataset, "candidates").values()
        return [row for receipt in receipts for row in parts.rows(receipt, Candidate)]

    def near(self, copy: str, kept: str) -> None:
        """Have curation say that two addresses show nearly the same page."""
        of = {row.url: row.id for row in self.candidates()}
        row = Duplicate(
            id=of[copy], kept_id=of[kept], kind="near", level="document", similarity=0.9
        )
        self.commit(self.dataset, "duplicates", "all", [row], Duplicate)

    def release(self) -> str:
        """Publish what is not forgotten, as the flow does; return the version."""
        receipts = [newest_receipts(self.dataset, stage) for stage in ("candidates", "duplicates")]
        gone = forgotten_rows(
            self.dataset,
            [*receipts[0].values()],
            [*receipts[1].values()],
            forgotten_now(self.dataset, [self.harvest]),
        )
        with ReleaseShards([]) as shards:
            shards.extend(
                released_row(row, "train") for row in self.candidates() if row.id not in gone
            )
            shards.close()
            facts = ReleaseFacts(name="lessons", card=CardFacts(title="Lessons"))
            made = publish(self.dataset, shards, facts, b"report", newest_release(self.dataset))
        return made.manifest.version

    def commit(
        self,
        store: Store,
        stage: str,
        part: str,
        rows: Sequence[BaseModel],
        kind: type[BaseModel],
        rejected: Iterable[Loss] = (),
    ) -> Receipt:
        lost = [*rejected]
        outcome: Outcome[Any] = Outcome(rows, lost, [], len(rows) + len(lost))
        plan = Plan(stage=stage, version=1, part=part, inputs=(), decides={})
        parts = Parts(store)
        return parts.commit(plan, outcome, kind, time.monotonic(), parts.newest(stage, part))


def pair_id(url: str, text: str) -> str:
    return digest(["pair", _document(url, text, "", 0).id])


def _document(url: str, text: str, archive: str, number: int) -> Document:
    return Document(
        id=digest([url, text]),
        url=url,
        domain=registered_domain(url),
        title="Sheet",
        text=text,
        date="2026-01-02",
        source=archive,
        offset=number,
        record_id="",
        licence="CC-BY-4.0",
        score=1.0,
        subject="physics",
        site_kind="education",
        markup_pairs=[],
    )


def _pair(document: Document) -> QAPair:
    return QAPair(
        id=digest(["pair", document.id]),
        document_id=document.id,
        url=document.url,
        domain=document.domain,
        subject="physics",
        site_kind="education",
        licence="",
        question=f"What does {document.text} say?",
        answer=document.text,
        question_spans=[],
        answer_spans=[],
        origin="markup",
        request_key="",
        model="",
        prompt="",
    )


def _refined(pair: QAPair) -> RefinedPair:
    own = pair.model_dump(include={"document_id", "url", "domain", "subject", "site_kind"})
    return RefinedPair(
        **own,
        id=digest([pair.id, "editor"]),
        pair_id=pair.id,
        licence="",
        question=pair.question,
        answer=f"It says: {pair.answer}",
        original_question=pair.question,
        original_answer=pair.answer,
        outcome="improved",
        correction="",
        refiner="editor",
        request_key="k",
        model="editor",
        prompt="p",
    )
