"""Recalled pages grouped by site: by registered domain, and within large ones by host and path."""

import heapq
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import Field

from gleanery.infra.digests import digest
from gleanery.infra.llm.protocol import Sampling
from gleanery.tasks.attempts import AskingConfig

_LONGEST_DIRECTORY = 80


class DomainConfig(AskingConfig):
    """How recalled pages are grouped into sites, and how a model judges a site."""

    min_documents: int = Field(
        20, ge=1, description="Sites with fewer recalled pages are not judged, so not approved."
    )
    split_above: int = Field(
        2_000,
        ge=1,
        description="A domain with more recalled pages than this is judged host by host, such a "
        "host by the first directory of its paths.",
    )
    samples: int = Field(12, ge=1, le=100, description="Pages of a site that the model is shown.")
    sampling: Sampling = Field(
        Sampling(max_tokens=400), description="How the model draws its verdict."
    )


@dataclass(frozen=True, slots=True)
class DomainSample:
    """One recalled page, as far as its site is judged by it."""

    url: str
    domain: str
    title: str
    score: float


@dataclass(frozen=True, slots=True)
class DomainGroup:
    """Pages judged together. `key` is a domain, a host of it, or a host with a path's first part.

    `samples` are at most the configured number of pages, drawn by a hash of their address: more
    pages of the site change the sample, and with it the request, as little as can be.
    """

    key: str
    domain: str
    documents: int
    mean_score: float
    samples: tuple[DomainSample, ...]


class _Leaf(NamedTuple):
    """The smallest unit of grouping: everything in one directory of one host."""

    domain: str
    host: str
    directory: str


@dataclass(slots=True)
class _Pages:
    """A count of pages and those with the lowest hashes: the same in any order of adding."""

    count: int = 0
    score: float = 0.0
    by_hash: dict[str, DomainSample] = field(default_factory=dict)

    def add(self, other: "_Pages", config: DomainConfig) -> None:
        self.count += other.count
        self.score += other.score
        self.by_hash.update(other.by_hash)
        if len(self.by_hash) > 2 * config.samples:
            lowest = heapq.nsmallest(config.samples, self.by_hash)
            self.by_hash = {name: self.by_hash[name] for name in lowest}

    def lowest(self, config: DomainConfig) -> tuple[DomainSample, ...]:
        lowest = heapq.nsmallest(config.samples, self.by_hash)
        return tuple(self.by_hash[name] for name in lowest)


def group_by_domain(rows: Iterable[DomainSample], config: DomainConfig) -> list[DomainGroup]:
    """Return the groups of at least `min_documents` pages, largest first; any order of rows.

    A domain with more than `split_above` pages is split by host, a host with more than that by
    the first directory of the path; parts below `min_documents` stay together under the name
    they were split from. Memory grows with the number of directories, not of pages.
    """
    leaves: dict[_Leaf, _Pages] = {}
    for row in rows:
        leaf = _leaf(row.url, row.domain)
        leaves.setdefault(leaf, _Pages()).add(_Pages(1, row.score, {digest(row.url): row}), config)
    keys = _group_keys({leaf: pages.count for leaf, pages in leaves.items()}, config)
    groups: dict[tuple[str, str], _Pages] = {}
    for leaf, pages in sorted(leaves.items(), key=lambda item: item[0]):
        groups.setdefault((keys[leaf], leaf.domain), _Pages()).add(pages, config)
    found = [
        DomainGroup(
            key, domain, pages.count, round(pages.score / pages.count, 6), pages.lowest(config)
        )
        for (key, domain), pages in groups.items()
        if pages.count >= config.min_documents
    ]
    return sorted(found, key=lambda group: (-group.documents, group.key))


def key_of(url: str, domain: str, known: Collection[str]) -> str | None:
    """Return the narrowest of the known groups that a page falls into, or None."""
    leaf = _leaf(url, domain)
    candidates = (f"{leaf.host}/{leaf.directory}", leaf.host, leaf.domain)
    return next((key for key in candidates if key in known), None)


def _leaf(url: str, domain: str) -> _Leaf:
    """Return where a page belongs; an address that cannot be read belongs to its domain."""
    domain = domain.lower()
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return _Leaf(domain, domain, "")
    if not host.endswith(f".{domain}"):
        host = domain
    directories = [part for part in parts.path.split("/")[:-1] if part]
    return _Leaf(domain, host, directories[0][:_LONGEST_DIRECTORY] if directories else "")


def _group_keys(counts: dict[_Leaf, int], config: DomainConfig) -> dict[_Leaf, str]:
    """Return the name of the group that each leaf belongs to."""
    domains: Counter[str] = Counter()
    hosts: Counter[str] = Counter()
    for leaf, count in counts.items():
        domains[leaf.domain] += count
        hosts[leaf.host] += count

    def key(leaf: _Leaf) -> str:
        if domains[leaf.domain] <= config.split_above or hosts[leaf.host] < config.min_documents:
            return leaf.domain
        splits = hosts[leaf.host] > config.split_above and counts[leaf] >= config.min_documents
        return f"{leaf.host}/{leaf.directory}" if leaf.directory and splits else leaf.host

    return {leaf: key(leaf) for leaf in counts}
