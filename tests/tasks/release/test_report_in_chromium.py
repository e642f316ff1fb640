"""The report in a real browser: it runs without errors, asks for nothing, and no text acts."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gleanery.tasks.release.report import render_report

sys.path.insert(0, str(Path(__file__).parent))

from chromium import Tab, installed, running, tab
from report_sample import (
    HOSTILE,
    empty_report,
    full_report,
    harvested,
    poisoned,
    synthesised,
)

OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
WIDTH = "document.documentElement.scrollWidth"
SHOWN = "[...document.querySelectorAll('.example')].map((one) => one.dataset.id)"
# Whether each text is seen to the ends of its lines, none of them cut off by its box.
WHOLE = (
    "[...document.querySelectorAll('.text')].every((one) => one.scrollWidth <= one.clientWidth + 1)"
)
PAPER = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Return the DevTools port of a running browser; the tests are skipped where none is."""
    program = installed()
    if program is None:
        pytest.skip(
            "NO BROWSER: nothing of the report is tried in one. Install Chromium (Debian, Ubuntu: "
            "apt-get install chromium; elsewhere put chromium or chrome on the PATH)"
        )
    with running(program, tmp_path_factory.mktemp("chromium")) as port:
        yield port


@pytest.fixture
async def page(browser: int) -> AsyncIterator[Tab]:
    async with tab(browser) as opened:
        yield opened


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render_report(full_report()), encoding="utf-8")
    return file


async def search(page: Tab, words: str) -> list[str]:
    await page.evaluate(
        f"document.querySelector('#search').value = {words!r};"
        "document.querySelector('#search').dispatchEvent(new Event('input'))"
    )
    return list(await page.evaluate(SHOWN))


async def choose(page: Tab, select: str, option: str) -> list[str]:
    await page.evaluate(
        f"(() => {{ const list = document.querySelector('#{select}');"
        f"list.selectedIndex = [...list.options].findIndex((one) => one.text === {option!r});"
        "list.dispatchEvent(new Event('change')); })()"
    )
    return list(await page.evaluate(SHOWN))


async def test_report_runs_without_an_error_and_asks_the_network_for_nothing(
    page: Tab, full: Path
) -> None:
    await page.open(full)
    await page.evaluate(OPEN_ALL)
    assert await page.evaluate("document.querySelectorAll('.example .text').length") > 100
    assert page.errors == []
    assert page.requests == [full.resolve().as_uri()]


async def test_policy_refuses_what_it_should(page: Tab, full: Path) -> None:
    """Were the policy not in force, these would run or be asked for; so the test can fail."""
    await page.open(full)
    await page.evaluate(
        "(async () => { const image = new Image(); image.src = 'http://127.0.0.1:9/x.png';"
        "const script = document.createElement('script'); script.textContent = 'window.ran = 1';"
        "document.body.append(image, script);"
        "await new Promise((done) => setTimeout(done, 300)); })()"
    )
    assert await page.evaluate("window.ran === undefined")
    assert sum("Content Security Policy" in error for error in page.errors) == 2


async def test_search_finds_words_anywhere_in_an_example_and_says_how_many(
    page: Tab, full: Path
) -> None:
    await page.open(full)
    assert len(await page.evaluate(SHOWN)) == 25
    assert await search(page, "MOSSES plan-7") == ["taxonomy-007"]
    assert await page.evaluate("document.querySelector('#found').textContent") == (
        "1 of 40 examples"
    )
    assert await search(page, "web-012") == ["web-012"]
    assert len(await search(page, "acid drill crawl/pages.warc.gz")) == 25  # in the lineage only
    assert await search(page, "nowhere-to-be-found") == []
    assert await page.evaluate("document.querySelector('#found').textContent") == (
        "No example matches."
    )


async def test_filters_and_order_go_together_with_the_search(page: Tab, full: Path) -> None:
    await page.open(full)
    assert len(await choose(page, "source", "taxonomy")) == 10
    assert await choose(page, "split", "validation") == []
    assert await choose(page, "source", "all sources") == ["web-000", "web-010", "web-020"]
    highest = await choose(page, "order", "judge: correct, highest first")
    assert highest == ["web-020", "web-010", "web-000"]


async def test_more_examples_come_by_the_button_until_all_are_there(page: Tab, full: Path) -> None:
    await page.open(full)
    await page.evaluate("document.querySelector('#more').click()")
    assert len(await page.evaluate(SHOWN)) == 40
    assert await page.evaluate("document.querySelector('#more').hidden")


async def test_example_opens_by_keyboard_to_its_marked_page(page: Tab, full: Path) -> None:
    await page.open(full)
    await page.evaluate("document.querySelector('.example summary').focus()")
    await page.press("Enter", 13, "\r")
    await page.evaluate("new Promise((done) => setTimeout(done, 100))")
    marks = "[...document.querySelectorAll('.example mark')].map((one) => one.dataset.mark)"
    assert await page.evaluate(marks) == ["question", "answer"]


async def test_every_control_is_reached_by_the_tab_key_and_named(page: Tab, full: Path) -> None:
    await page.open(full)
    reached = []
    for _ in range(200):
        await page.press("Tab", 9)
        reached.append(await page.evaluate("document.activeElement.id"))
        if reached[-1] == "more":
            break
    assert [name for name in reached if name] == [
        "theme", "search", "source", "split", "order", "more"
    ]  # fmt: skip
    assert await page.evaluate(
        "[...document.querySelectorAll('input, select')].every((one) => one.labels[0].textContent)"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_colours_follow_the_reader_until_the_toggle_is_used(
    page: Tab, full: Path, scheme: str
) -> None:
    await page.prefer(scheme)
    await page.open(full)
    await page.evaluate("localStorage.clear()")
    await page.open(full)
    preferred = await page.evaluate(PAPER)
    await page.evaluate("document.querySelector('#theme').click()")
    toggled = await page.evaluate(PAPER)
    other = "light" if scheme == "dark" else "dark"
    assert await page.evaluate("document.documentElement.dataset.theme") == other
    assert {preferred, toggled} == {"rgb(252, 252, 251)", "rgb(21, 24, 28)"}
    await page.open(full)
    assert await page.evaluate(PAPER) == toggled  # it is remembered
    await page.evaluate("localStorage.clear()")


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
async def test_page_never_scrolls_sideways(page: Tab, full: Path, width: int) -> None:
    await page.resize(width, mobile=width < 700)
    await page.open(full)
    await page.evaluate(OPEN_ALL)
    assert await page.evaluate(WIDTH) <= width
    assert await page.evaluate("innerWidth") == width


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_text_does_nothing_and_breaks_no_layout(
    page: Tab, tmp_path: Path, kind: str
) -> None:
    small = full_report(examples=[harvested(0), synthesised(0)])
    file = tmp_path / "hostile.html"
    file.write_text(render_report(poisoned(small, HOSTILE[kind])), encoding="utf-8")
    await page.resize(375, mobile=True)
    await page.open(file)
    await page.evaluate(OPEN_ALL)
    await page.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert await page.evaluate("window.hacked === undefined && typeof hacked === 'undefined'")
    assert len(await page.evaluate(SHOWN)) == 2
    assert page.errors == []
    assert page.requests == [file.resolve().as_uri()]
    assert await page.evaluate(
        "document.querySelectorAll('img, iframe, object, embed, base, [autofocus]').length"
    ) == 0  # fmt: skip
    protocols = "[...document.links].map((one) => one.protocol)"
    assert set(await page.evaluate(protocols)) <= {"file:", "http:", "https:"}
    assert await page.evaluate(WIDTH) <= 375
    assert await page.evaluate(WHOLE)


async def test_links_leave_without_a_trace_of_the_report(page: Tab, full: Path) -> None:
    await page.open(full)
    await page.evaluate(OPEN_ALL)
    links = "[...document.links].filter((one) => one.protocol !== 'file:')"
    assert await page.evaluate(f"{links}.length") > 2
    assert await page.evaluate(f"{links}.every((one) => one.rel.includes('noopener'))")
    assert await page.evaluate(f"{links}.every((one) => one.rel.includes('noreferrer'))")


async def test_empty_report_runs_too(page: Tab, tmp_path: Path) -> None:
    file = tmp_path / "empty.html"
    file.write_text(render_report(empty_report()), encoding="utf-8")
    await page.open(file)
    assert page.errors == []


async def test_print_shows_what_was_folded(page: Tab, full: Path) -> None:
    await page.open(full)
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    folded = "document.querySelectorAll('details:not(.example):not([open])').length"
    assert await page.evaluate(folded) == 0
    assert await page.send("Page.printToPDF")
