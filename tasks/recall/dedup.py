"""Dedup inside recall: one page per address and text, the earliest wins.

Within a batch a page is dropped when its canonical URL or its exact text came before; against
earlier batches only when its text did: a page that changed since comes in again. What an earlier
batch kept is never changed by a later one.
"""

from collections.abc import Iterable, Sequence

from gleanery.infra.losses import Loss
from gleanery.tasks.page_keys import address_key, text_key
from gleanery.tasks.records import Document, KeptDocument

SAME_TEXT_ELSEWHERE = "same text as a document of another batch"


def same_text_as(document_id: str) -> str:
    """Return how the loss of a document says which one of its batch has the same text."""
    return f"same text as document {document_id}"


def dedup_keys(document: Document, part: str) -> KeptDocument:
    """Return a document's dedup keys: digests of its canonical URL and of its text."""
    return KeptDocument(
        document_id=document.id,
        part=part,
        url_key=address_key(document.url),
        text_key=text_key(document.text),
    )


def drop_duplicates(
    candidates: Iterable[KeptDocument],
    kept_before: Sequence[KeptDocument],
    earlier_texts: Iterable[str],
) -> tuple[list[KeptDocument], list[tuple[str, Loss]]]:
    """Return the documents of a batch that stay, and the others as losses with their part.

    `candidates` come in sealed order. `kept_before` is what an earlier generation of the same
    batch kept: it stays, so that a part which arrives late changes nothing. `earlier_texts` are
    the text keys kept by other batches.
    """
    texts: dict[str, str] = {row.text_key: row.document_id for row in kept_before}
    urls: dict[str, str] = {row.url_key: row.document_id for row in kept_before}
    elsewhere = set(earlier_texts)
    stays = {(row.part, row.document_id) for row in kept_before}
    kept: list[KeptDocument] = []
    losses: list[tuple[str, Loss]] = []
    for row in candidates:
        if (row.part, row.document_id) in stays:
            stays.discard((row.part, row.document_id))  # a second record of the same page is none
            kept.append(row)
            continue
        reason, first = _duplicate_of(row, texts, urls, elsewhere)
        if reason:
            losses.append((row.part, Loss(row_id=row.document_id, reason=reason, detail=first)))
            continue
        texts[row.text_key] = urls[row.url_key] = row.document_id
        kept.append(row)
    return kept, losses


def _duplicate_of(
    row: KeptDocument, texts: dict[str, str], urls: dict[str, str], elsewhere: set[str]
) -> tuple[str, str]:
    if row.text_key in texts:
        return "duplicate_text", same_text_as(texts[row.text_key])
    if row.url_key in urls:
        return "duplicate_url", f"same address as document {urls[row.url_key]}"
    if row.text_key in elsewhere:
        return "duplicate_text", SAME_TEXT_ELSEWHERE
    return "", ""
