"""Every real page renders or is rejected under a reason, in bounded time, and always the same."""

import time
from collections import Counter
from pathlib import Path

from gleanery.infra.losses import Loss
from gleanery.tasks.recall.page_text import first_text, full_text
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.rendering import PageText
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.source_files import list_sources
from gleanery.tasks.recall.sources import read_source
from gleanery.tasks.urls import canonical_url, registered_domain

PAGES = 2279


def test_real_archives_render_page_by_page(shared_data: Path) -> None:
    config = SourceConfig(paths=(str(shared_data / "warc"),))
    outcomes: Counter[str] = Counter()
    declared = slowest = 0.0
    for file in list_sources(config, {}):
        for page in read_source(file.uri, config):
            assert isinstance(page, RawPage)
            assert registered_domain(page.url)
            assert canonical_url(canonical_url(page.url)) == canonical_url(page.url)
            started = time.process_time()
            full = full_text(page)
            slowest = max(slowest, time.process_time() - started)
            if sum(outcomes.values()) % 5 == 0 and isinstance(first := first_text(page), PageText):
                assert full_text(page, first=first) == full
            outcomes[full.reason if isinstance(full, Loss) else "rendered"] += 1
            declared += isinstance(full, PageText) and bool(full.markup_pairs)
    assert sum(outcomes.values()) == PAGES
    assert set(outcomes) == {"rendered", "no_text"}
    assert outcomes["no_text"] < 60
    assert declared >= 30  # 35 pages are labelled as having FAQ markup
    assert slowest < 3


def test_real_pages_render_the_same_again_in_this_process_and_apart(shared_data: Path) -> None:
    config = SourceConfig(paths=(str(shared_data / "warc" / "train-00006.warc.gz"),))
    for page in read_source(config.paths[0], config):
        assert isinstance(page, RawPage)
        assert full_text(page) == full_text(page)
        first, full = first_text(page), full_text(page)
        assert isinstance(first, PageText)
        assert isinstance(full, PageText)
        assert full_text(page, first=first) == full
