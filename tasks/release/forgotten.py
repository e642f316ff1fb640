"""Sources to leave out: asked for once, and no later release has a row of theirs.

A page is left out by its address, and so is every page that has a text which was ever found under
that address, wherever it stands: of several pages with one text, recall keeps only the first.
"""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import orjson

from gleanery.infra.digests import digest
from gleanery.infra.storage import Store
from gleanery.tasks.page_keys import address_key
from gleanery.tasks.records import Record
from gleanery.tasks.urls import canonical_url, host_of, registered_domain

FORGOTTEN = "forgotten"  # the reason of a row that is left out, and the folder of the list

Kind = Literal["page", "site"]


class ForgottenSource(Record):
    """A page or a whole site that is to be left out, and why.

    `address` is the page's as it was given, or the site's host; `key` is the same for all
    spellings of it. `reason` is what whoever asked for it said, `since` the time (UTC).
    """

    kind: Kind
    address: str
    key: str
    reason: str = ""
    since: str = ""
    writer: str = ""

    @property
    def since_when(self) -> str:
        """The time for people, to the second."""
        return f"{self.since[:19].replace('T', ' ')} UTC"


def page_source(url: str, reason: str = "") -> ForgottenSource:
    """Return the page of an address, of the web or not. Raises `ValueError` for an empty one."""
    if not url.strip():
        raise ValueError("an empty address is no page's: give it whole, with https:// before it")
    return ForgottenSource(kind="page", address=url.strip(), key=address_key(url), reason=reason)


def site_source(site: str, reason: str = "") -> ForgottenSource:
    """Return a site, by its host or any address on it; hosts below it belong to it too.

    Raises `ValueError` for what is no host.
    """
    host = host_of(site if "//" in site else f"//{site.strip()}").removeprefix("www.")
    if "." not in host or any(character.isspace() for character in host):
        raise ValueError(f"{site!r} is no site: give its host, such as course.example.org")
    if registered_domain(f"//any.{host}") == f"any.{host}":
        raise ValueError(f"{host} is no site: anyone may register one under it. Give the site's")
    key = digest(["site", host])
    return ForgottenSource(kind="site", address=host, key=key, reason=reason)


@dataclass(frozen=True)
class Forgotten:
    """The sources that are left out, and the texts found under each, by the source's key."""

    sources: tuple[ForgottenSource, ...] = ()
    texts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _pages: Mapping[str, ForgottenSource] = field(init=False, repr=False)
    _sites: Mapping[str, ForgottenSource] = field(init=False, repr=False)
    _hosts: frozenset[str] = field(init=False, repr=False)
    _text_of: Mapping[str, ForgottenSource] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the sources: a dataset has millions of addresses to look up."""
        pages = {source.key: source for source in self.sources if source.kind == "page"}
        sites = {source.address: source for source in self.sources if source.kind == "site"}
        hosts = frozenset(host_of(canonical_url(source.address)) for source in pages.values())
        text_of = {  # of several sources the one that was asked for first
            text: source
            for source in reversed(self.sources)
            for text in self.texts.get(source.key, ())
        }
        for name, value in (
            ("_pages", pages),
            ("_sites", sites),
            ("_hosts", hosts),
            ("_text_of", text_of),
        ):
            object.__setattr__(self, name, value)

    def __bool__(self) -> bool:
        """Return whether there is anything to leave out."""
        return bool(self.sources)

    def __contains__(self, url: object) -> bool:
        """Return whether an address is one of those, in whatever spelling."""
        return isinstance(url, str) and self.by_address(url) is not None

    def by_address(self, url: str) -> ForgottenSource | None:
        """Return the source that an address belongs to."""
        host = host_of(url)
        if host in self._hosts and (page := self._pages.get(address_key(url))):
            return page
        while self._sites and host:
            if site := self._sites.get(host):
                return site
            host = host.partition(".")[2]
        return None

    def by_text(self, text_key: str) -> ForgottenSource | None:
        """Return the source that has had this text, by `page_keys.text_key`."""
        return self._text_of.get(text_key)

    def with_texts(self, source: ForgottenSource, texts: Iterable[str]) -> "Forgotten":
        """Return the same with more texts of one of the sources."""
        known = self.texts.get(source.key, frozenset())
        return Forgotten(self.sources, {**self.texts, source.key: known | frozenset(texts)})


def forget_source(store: Store, source: ForgottenSource) -> ForgottenSource:
    """Put a source on the dataset's list; return it as it stands there.

    One that stands there already stays as it is, with its date and reason.
    """
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    asked = source.model_copy(update={"since": now, "writer": uuid.uuid4().hex[:12]})
    if store.create(_asked(source.key), orjson.dumps(asked.model_dump(), option=_INDENTED)):
        return asked
    return ForgottenSource.model_validate_json(store.read(_asked(source.key)))


def add_texts(store: Store, source: ForgottenSource, texts: Iterable[str]) -> None:
    """Note texts found under a source: pages that have one match it even when it is long gone."""
    if found := sorted(set(texts)):
        store.write(f"{FORGOTTEN}/{source.key}/texts-{digest(found)}.json", orjson.dumps(found))


def remember_source(store: Store, key: str) -> bool:
    """Take a source off the list; return whether it stood there."""
    paths = [info.path for info in store.list(f"{FORGOTTEN}/{key}")]
    for path in sorted(paths, key=lambda path: path != _asked(key)):  # what counts goes first
        store.delete(path)
    return _asked(key) in paths


def read_forgotten(store: Store) -> Forgotten:
    """Return all sources that a dataset leaves out, in the order in which they were asked for."""
    sources: list[ForgottenSource] = []
    texts: dict[str, frozenset[str]] = {}
    for info in store.list(FORGOTTEN):
        key, _, name = info.path.removeprefix(f"{FORGOTTEN}/").partition("/")
        if info.path == _asked(key):
            sources.append(ForgottenSource.model_validate_json(store.read(info.path)))
        elif name.startswith("texts-"):
            texts[key] = texts.get(key, frozenset()).union(orjson.loads(store.read(info.path)))
    sources.sort(key=lambda source: (source.since, source.key))
    asked = {source.key for source in sources}
    return Forgotten(tuple(sources), {key: found for key, found in texts.items() if key in asked})


_INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS


def _asked(key: str) -> str:
    return f"{FORGOTTEN}/{key}/asked.json"
