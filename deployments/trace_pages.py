"""The pages of a source, in every batch, and their mirrors: also those that dedup dropped."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from gleanery.deployments.trace_records import ASKED, KEPT, MIRROR, NEAR, UNDECIDED, TracedPage
from gleanery.deployments.trace_stores import Harvested
from gleanery.infra.losses import Loss
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import find_rows, read_columns
from gleanery.tasks.page_keys import text_key
from gleanery.tasks.recall.dedup import SAME_TEXT_ELSEWHERE, same_text_as
from gleanery.tasks.records import Document, KeptDocument
from gleanery.tasks.release.forgotten import Forgotten
from gleanery.tasks.stage_inputs import DEDUP, RECALL

_Keyed = tuple[Document, str]  # without its text, and the key of that
_WITHOUT_TEXT = {"text": "", "markup_pairs": []}  # a site's pages fill no memory
_Found = Mapping[str, Sequence[_Keyed]]  # by part


def pages_under(harvests: Sequence[Harvested], asked: Forgotten) -> list[TracedPage]:
    """Return the pages that were recalled under these addresses."""
    return [page for harvest in harvests for page in _under(harvest, asked)]


def mirrors_of(
    harvests: Sequence[Harvested], pages: Sequence[TracedPage], texts: Iterable[str] = ()
) -> list[TracedPage]:
    """Return other pages with the text of one of these, or with one of `texts`, anywhere."""
    keys, known = {page.text_key for page in pages} | set(texts), {page.place for page in pages}
    found = [page for harvest in harvests for page in _with_text(harvest, keys)]
    return [page for page in found if page.place not in known]


def near_copies(
    harvests: Sequence[Harvested], documents: Iterable[tuple[str, str]]
) -> list[TracedPage]:
    """Return the pages of these documents (pipeline and id): near copies of what is traced."""
    of_pipeline: dict[str, set[str]] = defaultdict(set)
    for pipeline, document in documents:
        of_pipeline[pipeline].add(document)
    found = [
        page
        for harvest in harvests
        if (ids := of_pipeline[harvest.name])
        for page in _traced(harvest, harvest.search(RECALL, _documents("id", harvest, ids)), NEAR)
    ]
    return [page for page in found if page.outcome == KEPT]


def neighbours(harvests: Sequence[Harvested], domain: str) -> list[str]:
    """Return the addresses of all pages recalled from a domain, each once, sorted."""
    return sorted({url for harvest in harvests for url in _addresses(harvest, domain)})


def _under(harvest: Harvested, asked: Forgotten) -> list[TracedPage]:
    return _traced(harvest, harvest.search(RECALL, _documents("url", harvest, asked)), ASKED)


def _with_text(harvest: Harvested, texts: Container[str]) -> list[TracedPage]:
    """Return pages with these texts: those that dedup kept, and those that it dropped for them."""
    store = harvest.store
    kept = harvest.search(
        DEDUP, lambda r: find_rows(store, r.data, "text_key", texts, KeptDocument)
    )
    kept_ids = {row.document_id for rows in kept.values() for row in rows}
    details = {SAME_TEXT_ELSEWHERE, *map(same_text_as, kept_ids)}
    dropped = harvest.search(
        DEDUP, lambda r: find_rows(store, r.losses, "detail", details, Loss) if r.losses else []
    )
    ids = kept_ids | {loss.row_id for losses in dropped.values() for loss in losses}
    parts = kept.keys() | dropped.keys()
    # The loss does not say which document of another batch it is: the text itself does.
    found = harvest.search(RECALL, _documents("id", harvest, ids, texts), [*parts])
    return _traced(harvest, found, MIRROR)


def _documents(
    column: str, harvest: Harvested, values: Container[str], texts: Container[str] | None = None
) -> Callable[[Receipt], list[_Keyed]]:
    """Return a search for documents (of certain texts): their texts are dropped part by part."""

    def look_in(receipt: Receipt) -> list[_Keyed]:
        rows = find_rows(harvest.store, receipt.data, column, values, Document)
        keyed = [(row.model_copy(update=_WITHOUT_TEXT), text_key(row.text)) for row in rows]
        return [(row, key) for row, key in keyed if texts is None or key in texts]

    return look_in


def _addresses(harvest: Harvested, domain: str) -> set[str]:
    def look_in(receipt: Receipt) -> list[str]:
        table = read_columns(harvest.store, receipt.data, ("domain", "url"))
        rows = zip(table["domain"].to_pylist(), table["url"].to_pylist(), strict=True)
        return [url for its, url in rows if its == domain]

    return {url for urls in harvest.search(RECALL, look_in).values() for url in urls}


def _traced(harvest: Harvested, found: _Found, found_by: str) -> list[TracedPage]:
    """Return documents with what became of each in dedup; a second record of a page is none."""
    ids = {document.id for keyed in found.values() for document, _ in keyed}
    fates = harvest.search(DEDUP, lambda receipt: _fates(harvest, receipt, ids), [*found])
    pages = []
    for part, keyed in found.items():
        fate = dict(fates.get(part, ()))
        for document, key in {document.id: (document, key) for document, key in keyed}.values():
            outcome = fate.get(document.id, (UNDECIDED, ""))
            pages.append(_page(harvest, part, document, key, found_by, outcome))
    return pages


def _fates(
    harvest: Harvested, receipt: Receipt, ids: Container[str]
) -> list[tuple[str, tuple[str, str]]]:
    """Return the outcome and its detail of documents; one that is kept may be dropped again."""
    store = harvest.store
    losses = find_rows(store, receipt.losses, "row_id", ids, Loss) if receipt.losses else []
    kept = find_rows(store, receipt.data, "document_id", ids, KeptDocument)
    return [
        *((loss.row_id, (loss.reason, loss.detail)) for loss in losses),
        *((row.document_id, (KEPT, "")) for row in kept),
    ]


def _page(
    harvest: Harvested,
    part: str,
    document: Document,
    key: str,
    found_by: str,
    outcome: tuple[str, str],
) -> TracedPage:
    return TracedPage(
        found_by=found_by,
        pipeline=harvest.name,
        batch=harvest.batches.get(part, 0),
        part=part,
        document_id=document.id,
        url=document.url,
        domain=document.domain,
        title=document.title,
        date=document.date,
        licence=document.licence,
        archive=document.source,
        offset=document.offset,
        text_key=key,
        outcome=outcome[0],
        detail=outcome[1],
    )
