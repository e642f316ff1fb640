import pytest

from gleanery.infra.storage import Store
from gleanery.tasks.page_keys import text_key
from gleanery.tasks.release.forgotten import (
    Forgotten,
    add_texts,
    forget_source,
    page_source,
    read_forgotten,
    remember_source,
    site_source,
)

PAGE = "https://course.example.org/sheet?id=4"
TEXT = text_key("A car drives 60 km.")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (PAGE, True),
        ("HTTP://Course.Example.org:80/sheet?id=4&utm_source=mail#top", True),
        (" https://course.example.org./sheet?id=4 ", True),
        ("https://someone@course.example.org/sheet?id=4", True),
        ("https://course.example.org/sheet?id=5", False),
        ("https://course.example.org/", False),
        ("https://example.org/sheet?id=4", False),
        ("", False),
    ],
)
def test_page_is_known_in_every_spelling_and_no_other_page_is(url: str, expected: bool) -> None:
    assert (url in Forgotten((page_source(PAGE),))) is expected


@pytest.mark.parametrize(
    ("site", "url", "expected"),
    [
        ("example.org", "https://example.org/a", True),
        ("example.org", "http://www.Example.org:8080/a", True),
        ("example.org", PAGE, True),
        ("https://www.example.org/any/page", PAGE, True),
        ("course.example.org", PAGE, True),
        ("course.example.org", "https://example.org/a", False),
        ("example.org", "https://notexample.org/a", False),
        ("example.org", "https://example.org.elsewhere.net/a", False),
    ],
)
def test_site_takes_the_hosts_below_it_and_no_others(site: str, url: str, expected: bool) -> None:
    assert (url in Forgotten((site_source(site),))) is expected


@pytest.mark.parametrize("site", ["co.uk", "github.io", "org", "two words.org", ""])
def test_what_is_no_site_is_refused(site: str) -> None:
    with pytest.raises(ValueError, match="is no site"):
        site_source(site)


def test_address_need_not_be_of_the_web_but_must_be_one() -> None:
    forgotten = Forgotten((page_source("handbook/chapter-3"),))
    assert "handbook/chapter-3 " in forgotten
    assert "handbook/chapter-4" not in forgotten
    assert "" not in forgotten
    with pytest.raises(ValueError, match="empty address"):
        page_source(" ")


def test_list_is_read_back_with_reasons_and_texts(store: Store) -> None:
    page, site = page_source(PAGE, "the author asked"), site_source("example.net")
    add_texts(store, page, [TEXT])
    add_texts(store, page, [TEXT, text_key("Another text.")])
    forget_source(store, page)
    forget_source(store, site)

    forgotten = read_forgotten(store)

    assert {source.address for source in forgotten.sources} == {PAGE, "example.net"}
    by_text = forgotten.by_text(TEXT)
    assert by_text is not None
    assert (by_text.address, by_text.reason) == (PAGE, "the author asked")
    assert forgotten.by_text(text_key("Another text.")) == by_text
    assert forgotten.by_text(text_key("A third text.")) is None
    assert "http://sub.example.net/a" in forgotten


def test_asked_for_twice_it_stands_once_with_the_first_reason(store: Store) -> None:
    first = forget_source(store, page_source(PAGE, "the author asked"))
    again = forget_source(store, page_source("http://course.example.org/sheet?id=4", "again"))
    assert again == first
    assert len(read_forgotten(store).sources) == 1


def test_taken_off_the_list_nothing_of_it_is_left(store: Store) -> None:
    page = page_source(PAGE)
    add_texts(store, page, [TEXT])
    forget_source(store, page)
    assert remember_source(store, page.key)
    assert not remember_source(store, page.key)
    forgotten = read_forgotten(store)
    assert not forgotten
    assert PAGE not in forgotten
    assert forgotten.by_text(TEXT) is None


def test_texts_of_what_nobody_asked_for_are_not_left_out(store: Store) -> None:
    """Texts are noted first: a kill before the source itself is noted leaves out nothing yet."""
    add_texts(store, page_source(PAGE), [TEXT])
    assert read_forgotten(store).by_text(TEXT) is None
