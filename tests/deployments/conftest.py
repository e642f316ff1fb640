"""A finished pipeline, committed row by row, without running a flow."""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from pydantic import BaseModel

from gleanery.infra.digests import digest
from gleanery.infra.journal import Journal, journal_folder
from gleanery.infra.llm.protocol import Completion
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt, Usage
from gleanery.infra.storage import Store
from gleanery.tasks.recall.batches import seal_batch
from gleanery.tasks.recall.classifier import ClassifierConfig, train_classifier
from gleanery.tasks.recall.domains import DomainVerdict
from gleanery.tasks.recall.source_files import SourceFile
from gleanery.tasks.records import Document, KeptDocument, QAPair, RefinedPair, Span

sys.path.insert(0, str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1] / "flows"))  # harvested.py

TEXT = (
    "Menu Home About\n\nKinematics, sheet 3. A trolley of 3 kg at 4 m/s hits one of 1 kg at rest "
    "and sticks to it. What is their speed?\n\nHints are on page 4. \x1b[2JAns: 3 m/s\n\nFooter"
)
QUESTION = (
    "A trolley of 3 kg at 4 m/s hits one of 1 kg at rest and sticks to it. What is their speed?"
)


def span(text: str) -> Span:
    start = TEXT.index(text)
    return Span(start=start, end=start + len(text))


def make_document(number: int = 0) -> Document:
    return Document(
        id=digest(["document", number]),
        url=f"https://physics.example/sheet/{number}",
        domain="physics.example",
        title="Sheet 3",
        text=TEXT,
        date="2026-01-02",
        source="s3://crawl/CC-1.warc.gz",
        offset=4711 + number,
        record_id="<urn:uuid:1>",
        licence="https://creativecommons.org/licenses/by/4.0/",
        score=0.875,
        subject="physics",
        site_kind="education",
        markup_pairs=[],
    )


def make_pair(number: int = 0) -> QAPair:
    return QAPair(
        id=digest(["pair", number]),
        document_id=make_document(number).id,
        url=make_document(number).url,
        domain="physics.example",
        subject="physics",
        site_kind="education",
        licence="",
        question=QUESTION,
        answer="3 m/s",
        question_spans=[span(QUESTION)],
        answer_spans=[span("3 m/s")],
        origin="llm",
        request_key=f"extract-request-{number}",
        model="finder",
        prompt="prompt-of-extraction",
    )


def make_refined(number: int = 0, refiner: str = "editor", answer: str = "$3$ m/s") -> RefinedPair:
    pair = make_pair(number)
    return RefinedPair(
        id=digest([pair.id, refiner]),
        pair_id=pair.id,
        document_id=pair.document_id,
        url=pair.url,
        domain=pair.domain,
        subject=pair.subject,
        site_kind=pair.site_kind,
        licence=pair.licence,
        question=QUESTION,
        answer=f"Momentum is kept: {answer}",
        original_question=QUESTION,
        original_answer="3 m/s",
        outcome="improved" if refiner == "editor" else "corrected",
        correction="" if refiner == "editor" else "the unit was missing",
        refiner=refiner,
        request_key=f"refine-request-{number}-{refiner}",
        model=refiner,
        prompt="prompt-of-refinement",
    )


class Pipeline:
    """One pipeline's store, and a way to commit any stage's part."""

    def __init__(self, root: Path, name: str) -> None:
        self.store = Store(f"{root}/{name}")
        self.parts = Parts(self.store)

    document = staticmethod(make_document)
    pair = staticmethod(make_pair)
    refined = staticmethod(make_refined)

    def commit(
        self,
        stage: str,
        part: str,
        rows: Sequence[BaseModel],
        row_type: type[BaseModel],
        inputs: Sequence[Receipt] = (),
        rejected: Sequence[Loss] = (),
        failed: Sequence[Loss] = (),
        usage: Usage | None = None,
        decides: dict[str, Any] | None = None,
        notes: dict[str, Any] | None = None,
    ) -> Receipt:
        plan = Plan(
            stage=stage,
            version=1,
            part=part,
            inputs=tuple(
                Input(stage=r.stage, part=r.part, row_digest=r.row_digest) for r in inputs
            ),
            decides=decides or {},
        )
        outcome: Outcome[Any] = Outcome(
            rows=rows,
            rejected=rejected,
            failed=failed,
            rows_in=len(rows) + len(rejected) + len(failed),
            usage=usage or Usage(),
            notes=notes or {},
        )
        newest = self.parts.newest(stage, part)
        return self.parts.commit(plan, outcome, row_type, time.monotonic(), newest)

    def keep_answers(self, stage: str, part: str, keys: Sequence[str]) -> None:
        async def keep() -> None:
            folder = journal_folder(stage, part)
            async with Journal(self.store, folder, self.parts.writer) as journal:
                for key in keys:
                    await journal.add(Completion(key, "{}", "stop", 1234, 56, "finder"))

        asyncio.run(keep())


@pytest.fixture
def pipeline(tmp_path: Path) -> Callable[..., Pipeline]:
    """Return a function that makes a finished pipeline below `tmp_path`, one part per number."""

    def make(
        name: str = "harvest", documents: int = 1, refiners: Sequence[str] = ("editor",)
    ) -> Pipeline:
        made = Pipeline(tmp_path, name)
        files = [
            SourceFile(uri=f"s3://crawl/CC-{n}.warc.gz", etag="1", size=9) for n in range(documents)
        ]
        policy = _commit_policy(made)
        batch = seal_batch(made.store, files, policy.generation, 1)
        assert batch
        for number, part in enumerate(batch.parts):
            _commit_part(made, part.name, number, refiners, policy)
        return made

    return make


def _commit_policy(made: Pipeline, threshold: float = 0.62) -> Receipt:
    verdict = DomainVerdict(
        key="physics.example",
        domain="physics.example",
        documents=12,
        approved=True,
        kind="education",
        reason="sheets with solutions",
        request_key="judge-request",
        model="judge",
        prompt="p",
    )
    judged = made.commit("judge-sites", "round-1", [verdict], DomainVerdict)
    made.keep_answers("judge-sites", "round-1", ["judge-request"])
    notes = {
        "classifier": "classifiers/1.zip",
        "threshold": threshold,
        "approved_threshold": threshold,
        "prefilter": None,
    }
    return made.commit("policy", "policy", [verdict], DomainVerdict, inputs=[judged], notes=notes)


def _commit_part(
    made: Pipeline, part: str, number: int, refiners: Sequence[str], policy: Receipt
) -> None:
    document, pair = make_document(number), make_pair(number)
    low = Loss(row_id="other", reason="below_threshold", detail="score 0.1")
    recalled = made.commit(
        "recall", part, [document], Document, rejected=[low, low], decides={"policy": policy.key}
    )
    kept = KeptDocument(document_id=document.id, part=part, url_key="u", text_key="t")
    deduplicated = made.commit("dedup", part, [kept], KeptDocument, inputs=[recalled])
    usage = Usage(sent=1, prompt_tokens=1234, completion_tokens=56, cost=0.5)
    extracted = made.commit(
        "extract",
        part,
        [pair],
        QAPair,
        inputs=[deduplicated],
        usage=usage,
        decides={"model": ["finder", "r1"], "config": {"chunk_characters": 12000}},
    )
    made.keep_answers("extract", part, [pair.request_key])
    refined = [make_refined(number, refiner) for refiner in refiners]
    made.commit("refine", part, refined, RefinedPair, inputs=[extracted], usage=usage)
    made.keep_answers("refine", part, [row.request_key for row in refined])


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a folder with two JSONL files of 20 pages each; every page holds one pair."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for file in range(2):
        pages = [_page(20 * file + number) for number in range(20)]
        lines = b"".join(orjson.dumps(page) + b"\n" for page in pages)
        (folder / f"pages-{file}.jsonl").write_bytes(lines)
    return folder


def _page(number: int) -> dict[str, str]:
    body = (
        f"Lecture notes, sheet {number}. Every exercise is solved below; read the theory first, "
        "and try each one yourself before you look at the solution that follows it.\n\n"
        f"Question: A car drives {60 + number} km in one hour at a steady speed. How fast is it?\n"
        f"Answer: It covers {60 + number} km in each hour, so its speed is {60 + number} km/h.\n\n"
        "Speed is distance over time. More sheets are in the archive of the course."
    )
    return {"url": f"https://course-{number}.example/sheet", "text": body}


@pytest.fixture
def config_file(tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a configuration over `corpus`, its root below `tmp_path`; its model answers nobody."""
    monkeypatch.setenv("GLEANERY_ROOT", str(tmp_path))
    monkeypatch.setenv("GLEANERY_WORKERS", "2")
    config = {
        "name": "harvest",
        "source": {"format": "jsonl", "paths": [str(corpus)]},
        "recall": {"min_characters": 50},
        "engine": {
            "model": "stub-model",
            "base_urls": ["http://127.0.0.1:9/v1"],
            "price_per_million_prompt_tokens": 2,
            "price_per_million_completion_tokens": 10,
        },
    }
    path = tmp_path / "harvest.yaml"
    path.write_text(yaml.safe_dump(config))
    return path


@pytest.fixture
def policy(tmp_path: Path) -> Receipt:
    """Return the receipt of a recall policy in the pipeline "harvest" that keeps every page."""
    made = Pipeline(tmp_path, "harvest")
    examples = [[f"{word} {n} and more of it" for n in range(20)] for word in ("solved", "basket")]
    config = ClassifierConfig(dim=4, epoch=1, bucket=1000, min_count=1)
    made.store.write("classifiers/1.zip", train_classifier(*examples, config).to_bytes())
    return _commit_policy(made, threshold=0.0)
