"""Candidates: what the methods have made, in one form, with where each came from."""

from collections.abc import Iterable, Mapping

from gleanery.infra.digests import digest
from gleanery.infra.losses import Loss
from gleanery.tasks.dataset_records import TRAIN, Candidate
from gleanery.tasks.records import (
    Call,
    ChatMessage,
    Document,
    Example,
    KeptDocument,
    QAPair,
    RefinedPair,
)

_OUTDATED = "its pair or page is not among those found now: run the harvest again"


def from_refined(
    rows: Iterable[RefinedPair],
    pairs: Mapping[str, QAPair],
    documents: Mapping[str, Document],
    pages: Mapping[str, KeptDocument],
    pipeline: str,
    part: str,
) -> tuple[list[Candidate], list[Loss]]:
    """Return refined pairs as candidates, with the pair as it was found beside each.

    `pairs`, `documents` and `pages` (what dedup kept) are by their ids. Two
    refiners that write the same make one candidate, with the calls of both; the second is a loss.
    """
    candidates: dict[tuple[str, str, str], Candidate] = {}
    losses = []
    for row in rows:
        text = (row.pair_id, row.question, row.answer)
        if same := candidates.get(text):
            calls = [*same.calls, _called("refine", row)]
            candidates[text] = same.model_copy(update={"calls": calls})
            detail = f"another refiner wrote the same: {same.id}"
            losses.append(Loss(row_id=row.id, reason="same_version", detail=detail))
            continue
        pair, document = pairs.get(row.pair_id), documents.get(row.document_id)
        if pair is None or document is None or document.id not in pages:
            losses.append(Loss(row_id=row.id, reason="outdated", detail=_OUTDATED))
            continue
        candidates[text] = _from_page(pair, document, pages, pipeline, part).model_copy(
            update={
                "id": row.id,
                "strategy": row.outcome,
                "labels": [row.subject, row.refiner],
                "messages": _turns(row.question, row.answer),
                "original": _turns(row.original_question, row.original_answer),
                "calls": [*_found(pair), _called("refine", row)],
            }
        )
    return list(candidates.values()), losses


def from_extracted(
    rows: Iterable[QAPair],
    documents: Mapping[str, Document],
    pages: Mapping[str, KeptDocument],
    pipeline: str,
    part: str,
) -> tuple[list[Candidate], list[Loss]]:
    """Return pairs as candidates, as the pages have them: no model has rewritten anything."""
    candidates, losses = [], []
    for row in rows:
        document = documents.get(row.document_id)
        if document and document.id in pages:
            candidates.append(_from_page(row, document, pages, pipeline, part))
        else:
            losses.append(Loss(row_id=row.id, reason="outdated", detail=_OUTDATED))
    return candidates, losses


def from_examples(rows: Iterable[Example], pipeline: str, part: str) -> list[Candidate]:
    """Return synthesised examples as candidates."""
    return [
        Candidate(
            id=row.id,
            pipeline=pipeline,
            method=row.method,
            part=part,
            origin=row.plan_id,
            plan_id=row.plan_id,
            document_id="",
            url="",
            domain="",
            licence="",
            date="",
            subject=row.labels[0] if row.labels else "",
            strategy=row.strategy,
            nodes=row.nodes,
            labels=row.labels,
            split=row.split,
            messages=row.messages,
            original=[],
            calls=row.calls,
            scores=row.scores,
        )
        for row in rows
    ]


def _from_page(
    pair: QAPair, document: Document, pages: Mapping[str, KeptDocument], pipeline: str, part: str
) -> Candidate:
    return Candidate(
        id=digest(["extracted", pair.id]),  # a refined version is another candidate
        pipeline=pipeline,
        method="harvest",
        part=part,
        origin=pair.id,
        plan_id="",
        document_id=document.id,
        url=document.url,
        domain=document.domain,
        licence=document.licence,
        date=document.date,
        subject=pair.subject,
        strategy="extracted",
        nodes=[],
        labels=[pair.subject],
        split=TRAIN,
        messages=_turns(pair.question, pair.answer),
        original=[],
        calls=_found(pair),
        scores=[],
        site_kind=pair.site_kind,
        page=pages[document.id].url_key,
        page_text=pages[document.id].text_key,
        archive=document.source,
        offset=document.offset,
        question_spans=pair.question_spans,
        answer_spans=pair.answer_spans,
    )


def _found(pair: QAPair) -> list[Call]:
    return [_called("extract", pair)] if pair.request_key else []  # markup asks no model


def _called(step: str, row: QAPair | RefinedPair) -> Call:
    return Call(step=step, model=row.model, prompt=row.prompt, request_key=row.request_key)


def _turns(question: str, answer: str) -> list[ChatMessage]:
    return [
        ChatMessage(role="user", content=question),
        ChatMessage(role="assistant", content=answer),
    ]
