"""Pages into documents: text, score, decision, and only for what is kept the careful rendering."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gleanery.infra.digests import digest
from gleanery.infra.losses import Loss
from gleanery.tasks.recall.classifier import Classifier
from gleanery.tasks.recall.labels import site_kind_of, subject_of
from gleanery.tasks.recall.page_text import first_text, full_text
from gleanery.tasks.recall.policy import Policy
from gleanery.tasks.recall.prefilter import raw_view
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.recall_config import RecallConfig
from gleanery.tasks.recall.rendering import PageText
from gleanery.tasks.records import Document
from gleanery.tasks.urls import canonical_url, registered_domain


@dataclass(frozen=True, slots=True)
class Recaller:
    """A policy with its classifiers loaded."""

    policy: Policy
    classifier: Classifier
    prefilter: Classifier | None


def recall_pages(
    items: Iterable[RawPage | Loss], recaller: Recaller, config: RecallConfig
) -> Iterator[Document | Loss]:
    """Yield a document for each page that the policy keeps, and a loss for each other item."""
    for item in items:
        yield item if isinstance(item, Loss) else recall_page(item, recaller, config)


def recall_page(page: RawPage, recaller: Recaller, config: RecallConfig) -> Document | Loss:
    """Return the page as a document, or why it is not recalled."""
    policy = recaller.policy
    if recaller.prefilter and policy.prefilter and page.body is not None:
        score = recaller.prefilter.score(raw_view(page.body))
        if score < policy.prefilter.threshold:
            return _loss(page, "prefiltered", f"score {score:.4f} of the raw page")
    first = first_text(page, config.limits)
    if isinstance(first, Loss):
        return first
    if len(first.text) < config.min_characters:
        return _loss(page, "too_short", f"{len(first.text)} characters of text")
    domain = registered_domain(page.url)
    score = recaller.classifier.score(first.text, first.title)
    reason = policy.decide(page.url, domain, score)
    if reason:
        return _loss(page, reason, f"score {score:.4f}")
    full = full_text(page, config.limits, first)
    return full if isinstance(full, Loss) else _document(page, full, domain, score)


def _document(page: RawPage, full: PageText, domain: str, score: float) -> Document:
    return Document(
        id=digest([canonical_url(page.url), full.text]),
        url=page.url,
        domain=domain,
        title=full.title,
        text=full.text,
        date=page.date,
        source=page.source,
        offset=page.offset,
        record_id=page.record_id,
        licence=full.licence,
        score=round(score, 6),
        subject=subject_of(full.text, full.title),
        site_kind=site_kind_of(page.url, full.text, full.title),
        markup_pairs=list(full.markup_pairs),
    )


def _loss(page: RawPage, reason: str, detail: str) -> Loss:
    return Loss(
        row_id=page.row_id, reason=reason, detail=detail, source=page.source, offset=page.offset
    )
