import time
from pathlib import Path

import pytest

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan
from gleanery.infra.storage import Store
from gleanery.tasks.page_keys import text_key
from gleanery.tasks.records import Document
from gleanery.tasks.release.forgotten import (
    add_texts,
    forget_source,
    page_source,
    read_forgotten,
    site_source,
)
from gleanery.tasks.release.forgotten_pages import forgotten_now, texts_under

SHEET = "https://course.example/sheet"


@pytest.fixture
def dataset(tmp_path: Path) -> Store:
    return Store(f"{tmp_path}/dataset")


@pytest.fixture
def harvest(tmp_path: Path) -> Store:
    return Store(f"{tmp_path}/harvest")


def recall(store: Store, part: str, *pages: tuple[str, str]) -> None:
    """Commit a part of recall with pages of address and text."""
    documents = [
        Document(
            id=f"{url} {text}",
            url=url,
            domain="",
            title="",
            text=text,
            date="",
            source="",
            offset=0,
            record_id="",
            licence="",
            score=1.0,
            subject="",
            site_kind="",
            markup_pairs=[],
        )
        for url, text in pages
    ]
    plan = Plan(stage="recall", version=1, part=part, inputs=(), decides={})
    parts = Parts(store)
    outcome = Outcome(documents, [], [], len(documents))
    parts.commit(plan, outcome, Document, time.monotonic(), parts.newest("recall", part))


def test_new_text_of_a_forgotten_page_is_noted(dataset: Store, harvest: Store) -> None:
    """A mirror that was there before it has that text, and is what dedup keeps of the two."""
    page = page_source(SHEET)
    recall(harvest, "part-1", (SHEET, "old text"), ("https://mirror.example/", "new text"))
    add_texts(dataset, page, [text_key("old text")])
    forget_source(dataset, page)
    assert forgotten_now(dataset, [harvest]).by_text(text_key("new text")) is None

    recall(harvest, "part-2", ("http://course.example:80/sheet#a", "new text"))
    now = forgotten_now(dataset, [harvest])

    assert now.by_text(text_key("new text")) == now.sources[0]
    assert now == read_forgotten(dataset)
    assert forgotten_now(dataset, [harvest]) == now


def test_texts_are_kept_when_the_page_is_recalled_no_more(dataset: Store, harvest: Store) -> None:
    recall(harvest, "part-1", (SHEET, "text"))
    forget_source(dataset, page_source(SHEET))
    forgotten_now(dataset, [harvest])
    recall(harvest, "part-1", ("https://mirror.example/", "text"))
    assert forgotten_now(dataset, [harvest]).by_text(text_key("text"))


def test_pages_of_a_site_are_found_in_every_pipeline(dataset: Store, harvest: Store) -> None:
    other = harvest.below("other")
    recall(harvest, "part-1", ("https://a.course.example/1", "one"), ("https://b.example/", "no"))
    recall(other, "part-1", ("https://course.example/2", "two"))
    forget_source(dataset, site_source("course.example"))
    now = forgotten_now(dataset, [harvest, other])
    [texts] = now.texts.values()
    assert texts == {text_key("one"), text_key("two")}
    assert texts_under(harvest, now) == {(now.sources[0].key, text_key("one"))}


def test_nothing_forgotten_looks_at_nothing(dataset: Store, tmp_path: Path) -> None:
    assert not forgotten_now(dataset, [Store(f"{tmp_path}/absent")])
