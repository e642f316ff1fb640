"""A harvest's store as a finished run leaves it, written by hand: pages, pairs, refined pairs."""

import orjson

from gleanery.infra.digests import digest
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan
from gleanery.infra.storage import Store
from gleanery.tasks.page_keys import address_key, text_key
from gleanery.tasks.recall.batches import Batch, BatchPart
from gleanery.tasks.records import Document, KeptDocument, QAPair, Record, RefinedPair, Span
from gleanery.tasks.stage_inputs import DEDUP, EXTRACT, RECALL, REFINE

Page = tuple[str, str, list[tuple[str, str]]]  # address, licence, questions with their answers

PLACES = ("Riga", "Cork", "Basel", "Lima", "Osaka", "Perth", "Turin", "Accra", "Bergen", "Quito")
TRADES = ("baker", "weaver", "glazier", "cooper", "farrier", "potter", "tanner", "dyer", "miller")
GOODS = ("loaves", "shawls", "windows", "barrels", "horseshoes", "bowls", "saddles", "ribbons")


def pair(number: int) -> tuple[str, str]:
    """Return a question and its answer; no two numbers' are alike in their words."""
    place, other = PLACES[number % 10], PLACES[(number // 10 + 3) % 10]
    trade, goods = TRADES[number % 9], GOODS[(number // 9) % 8]
    each, days = 3 + number % 17, 2 + number % 13
    question = (
        f"A {trade} from {place} makes {each} {goods} a day and sells them in {other} at the end "
        f"of {days} days. How many {goods} does the {trade} bring to {other}, and why is that so?"
    )
    answer = (
        f"Each of the {days} days gives {each} {goods}, so the {trade} brings {each} times {days}, "
        f"which is {each * days} {goods}, from {place} to {other}."
    )
    return question, answer


def pages(first: int, count: int, licence: str = "") -> list[Page]:
    """Return pages with two pairs each; pages of different numbers share nothing."""
    return [
        (
            f"https://site-{number % 4}.example/page/{number}",
            licence,
            [pair(2 * number), pair(2 * number + 1)],
        )
        for number in range(first, first + count)
    ]


def write_batch(store: Store, number: int, pages: list[Page], refined: bool = True) -> str:
    """Write a sealed batch of one part with these pages through all stages; return its name."""
    name = f"{number:06d}-0000-{digest([page[0] for page in pages])[:8]}"
    batch = Batch(
        number=number,
        parts=(BatchPart(name=name, files=()),),
        policy=1,
        previous=number - 1,
        created="2026-01-01T00:00:00+00:00",
        writer="test",
    )
    store.create(f"batches/batch-{number:06d}.json", orjson.dumps(batch.model_dump(mode="json")))
    rows: dict[str, list[Record]] = {RECALL: [], DEDUP: [], EXTRACT: [], REFINE: []}
    for url, licence, pairs in pages:
        _add_page(rows, name, url, licence, pairs)
    types: dict[str, type[Record]] = {
        RECALL: Document,
        DEDUP: KeptDocument,
        EXTRACT: QAPair,
        REFINE: RefinedPair,
    }
    parts = Parts(store)
    for stage, made in rows.items():
        if stage == REFINE and not refined:
            continue
        plan = Plan(stage=stage, version=1, part=name, inputs=(), decides={"rows": len(made)})
        newest = parts.newest(stage, name)
        parts.commit(plan, Outcome(made, [], [], len(made)), types[stage], 0.0, newest)
    return name


def _add_page(
    rows: dict[str, list[Record]], part: str, url: str, licence: str, pairs: list[tuple[str, str]]
) -> None:
    text = "\n".join(f"{question}\n{answer}" for question, answer in pairs)
    domain = url.split("/")[2]
    document_id = digest([url, text])
    rows[RECALL].append(
        Document(
            id=document_id,
            url=url,
            domain=domain,
            title="Sheet",
            text=text,
            date="2026-01-02",
            source="s3://crawl/one.warc.gz",
            offset=17,
            record_id="<urn:uuid:1>",
            licence=licence,
            score=0.9,
            subject="maths",
            site_kind="education",
            markup_pairs=[],
        )
    )
    rows[DEDUP].append(
        KeptDocument(
            document_id=document_id, part=part, url_key=address_key(url), text_key=text_key(text)
        )
    )
    for question, answer in pairs:
        found = _found(rows[RECALL][-1], question, answer)
        rows[EXTRACT].append(found)
        rows[REFINE].append(_refined(found))


def _found(page: Record, question: str, answer: str) -> QAPair:
    assert isinstance(page, Document)
    start, said = page.text.index(question), page.text.index(answer)
    pair_id = digest([page.id, question])
    return QAPair(
        id=pair_id,
        document_id=page.id,
        url=page.url,
        domain=page.domain,
        subject=page.subject,
        site_kind=page.site_kind,
        licence=page.licence,
        question=question,
        answer=answer,
        question_spans=[Span(start=start, end=start + len(question))],
        answer_spans=[Span(start=said, end=said + len(answer))],
        origin="llm",
        request_key=digest([pair_id, "extract"]),
        model="stub-model",
        prompt="extract",
    )


def _refined(found: QAPair) -> RefinedPair:
    same = found.model_dump(
        include={"document_id", "url", "domain", "subject", "site_kind", "licence", "question"}
    )
    return RefinedPair(
        **same,
        id=digest([found.id, "refined"]),
        pair_id=found.id,
        answer=f"{found.answer} The days are all alike.",
        original_question=found.question,
        original_answer=found.answer,
        outcome="improved",
        correction="",
        refiner="stub-model",
        request_key=digest([found.id, "refine"]),
        model="stub-model",
        prompt="refine",
    )
