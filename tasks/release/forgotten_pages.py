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
        for key, text in texts_under(pipeline, forgotten):
            found[key].add(text)
    for source in forgotten.sources:
        new = found[source.key] - forgotten.texts.get(source.key, frozenset())
        add_texts(store, source, new)
        forgotten = forgotten.with_texts(source, new)
    return forgotten


def texts_under(pipeline: Store, forgotten: Forgotten) -> set[tuple[str, str]]:
    """Return the texts recalled under these addresses, kept by dedup or not, by the sources' keys.

    Of a part without such addresses only the addresses are read.
    """
    parts = Parts(pipeline)
    folder = f"parts/{RECALL}/"
    infos = pipeline.list(folder.rstrip("/"))
    names = sorted({info.path.removeprefix(folder).partition("/")[0] for info in infos})

    def look_in(part: str) -> set[tuple[str, str]]:
        receipt = parts.newest(RECALL, part)
        rows = find_rows(pipeline, receipt.data, "url", forgotten, Document) if receipt else []
        return {
            (source.key, text_key(row.text))
            for row in rows
            if (source := forgotten.by_address(row.url))
        }

    with ThreadPoolExecutor(_SEARCHES_AT_ONCE) as pool:
        return set().union(*pool.map(look_in, names))
