"""Pages that stand under forgotten addresses now: some come after they were asked for."""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from gleanery.infra.parts import Parts
from gleanery.infra.row_search import find_rows
from gleanery.infra.storage import Store
from gleanery.tasks.page_keys import text_key
from gleanery.tasks.records import Document
from gleanery.tasks.release.forgotten import Forgotten, add_texts, read_forgotten
from gleanery.tasks.stage_inputs import RECALL

_SEARCHES_AT_ONCE = 8


def forgotten_now(store: Store, sources: Sequence[Store]) -> Forgotten:
    """Return what a dataset leaves out, with the texts that have come under it since.

    A page that was forgotten and has changed may be recalled again with its new text, while
    another page with that text was there before it: recall keeps the other one, and it is the
    other one that must be left out. `sources` are the stores of the dataset's pipelines, in which
    all addresses are looked at, also those of pages that dedup dropped. New texts are noted.
    """
    forgotten = read_forgotten(store)
    if not forgotten:
        return forgotten
    found: dict[str, set[str]] = defaultdict(set)
    for pipeline in sources:
        for document in pages_under(pipeline, forgotten):
            if source := forgotten.by_address(document.url):
                found[source.key].add(text_key(document.text))
    for source in forgotten.sources:
        new = found[source.key] - forgotten.texts.get(source.key, frozenset())
        add_texts(store, source, new)
        forgotten = forgotten.with_texts(source, new)
    return forgotten


def pages_under(pipeline: Store, forgotten: Forgotten) -> list[Document]:
    """Return the pages recalled under these addresses, kept by dedup or not, part by part."""
    parts = Parts(pipeline)
    folder = f"parts/{RECALL}/"
    infos = pipeline.list(folder.rstrip("/"))
    names = sorted({info.path.removeprefix(folder).partition("/")[0] for info in infos})

    def look_in(part: str) -> list[Document]:
        receipt = parts.newest(RECALL, part)
        return find_rows(pipeline, receipt.data, "url", forgotten, Document) if receipt else []

    with ThreadPoolExecutor(_SEARCHES_AT_ONCE) as pool:
        return [document for found in pool.map(look_in, names) for document in found]
