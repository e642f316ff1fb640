"""The report in a real browser: its links open lists, its search finds, and no text acts."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "release"))

from chromium import Tab, installed, running, tab
from evaluation_sample import EXAMPLES, figures_of, scored, two_models
from report_sample import HOSTILE

from gleanery.tasks.evaluation.item_lists import item_lists
from gleanery.tasks.evaluation.report import render_report
from gleanery.tasks.evaluation.shared_prompts import SharedPrompts

WIDTH = "document.documentElement.scrollWidth"
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
OPEN_LISTS = "[...document.querySelectorAll('.list[open]')].map((one) => one.id)"
FOUND = "document.querySelector('#found').textContent"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    program = installed()
    if program is None:
        pytest.skip(
            "NO BROWSER: the evaluation's report is tried in none. Install Chromium (Debian, "
            "Ubuntu: apt-get install chromium; elsewhere put chromium or chrome on the PATH)"
        )
    with running(program, tmp_path_factory.mktemp("chromium")) as port:
        yield port


@pytest.fixture
async def page(browser: int) -> AsyncIterator[Tab]:
    async with tab(browser) as opened:
        yield opened


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a report with items won and lost, and hostile answers among them."""
    items = two_models()
    for number, text in enumerate(HOSTILE.values()):
        said = {"answer": text, "extracted": text[:100], "id": f"h{number} {text[:40]}"}
        items["base"].append(scored(number, False, **said))
        items["tuned"].append(scored(number, True, **said))
    prompts = SharedPrompts(item for rows in items.values() for item in rows)
    file = tmp_path_factory.mktemp("report") / "index.html"
    html = render_report(figures_of(items), item_lists(items, 500), prompts, "1 May 2026", 3000)
    file.write_text(html, encoding="utf-8")
    return file


async def settle(page: Tab) -> None:
    await page.evaluate("new Promise((done) => setTimeout(done, 50))")


async def test_report_runs_without_an_error_asks_for_nothing_and_no_answer_acts(
    page: Tab, report: Path
) -> None:
    await page.open(report)
    await page.evaluate(OPEN_ALL)
    await settle(page)
    assert await page.evaluate("document.querySelectorAll('.example .text').length") > 200
    assert await page.evaluate("window.hacked === undefined")
    assert page.errors == []
    assert page.requests == [report.resolve().as_uri()]


async def test_count_in_the_table_opens_its_list(page: Tab, report: Path) -> None:
    await page.open(report)
    assert await page.evaluate(OPEN_LISTS) == []
    await page.evaluate("document.querySelector('a[href=\"#lost-gsm8k-1\"]').click()")
    await settle(page)
    assert await page.evaluate(OPEN_LISTS) == ["lost-gsm8k-1"]
    top = "document.querySelector('#lost-gsm8k-1').getBoundingClientRect().top"
    assert 0 <= await page.evaluate(top) < 900


async def test_whole_prompt_unfolds_to_what_was_sent(page: Tab, report: Path) -> None:
    await page.open(report)
    unfolded = await page.evaluate(
        "(async () => { const whole = document.querySelector('#lost-gsm8k-1 .whole');"
        "whole.open = true; await new Promise((done) => setTimeout(done, 50));"
        "return whole.querySelector('.text').textContent; })()"
    )
    assert unfolded == f"{EXAMPLES}Question: What is 0 + 0?\nAnswer:"


async def test_search_and_filters_narrow_the_lists_together(page: Tab, report: Path) -> None:
    async def choose(name: str, value: str) -> str:
        await page.evaluate(
            f"(() => {{ const control = document.querySelector('#{name}');"
            f"control.value = {value!r}; control.dispatchEvent(new Event("
            f"'{'input' if name == 'search' else 'change'}')); }})()"
        )
        return str(await page.evaluate(FOUND))

    await page.open(report)
    whole = str(await page.evaluate(FOUND))
    count = int(whole.split()[0])
    assert whole == f"{count} of {count} shown items"
    assert await choose("kind", "lost") == f"6 of {count} shown items"
    assert await choose("benchmark", "theoremqa") == f"1 of {count} shown items"
    assert await choose("search", "WHAT is 0") == f"1 of {count} shown items"
    assert await page.evaluate(OPEN_LISTS) == ["lost-theoremqa-1"]
    assert await choose("search", "nowhere to be found") == "No shown item matches."
    for name in ("search", "kind", "benchmark"):
        await choose(name, "")
    assert await choose("flag", "cut-off") == f"2 of {count} shown items"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
async def test_page_is_never_wider_than_its_screen(
    page: Tab, report: Path, width: int, scheme: str
) -> None:
    await page.resize(width, mobile=width < 500)
    await page.prefer(scheme)
    await page.open(report)
    await page.evaluate(OPEN_ALL)
    assert await page.evaluate(WIDTH) == width
