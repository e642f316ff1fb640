"""A released row's lineage: one JSON text, so that a new kind of source changes no column."""

from collections.abc import Iterable

import orjson

from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.records import Call, Record

# The keys of the JSON in the column `lineage`, as the card lists them.
LINEAGE_KEYS = {
    "pipeline": "the pipeline that made the row",
    "part": "the part of its last stage that the row stands in",
    "origin": "the pair or the plan that the row was written from; siblings share it",
    "plan_id": "the plan of a synthesis, drawn before any call; else empty",
    "nodes": "ids of the taxonomy's nodes or of the skills that the row is about",
    "labels": "their names: of a taxonomy the discipline and the subject, then how hard the "
    "question is and its form; of skills the kind of query, then the skills; of a harvest the "
    "page's subject",
    "strategy": "how the row was written",
    "document_id": "the page's id; empty for a synthesis",
    "url": "the page's address",
    "domain": "its site",
    "site_kind": "the kind of that site, as its address and text suggest: education, forum, "
    "documentation, shop, news or other",
    "licence": "the licence that it declares, in its own words",
    "date": "when it was crawled",
    "page": "a digest of its canonical address",
    "page_text": "a digest of its text",
    "archive": "the archive or the table that holds the raw page, if known: its address, or its "
    "path below the folder of a local source",
    "offset": "the record's byte offset there, or the row's number; -1 if not known",
    "question_spans": "where the question stands in the page's text, as [start, end], if known",
    "answer_spans": "where the answer stands there, likewise",
    "calls": "the models' answers that went into the row: step, model, prompt, request_key",
    "scores": "every score with its scorer, name, value, detail, model, prompt, request_key",
}


class Lineage(Record):
    """What the JSON of a row's `lineage` says; `LINEAGE_KEYS` has a sentence for each key."""

    pipeline: str
    part: str
    origin: str
    plan_id: str
    nodes: list[str]
    labels: list[str]
    strategy: str
    document_id: str
    url: str
    domain: str
    licence: str
    date: str
    page: str
    page_text: str
    archive: str
    offset: int
    question_spans: list[tuple[int, int]]
    answer_spans: list[tuple[int, int]]
    calls: list[Call]
    scores: list["LineageScore"]
    site_kind: str = ""  # older releases do not say


class LineageScore(Record):
    """A score as the lineage has it: an `ExampleScore` without the id, which is the row's."""

    scorer: str
    name: str
    value: float
    detail: str
    model: str
    prompt: str
    request_key: str


def row_lineage(candidate: Candidate, scores: Iterable[ExampleScore]) -> str:
    """Return the lineage of a row as JSON."""
    spans = {"question_spans", "answer_spans"}
    same = set(Lineage.model_fields) & set(Candidate.model_fields) - {"scores", *spans}
    lineage = Lineage(
        **{name: getattr(candidate, name) for name in same},
        **{name: [(s.start, s.end) for s in getattr(candidate, name)] for name in spans},
        scores=[
            LineageScore(**score.model_dump(exclude={"id"}))
            for score in sorted(scores, key=lambda score: (score.scorer, score.name))
        ],
    )
    return orjson.dumps(lineage.model_dump()).decode()


def read_lineage(text: str) -> Lineage:
    """Return what a row's lineage says. Raises `pydantic.ValidationError` for unknown keys."""
    return Lineage.model_validate_json(text)
