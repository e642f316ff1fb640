"""The report: what it shows is what was measured, and no text in it is more than a text."""

import re
import sys
import time
import tracemalloc
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "release"))

from evaluation_sample import Items, figures_of, scored, two_models
from report_reading import Element, read, rows, tables
from report_sample import HOSTILE

from gleanery.infra.storage import Store
from gleanery.tasks.evaluation import report_items
from gleanery.tasks.evaluation.item_lists import item_lists
from gleanery.tasks.evaluation.item_outcomes import ReportedItem
from gleanery.tasks.evaluation.judged_records import Judged, PointScore, WinRate
from gleanery.tasks.evaluation.report import ITEMS_FILE, render_report
from gleanery.tasks.evaluation.report_data import EvaluationFigures, EvaluationReportConfig
from gleanery.tasks.evaluation.report_store import write_report
from gleanery.tasks.evaluation.shared_prompts import SharedPrompts


def rendered(
    items: Items, figures: EvaluationFigures | None = None, longest: int = 3000, per_list: int = 15
) -> str:
    prompts = SharedPrompts(item for of_model in items.values() for item in of_model)
    shown = item_lists(items, per_list)
    return render_report(figures or figures_of(items), shown, prompts, "1 May 2026", longest)


@pytest.fixture(scope="module")
def page() -> Element:
    return read(rendered(two_models()))


# Figures


def test_head_tells_means_difference_and_how_many_benchmarks_are_better(page: Element) -> None:
    told = page.one("dl", class_="figures")
    shown = {one.one("dt").text: one.one("dd", class_="value").text for one in told.all("div")}
    assert shown == {
        "tuned less base": "+20.8",
        "base, mean of 2 benchmarks": "25.0 %",
        "tuned, mean of 2 benchmarks": "45.8 %",
        "tuned better, worse, undecided": "1 · 0 · 1",
    }
    lead = page.one("header").one("p", class_="lead").text
    assert "base is org/base at abc123" in lead
    assert "136 answers on 2 benchmarks, seed 7" in lead
    assert [one.text.split(" (")[0] for one in page.one("ul", class_="findings").all("li")] == [
        "gsm8k: tuned is better than base",
        "theoremqa: no difference is shown between tuned and base",
    ]


def test_table_has_every_figure_of_each_benchmark_and_model(page: Element) -> None:
    (shown,) = tables(page, "scores").values()
    base, tuned, theorems, _ = shown[1:]
    assert base == ["gsm8k", "base", "60", "25.015.8 to 37.2", "1", "0", "0", "0", *[""] * 6]
    assert tuned[:8] == ["gsm8k", "tuned", "60", "66.754.1 to 77.3", "1", "1", "0", "0"]
    assert tuned[8].startswith("+41.7+2")
    assert tuned[9:] == ["30", "5", "< 0.0001", "< 0.0001", "better"]
    assert theorems[:4] == ["theoremqa", "base", "8", "25.07.1 to 59.1"]


def test_counts_lead_to_lists_that_are_there(page: Element) -> None:
    links = page.one("section", id="scores").all("a")
    assert [one.text for one in links] == ["1", "1", "30", "5", "1", "1"]
    for link in links:
        listed = page.one("details", id=(link.attributes["href"] or "").removeprefix("#"))
        assert listed.all("summary")[0].text.startswith(f"{link.text} ")
    won = page.one("details", id="won-gsm8k-1")
    assert len(won.all("details", class_="example")) == 15
    assert "30 items won by tuned (15 shown, drawn at random)" in won.text


def test_item_shows_question_expected_answer_and_what_each_model_said(page: Element) -> None:
    item = page.one("details", id="lost-gsm8k-1").all("details", class_="example")[3]
    assert item.one("span", class_="meta").text == "sums/3 · base ✓ 6 · tuned ✗ 7777"
    boxes = [one.text for one in item.all("div", class_="text")]
    assert boxes == [
        "Question: What is 3 + 3?\nAnswer:", "6",
        "I add. The answer is 6.", "I add. The answer is 7777.",
    ]  # fmt: skip
    whole = item.one("details", class_="whole")
    beginning = page.one("details", id=whole.attributes["data-before"] or "")
    assert beginning.one("div", class_="text").text.startswith("Solve it.\n\nQuestion: What is 1")
    unread = page.one("details", id="unparseable-gsm8k-1").one("details", class_="example")
    assert unread.attributes["data-flags"] == "cut-off unparseable"
    assert "nothing could be read · cut off at the limit · 9 tokens" in unread.text


def test_chart_has_our_bars_with_their_intervals_above_the_published_ones(page: Element) -> None:
    first, second = page.one("section", id="accuracy").all("svg")
    said = first.attributes["aria-label"] or ""
    assert said.startswith("gsm8k: base 25.0 %, tuned 66.7 %, Mistral-7B [1] 36.2 %")
    assert "GLAN-7B [2] 80.8 %" in said
    assert len(first.all("line", class_="error")) == 2 * 3
    assert [bar.attributes["class"] for bar in first.all("rect")[:3]] == [
        "first", "second", "published"
    ]  # fmt: skip
    assert "GLAN" not in (second.attributes["aria-label"] or "")


def test_published_figures_stand_below_ours_with_their_table(page: Element) -> None:
    section = page.one("section", id="published")
    shown = rows(section.one("table"))
    assert shown[0] == ["percent right", "gsm8k", "theoremqa"]
    assert shown[1] == ["base", "25.0", "25.0"]
    assert ["MAmmoTH2-7B [1]", "68.4", "29.0"] in shown
    assert ["GLAN-7B [2]", "80.8", "–"] in shown
    assert "Table 2" in section.one("ul").text
    assert "no yardstick" in section.text


def test_subjects_are_told_where_there_are_several(page: Element) -> None:
    (shown,) = tables(page, "subjects").values()
    assert shown[1:] == [["even", "4", "25.0", "25.0"], ["odd", "4", "25.0", "25.0"]]


def test_followed_instructions_are_told_one_by_one_where_items_have_some() -> None:
    marks = ([True, True], [True, False], [False, True])
    rows = [
        scored(n, all(of), benchmark="ifeval", followed=of, followed_loosely=[True, True])
        for n, of in enumerate(marks)
    ]
    shown = tables(read(rendered({"base": rows})), "scores")
    (told,) = [table for caption, table in shown.items() if caption.startswith("Single")]
    assert told[1] == ["base", "6", "66.7", "100.0", "33.3", "100.0"]


def test_open_items_are_told_at_the_head_and_in_their_row() -> None:
    items = two_models()
    figures = figures_of(items, unanswered={"tuned": {"gsm8k": 3}})
    document = read(rendered(items, figures))
    assert "3 items without an answer yet" in document.one("header").text
    (shown,) = tables(document, "scores").values()
    assert [row[7] for row in shown[1:3]] == ["0", "3"]


def test_refused_prompts_are_told_at_the_head_with_what_was_said_of_them() -> None:
    refused = {"finish_reason": "refused", "answer": "", "detail": "HTTP 400: <b>too long</b>"}
    document = read(rendered({"base": [scored(1, True), scored(2, False, **refused)]}))
    said = document.one("header").text
    assert "1 of 2 prompts of gsm8k were refused and count as wrong, mostly with: HTTP 400" in said
    assert "<b>too long</b>" in said
    assert "HTTP 400: <b>too long</b>" in document.one("section", id="items").text


def test_single_model_is_compared_with_nothing() -> None:
    items = {"base": two_models()["base"]}
    document = read(rendered(items))
    (shown,) = tables(document, "scores").values()
    assert len(shown[0]) == 8
    assert "45 items that base has wrong" in document.one("section", id="items").text


def test_nothing_answered_yet_is_said() -> None:
    items: dict[str, list[Any]] = {"base": [], "tuned": []}
    document = read(rendered(items, figures_of(items, unanswered={"base": {"gsm8k": 60}})))
    assert "60 items without an answer" in document.one("header").text
    assert "run the evaluation again" in document.one("section", id="scores").text


def test_columns_of_the_file_are_all_named(page: Element) -> None:
    named = dict(rows(page.one("section", id="file").one("table"))[1:])
    assert list(named) == list(ReportedItem.model_fields)
    assert all(named.values())
    assert page.one("section", id="file").one("a").attributes["href"] == f"./{ITEMS_FILE}"


def test_headings_go_down_one_level_at_a_time_and_links_lead_somewhere(page: Element) -> None:
    levels = [int(one.name[1]) for one in page.all() if re.fullmatch("h[1-6]", one.name)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    places = {one.attributes.get("id") for one in page.all()}
    for link in page.all("a"):
        href = link.attributes["href"] or ""
        if href.startswith("#"):
            assert href[1:] in places


# Judged suites

COUNTS = {
    "verdicts": 160, "no_answer": 1, "unparseable": 2, "truncated": 0, "declined": 3,
    "content_filter": 0, "refused_request": 0,
}  # fmt: skip
RANGE = {"estimate": 0.4, "low": 0.3, "high": 0.5}


def judged(left_out: int = 4) -> Judged:
    categories = [{"category": name, "items": 40, "mean": 0.4} for name in ("code", "prose")]
    rate = WinRate.model_validate(
        {
            "suite": "alpaca_eval", "label": "tuned", "reference": "davinci", "judge": "judge-1",
            "items": 80, "rate": RANGE, "controlled": RANGE | {"estimate": 0.35}, "p_value": 0.02,
            "p_adjusted": 0.04, "won": 30, "tied": 4, "lost": 46, "inconsistent": 9,
            "first_shown": 0.55,
            "left_out": left_out, "if_lost": 0.38, "if_won": 0.43, "cut_off": 0,
            "reference_cut_off": 0, "characters": 900.0, "reference_characters": 400.0,
            "counts": COUNTS, "categories": categories,
        }
    )  # fmt: skip
    points = PointScore.model_validate(
        {
            "suite": "mt_bench", "label": "tuned", "judge": "judge-1", "items": 80,
            "points": {"estimate": 6.25, "low": 6.0, "high": 6.5}, "left_out": 0, "if_lowest": 6.25,
            "if_highest": 6.25, "cut_off": 2, "counts": COUNTS,
            "turns": [{"turn": 1, "items": 80, "mean": 6.5}, {"turn": 2, "items": 80, "mean": 6.0}],
            "categories": [one | {"mean": 6.25} for one in categories],
            "against": {"items": 80, "won": 40, "lost": 20, "p_value": 0.01,
                        "p_adjusted": 0.03, "controlled": RANGE,
                        "difference": {"estimate": 1.1, "low": 0.5, "high": 1.7}},
        }
    )  # fmt: skip
    return Judged(win_rates=[rate], points=[points], unanswered=2)


def test_judged_suites_have_a_chapter_when_there_are_any(page: Element) -> None:
    assert not page.all("section", id="win-rates")
    items = two_models()
    document = read(rendered(items, figures_of(items, judged())))
    shown = tables(document, "win-rates")
    won = shown["Win rates with 95 % intervals"][1]
    assert won[:9] == [
        "alpaca_eval", "tuned", "davinci", "judge-1", "80", "40.030.0 to 50.0", "35.030.0 to 50.0",
        "0.02", "0.04",
    ]  # fmt: skip
    assert shown["How the judging went"][1][3:6] == ["9", "55.0", "438.0 to 43.0"]
    points = tables(document, "points")
    given = points["Points with 95 % intervals"][1]
    assert given[4:6] == ["6.256.00 to 6.50", "6.50 · 6.00"]
    assert given[8] == (
        "+1.10+0.50 to +1.70p = 0.01, adjusted p = 0.03at equal length +0.40, +0.30 to +0.50"
    )
    for section in ("win-rates", "points", "scores"):
        assert "ntervals are not adjusted" in document.one("section", id=section).text
    assert points["mt_bench by category, points, judged by judge-1"][1] == ["code", "40", "6.25"]
    nothing = points["Verdicts, and what came to nothing"]
    assert dict(zip(*nothing, strict=True))["declined"] == "3"
    beside = tables(document, "published-judged")["Beside published figures"]
    assert beside[0] == ["figure", "alpaca_eval", "mt_bench"]
    assert beside[1] == ["tuned", "35.0", "6.25"]  # at equal length
    assert beside[2] == ["MAmmoTH2-7B-Plus [1]", "23.4", "7.88"]
    assert "2 answers or verdicts missing" in document.one("section", id="judged-open").text


def test_report_of_judges_alone_has_nothing_of_benchmarks() -> None:
    items: dict[str, list[Any]] = {"tuned": []}
    document = read(rendered(items, figures_of(items, judged(), benchmarks=[])))
    links = [link.text for link in document.one("nav").all("a")]
    assert links[:2] == ["Preferred answers", "Points"]
    assert not document.all("section", id="scores")
    assert "benchmark" not in document.one("header").one("p", class_="lead").text


# Sizes


def test_answer_of_100_kb_shows_beginning_and_end_and_says_what_is_left_out() -> None:
    long = f"It begins. {'x' * 100_000} The answer is 2."
    items = {"base": [scored(1, False, answer=long), scored(2, False)]}
    html = rendered(items, longest=400)
    assert len(html.encode()) < 100_000
    box = read(html).one("details", id="wrong-gsm8k-0").all("div", class_="text")[2]
    assert box.text.startswith("It begins. xxx")
    assert box.text.endswith("The answer is 2.")
    assert "[… 99,628 characters left out: see the file of items …]" in box.text


def test_lists_beyond_the_limit_are_cut_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_items, "LARGEST", 40_000)
    page = read(rendered(two_models(), per_list=500))
    won = page.one("details", id="won-gsm8k-1")
    shown = len(won.all("details", class_="example"))
    assert 1 <= shown < 30
    assert f"30 items won by tuned ({shown} shown, drawn at random)" in won.text


def many(model: str, count: int, beginning: str) -> list[Any]:
    return [
        scored(
            n, (n + len(model)) % 3 == 0, benchmark=("gsm8k", "math")[n % 2], id=f"{n}",
            subject=f"subject {n % 20}", model=model, answer=f"I think about {n}. " * 20,
            prompt=f"{beginning}Question: What is {n}?\nAnswer:",
        )
        for n in range(count)
    ]  # fmt: skip


BEGINNING = f"Solve it.\n\n{'Question: How? Answer: So. ' * 150}\n\n"


def test_20000_items_of_two_models_make_a_small_page_in_time(tmp_path: Path) -> None:
    items = {model: many(model, 20_000, BEGINNING) for model in ("base", "tuned")}
    figures = figures_of(items)
    started = time.process_time()
    report = write_report(Store(str(tmp_path)), figures, items, EvaluationReportConfig())
    assert time.process_time() - started < 60
    assert (tmp_path / report.folder / "index.html").stat().st_size < 2_000_000
    assert len(pq.read_table(tmp_path / report.folder / ITEMS_FILE, columns=["id"])) == 40_000


def test_memory_holds_no_second_copy_of_prompts_and_answers(tmp_path: Path) -> None:
    items = {model: many(model, 3_000, BEGINNING) for model in ("base", "tuned")}
    small = {"base": many("base", 2, BEGINNING)}  # what is imported on first use is no copy
    write_report(Store(str(tmp_path)), figures_of(small), small, EvaluationReportConfig())
    texts = sum(len(item.prompt) + len(item.answer) for of in items.values() for item in of)
    figures = figures_of(items)
    tracemalloc.start()
    write_report(Store(str(tmp_path)), figures, items, EvaluationReportConfig())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < texts / 5


# Hostile texts

CLEAN = {one.name for one in read(rendered(two_models())).all()}


@cache
def hostile_page(kind: str) -> str:
    """Return a report in which whatever a model, a benchmark or a configuration says is hostile."""
    text = HOSTILE[kind]
    said = {"answer": text, "extracted": text, "detail": text, "subject": text, "expected": text}
    items = {
        label: [
            scored(n, right, id=f"{text[:40]}{n}", prompt=f"{text}\n\nQuestion: {n} {text}", **said)
            for n, right in enumerate((label == text, True, False))
        ]
        for label in ("base", text)
    }
    figures = figures_of(items, name=text)
    facts = figures.facts.model_copy(
        update={
            "models": [
                model.model_copy(update={"model": text, "revision": text})
                for model in figures.facts.models
            ],
            "benchmarks": [
                one.model_copy(update={"source": text}) for one in figures.facts.benchmarks
            ],
        }
    )
    return rendered(items, figures.model_copy(update={"facts": facts}), longest=100_000)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_stays_a_text_wherever_it_stands(kind: str) -> None:
    html = hostile_page(kind)
    html.encode()  # half a surrogate pair could not be written
    document = read(html)  # and every element is closed where it was opened
    assert {one.name for one in document.all()} <= CLEAN
    assert len(document.all("script")) == len(document.all("style")) == 1
    for element in document.all():
        names = set(element.attributes)
        assert not any(name.startswith("on") for name in names)
        assert not names & {"style", "src", "srcdoc", "action", "formaction", "autofocus"}
        if "href" in names and element.name == "a":
            split = urlsplit(element.attributes["href"] or "")
            assert split.scheme in ("https", "")
            assert split.netloc in ("", "arxiv.org")


@pytest.mark.parametrize("kind", HOSTILE)
def test_nothing_invisible_is_left_in_the_page(kind: str) -> None:
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069\ufeff]"
        "|[\ud800-\udfff]|[\U000e0000-\U000e007f]",
        hostile_page(kind),
    )


def test_hostile_text_is_readable_as_it_is() -> None:
    text = HOSTILE["end of script"]
    boxes = read(hostile_page("end of script")).all("div", class_="text")
    assert sum(box.text == text for box in boxes) > 4
