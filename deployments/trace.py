"""Tracing a source: every example that was made from a page or a site, its mirrors included."""

import difflib
from collections.abc import Sequence

import typer

from gleanery.deployments.pipelines import find_pipelines
from gleanery.deployments.terminal import open_console
from gleanery.deployments.trace_pages import mirrors_of, near_copies, neighbours, pages_under
from gleanery.deployments.trace_records import Trace, TracedPage
from gleanery.deployments.trace_rows import candidates_of, released_of, with_rows
from gleanery.deployments.trace_stores import Harvested, dataset_stores, name_of, read_harvests
from gleanery.deployments.trace_tree import print_trace
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.release.forgotten import (
    Forgotten,
    ForgottenSource,
    page_source,
    read_forgotten,
    site_source,
)
from gleanery.tasks.urls import registered_domain

_NEAR_MATCHES = 5


class UnknownSource(ValueError):
    """No pipeline and no release below the root knows this address."""


def trace(address: str, root: str = "", site: bool = False, as_json: bool = False) -> None:
    """Print everything made from a page, or from a site with all hosts below it.

    Raises `UnknownSource`, a `ValueError`, if nothing below the root is.
    """
    source = source_of(address, site)
    found = find_trace(source, find_pipelines(root, read_settings()))
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        print_trace(found, open_console())


def source_of(address: str, site: bool, reason: str = "") -> ForgottenSource:
    """Return the page or the site that someone asks about. Raises `ValueError` if it is neither."""
    return site_source(address, reason) if site else page_source(address, reason)


def find_trace(source: ForgottenSource, stores: Sequence[Store]) -> Trace:
    """Return everything that was made from a source. Raises `UnknownSource` if nothing was."""
    harvests = read_harvests(stores)
    found = trace_source(source, harvests, dataset_stores(stores))
    if found.empty:
        raise UnknownSource(unknown(source, found.searched, harvests))
    return found


def trace_source(
    source: ForgottenSource, harvests: Sequence[Harvested], datasets: Sequence[Store]
) -> Trace:
    """Return what was made from a source; of a source that nobody has seen, empty lists."""
    lists = {name_of(dataset): read_forgotten(dataset) for dataset in datasets}
    noted = {text for its in lists.values() for text in its.texts.get(source.key, ())}
    asked = Forgotten((source,))
    own = pages_under(harvests, asked)
    mirrors = mirrors_of(harvests, own, noted)
    asked = asked.with_texts(source, {*noted, *(page.text_key for page in own)})
    candidates = [row for dataset in datasets for row in candidates_of(dataset, asked)]
    known = {page.document_id for page in (*own, *mirrors)}
    near = near_copies(
        harvests,
        {(row.pipeline, row.document_id) for row in candidates if row.document_id not in known},
    )
    pages = with_rows(harvests, [*own, *mirrors, *near])
    urls = Forgotten((source, *(page_source(page.url) for page in pages if page.url.strip())))
    ids = {row.id for row in candidates}
    return Trace(
        kind=source.kind,
        address=source.address,
        pages=pages,
        candidates=candidates,
        rows=[row for dataset in datasets for row in released_of(dataset, urls, ids)],
        forgotten_in=[
            f"{name}, with {other.address} since {other.since_when}"
            for name, forgotten in lists.items()
            for other in _covering(forgotten, source, own)
        ],
        searched=_searched(harvests, datasets),
    )


def _covering(
    forgotten: Forgotten, source: ForgottenSource, pages: Sequence[TracedPage]
) -> list[ForgottenSource]:
    """Return what a dataset forgets already and has to do with a source: itself, its site, …"""
    found = [other for other in forgotten.sources if other.key == source.key]
    if source.kind == "page":
        found += filter(None, [forgotten.by_address(source.address)])
        found += filter(None, (forgotten.by_text(page.text_key) for page in pages))
    return list({other.key: other for other in found}.values())


def _searched(harvests: Sequence[Harvested], datasets: Sequence[Store]) -> list[str]:
    return [
        *(f"{h.store.root} ({len(h.receipts['recall']):,} parts of pages)" for h in harvests),
        *(f"{store.root} (dataset, with its releases)" for store in datasets),
    ]


def unknown(source: ForgottenSource, searched: Sequence[str], harvests: Sequence[Harvested]) -> str:
    """Return what to say of a source that nothing is known of, with addresses that are like it."""
    address = source.address if "//" in source.address else f"//{source.address}"
    near = neighbours(harvests, registered_domain(address))
    best = difflib.get_close_matches(source.address, near, _NEAR_MATCHES, cutoff=0.0)
    others = f"; of that site there are: {', '.join(best)}" if best else ""
    more = f" and {len(near) - len(best):,} more" if len(near) > len(best) else ""
    return (
        f"no page was recalled from {source.address}, and no release has a row from there{others}"
        f"{more}. Searched: {', '.join(searched) or 'nothing, for no pipeline has pages'}. The "
        "address of a page that recall did not keep is not stored; look elsewhere with --root"
    )
