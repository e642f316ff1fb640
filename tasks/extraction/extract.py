"""From a page and the model's answers to pairs found in the page, and reasons for the rest."""

from collections.abc import Sequence

from gleanery.infra.digests import digest
from gleanery.infra.llm.protocol import Completion, Failure
from gleanery.tasks.extraction.answers import (
    Candidate,
    ChunkProblem,
    FoundItem,
    join_halves,
    read_answer,
)
from gleanery.tasks.extraction.checks import echo, self_referring
from gleanery.tasks.extraction.config import ExtractionConfig
from gleanery.tasks.extraction.locate import PageIndex, find_quote
from gleanery.tasks.extraction.located import LocatedPair
from gleanery.tasks.extraction.pairing import locate_pairs
from gleanery.tasks.extraction.prompts import FINGERPRINT
from gleanery.tasks.records import Document, Loss, QAPair

Found = tuple[Candidate, LocatedPair]


def pairs_from(
    document: Document, results: Sequence[Completion | Failure], config: ExtractionConfig
) -> tuple[list[QAPair], list[Loss]]:
    """Return the pairs of a page and its losses, whose `row_id` is the document's.

    `results` are those of the page's chunks, in their order. Reasons: `no_pairs` (the model found
    none), `truncated` (the answer about the smallest chunk was cut off), `unparseable`,
    `question_only`, `answer_only` (its question is in no chunk), `too_short`, `echo`,
    `self_referring`, `invented` (not in the page), `swapped` (in the page, but another question's
    answer), `duplicate_in_page`; and those of `FailureReason` for a chunk that has no answer yet.
    Pairs of the other chunks are returned all the same: when the part is done again, their
    answers come from the journal.
    """
    losses: list[Loss] = []
    chunks: list[tuple[Completion, list[FoundItem]]] = []
    for result in results:
        if isinstance(result, Failure):
            losses.append(_loss(document, result.reason, result.detail))
            continue
        items = read_answer(result)
        if isinstance(items, ChunkProblem):
            losses.append(_loss(document, items.reason, items.detail))
        else:
            chunks.append((result, items))
    if chunks and not losses and not any(items for _, items in chunks):
        return [], [_loss(document, "no_pairs", "the model found none")]
    found: list[Found] = []
    halves = join_halves(chunks)
    losses += [_loss(document, "answer_only", h.answers[0]) for h in halves if not h.question]
    candidates = [candidate for candidate in halves if candidate.question]
    copied = [(candidate.question, candidate.answers) for candidate in candidates]
    places = locate_pairs(PageIndex(document.text), copied)
    for candidate, place in zip(candidates, places, strict=True):
        located = _unfit(candidate, config) or place
        if isinstance(located, LocatedPair):
            found.append((candidate, located))
        else:
            losses.append(_loss(document, located, candidate.question))
    kept, lost = _keep(document, found)
    return kept, losses + lost


def markup_pairs(document: Document, config: ExtractionConfig) -> tuple[list[QAPair], list[Loss]]:
    """Return the pairs that the page's markup declares, located where the text shows them."""
    index = PageIndex(document.text)
    pairs: dict[str, QAPair] = {}
    losses = []
    for declared in document.markup_pairs:
        question, answer = declared.question.strip(), declared.answer.strip()
        candidate = Candidate("", question, (answer,) if answer else (), "", "")
        reason = _unfit(candidate, config)
        if reason:
            losses.append(_loss(document, reason, question))
            continue
        asked = find_quote(index, question) or []
        told = find_quote(index, answer, near=asked[-1].end if asked else 0) or []
        shown = LocatedPair(tuple(asked), tuple(told)) if asked and told else LocatedPair((), ())
        pair = _pair(document, candidate, shown, answer)
        if pair.id in pairs:
            losses.append(_loss(document, "duplicate_in_page", question))
        pairs.setdefault(pair.id, pair)
    return list(pairs.values()), losses


def _unfit(candidate: Candidate, config: ExtractionConfig) -> str:
    """Return why a candidate is no pair, whatever the page says, or ""."""
    answer = "\n".join(candidate.answers)
    if not answer.strip():
        return "question_only"
    if len(candidate.question) < config.min_question_characters:
        return "too_short"
    if len(answer.strip()) < config.min_answer_characters:
        return "too_short"
    return echo(candidate.question, answer) or self_referring(candidate.question, answer)


def _keep(document: Document, found: Sequence[Found]) -> tuple[list[QAPair], list[Loss]]:
    """Return the located pairs that belong together, each question once."""
    kept: dict[str, QAPair] = {}
    losses = []
    for candidate, located in found:
        question = " ".join(candidate.question.lower().split())
        if question in kept:
            if not _seen_by_both(kept[question], candidate, located):
                losses.append(_loss(document, "duplicate_in_page", candidate.question))
                continue
            if not _goes_on(kept[question], located):
                continue
        answer = "\n\n".join(text.strip() for text in candidate.answers)
        kept[question] = _pair(document, candidate, located, answer)
    return list(kept.values()), losses


def _seen_by_both(pair: QAPair, candidate: Candidate, located: LocatedPair) -> bool:
    """Return whether two overlapping chunks gave one and the same question of the page."""
    same_place = pair.question_spans == list(located.question_spans)
    return same_place and pair.request_key != candidate.request_key


def _goes_on(pair: QAPair, located: LocatedPair) -> bool:
    """Return whether an answer is the pair's and more: one of two chunks ended within it."""
    known, told = pair.answer_spans, located.answer_spans
    return known[0].start == told[0].start and known[-1].end < told[-1].end


def _pair(document: Document, candidate: Candidate, located: LocatedPair, answer: str) -> QAPair:
    return QAPair(
        id=digest([document.id, candidate.question, answer]),
        document_id=document.id,
        url=document.url,
        domain=document.domain,
        subject=document.subject,
        site_kind=document.site_kind,
        licence=document.licence,
        question=candidate.question,
        answer=answer,
        question_spans=list(located.question_spans),
        answer_spans=list(located.answer_spans),
        origin="llm" if candidate.request_key else "markup",
        request_key=candidate.request_key,
        model=candidate.model,
        prompt=FINGERPRINT if candidate.request_key else "",
    )


def _loss(document: Document, reason: str, detail: str) -> Loss:
    return Loss(
        row_id=document.id,
        reason=reason,
        detail=detail[:300],
        source=document.source,
        offset=document.offset,
    )
