"""The report: what it shows is what the data says, and no text in it is more than a text."""

import re
import sys
from base64 import b64encode
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gleanery.tasks.release import report_browser
from gleanery.tasks.release.curation_facts import CurationFacts
from gleanery.tasks.release.report import CHAPTERS, render_report
from gleanery.tasks.release.report_data import (
    Change,
    Count,
    FunnelStage,
    Histogram,
    ReportData,
    SourceRows,
)
from gleanery.tasks.release.report_histograms import histogram

sys.path.insert(0, str(Path(__file__).parent))

from report_reading import Element, examples, number, read, rows, tables
from report_sample import (
    HOSTILE,
    QUESTION,
    empty_report,
    full_report,
    harvested,
    poisoned,
    synthesised,
)

FULL = full_report()
SECTIONS = [anchor for _, sections in CHAPTERS for anchor, _, _ in sections]


@pytest.fixture(scope="module")
def full() -> Element:
    return read(render_report(FULL))


# Sections


@pytest.mark.parametrize("data", [FULL, empty_report()], ids=["full", "empty"])
def test_every_section_is_there_with_a_heading_and_a_way_to_it(data: ReportData) -> None:
    document = read(render_report(data))
    for anchor in SECTIONS:
        section = document.one("section", id=anchor)
        assert section.one("h3").text
        assert document.one("nav").all("a", href=f"#{anchor}")


def test_an_empty_section_says_why_it_is_empty() -> None:
    document = read(render_report(empty_report()))
    for anchor in SECTIONS:
        said = document.one("section", id=anchor).one("p", class_="nothing").text
        assert said.endswith(".")
    assert "not searched" in document.one("section", id="decontamination").text


def test_headings_go_down_one_level_at_a_time(full: Element) -> None:
    levels = [int(one.name[1]) for one in full.all() if re.fullmatch("h[1-6]", one.name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_figure_has_words_for_those_who_cannot_see_it(full: Element) -> None:
    drawings = full.all("svg")
    assert drawings
    assert all(
        one.attributes.get("aria-hidden") == "true" or one.attributes.get("aria-label")
        for one in drawings
    )
    assert all(table.all("caption") for table in full.all("table"))


# Numbers


def test_head_tells_rows_sources_and_what_was_left_out(full: Element) -> None:
    told = full.one("dl", class_="figures")
    shown = {one.one("dt").text: one.one("dd", class_="value").text for one in told.all("div")}
    assert shown["examples"] == "4,940"
    assert shown["sources"] == "2"
    assert shown["candidates"] == "11,649"
    assert shown["left out"] == "6,709"
    assert shown["tokens per example"] == "2,431"  # 12,011,000 tokens for 4,940 rows
    assert "4,750 train · 190 validation" in told.text
    assert "1 gave no row" in told.text


def test_sources_and_splits_add_up(full: Element) -> None:
    (shown,) = tables(full, "sources").values()
    assert shown[0] == [
        "source", "", "released", "share", "train", "validation", "candidates", "asked for"
    ]  # fmt: skip
    assert shown[1] == ["web", "", "3,800", "76.9 %", "3,610", "190", "8,190", "weight 0.75"]
    assert shown[3] == ["skills", "", "0", "0 %", "0", "0", "1,245", "all"]
    assert shown[-1] == ["all sources", "", "4,940", "100 %", "4,750", "190", "11,649", ""]
    for column in (2, 4, 5, 6):
        assert number(shown[-1][column]) == sum(number(row[column]) for row in shown[1:-1])


def test_funnel_table_and_drawing_have_the_stages_numbers(full: Element) -> None:
    shown = tables(full, "funnel")["Rows by stage"][1:]
    assert len(shown) == len(FULL.funnel)
    for stage, row in zip(FULL.funnel, shown, strict=True):
        assert row[:2] == [stage.name, stage.lane or "release"]
        assert [number(cell) for cell in row[2:]] == [
            stage.rows_in,
            stage.rows_out,
            sum(stage.rejected.values()),
            sum(stage.failed.values()),
        ]
    drawn = [svg.text for svg in full.one("section", id="funnel").all("svg")]
    assert len(drawn) == 5  # all together, and for narrow screens each by itself
    assert "128,430 → 6,124 rows" in drawn[0]
    assert "− 122,306" in drawn[0]


def test_reasons_are_those_of_the_stages_and_open_rows_stand_apart(full: Element) -> None:
    shown = tables(full, "reasons")
    web = shown["web: 123,708 rows rejected"]
    assert [row[0] for row in web[1:]] == [
        "recall: below threshold", "recall: not html", "extract: no pairs"
    ]  # fmt: skip
    assert [row[2] for row in web[1:]] == ["110,000", "12,306", "1,402"]
    assert shown["web: 31 rows open"][1] == ["extract: timeout", "", "31", "100 %"]
    assert "31 rows are still open" in full.all("p", class_="warning")[0].text


def test_leaks_are_counted_by_benchmark_and_shown_with_the_match_marked(full: Element) -> None:
    (shown,) = tables(full, "decontamination").values()
    assert shown[0] == [
        "benchmark", "items", "hits", "ngram (question)", "whole text (answer)",
        "rows left out", "rows in the release",
    ]  # fmt: skip
    assert shown[1:] == [
        ["planets", "1,172", "61", "52", "9", "50", "4"],
        ["sums", "1,319", "0", "0", "0", "0", "0"],
        ["all", "2,491", "61", "52", "9", "50", "4"],
    ]
    section = full.one("section", id="decontamination").text
    assert "50 rows with a hit left out for it, 4 in this release all the same, 6 out" in section
    assert "row web-999, left out" in section
    row, item = full.one("details", class_="leak").all("mark")
    assert row.text.startswith("WHICH OF THESE IS THE LARGEST PLANET")
    assert item.text == "Which of these is the largest planet of the solar system"


def test_duplicates_are_counted_by_kind_and_level(full: Element) -> None:
    (shown,) = tables(full, "duplicates").values()
    assert shown == [
        [
            "kind", "found", "of candidates", "left out for it", "in the release",
            "example level", "question level",
        ],
        ["exact", "748", "6.4 %", "740", "0", "748", "0"],
        ["near", "1,120", "9.6 %", "1,000", "100", "1,000", "120"],
        ["all", "1,868", "16.0 %", "1,740", "100", "1,748", "120"],
    ]  # fmt: skip
    assert "leaves out: exact." in full.one("section", id="duplicates").text


def test_rows_that_curation_could_not_ask_about_are_told_at_the_head(full: Element) -> None:
    notices = [one.text for one in full.one("header").all("p", class_="warning")]
    assert len(notices) == 2
    assert "12 rows by judgements, 1 row by paraphrases" in notices[1]
    assert "next run asks again" in notices[1]
    asked = full_report(curation=CurationFacts(), funnel=[])
    assert not read(render_report(asked)).all("p", class_="warning")


def test_same_rows_that_are_said_to_be_compared_with_more_are_told_as_that() -> None:
    change = Change(
        previous="v1", unchanged=9, added=[], removed=[], curation=["now compared with exam"]
    )
    said = read(render_report(full_report(change=change))).one("section", id="change").text
    assert "The rows are the same" in said
    assert "now compared with exam" in said


def test_a_score_that_is_the_same_everywhere_takes_a_line_and_no_chart() -> None:
    same = histogram("garbled", "heuristics", [0.25] * 30, kept=[True] * 20 + [False] * 10)
    varied = histogram("correct", "judge", [0.25, 0.5])
    section = read(render_report(full_report(scores=[same, varied]))).one("section", id="scores")
    assert len(section.all("figure")) == 1
    (line,) = section.all("li")
    assert line.text == "garbled (heuristics): 0.25 · 30 values · 20 released"


def test_none_found_is_not_the_same_as_not_looked_for() -> None:
    data = full_report(duplicates=[], leaks=[], leaks_shown=[])
    document = read(render_report(data))
    assert "exact, near ones were looked for" in document.one("section", id="duplicates").text
    assert "0 hits found" in document.one("section", id="decontamination").text


def test_histograms_show_each_bin(full: Element) -> None:
    figure, empty = full.one("section", id="scores").all("figure")
    histogram = FULL.scores[0]
    shown = rows(figure.one("table"))[1:]
    assert [number(row[2]) for row in shown] == histogram.counts
    assert [number(row[3]) for row in shown] == histogram.kept
    assert "2,100 values" in figure.text
    assert "at least 0.75 passes" in figure.text
    assert len(figure.all("line", class_="threshold")) == 1
    assert "No row has this value" in empty.text


def test_costs_of_a_pipeline_are_divided_by_its_own_released_rows(full: Element) -> None:
    (shown,) = tables(full, "costs").values()
    assert shown[0][-3:] == ["tokens per example", "USD", "USD per example"]
    extract, judged, total = shown[1:]
    assert extract[3:] == [
        "6,124", "0", "9,120,000", "2,100,000", "2,952.6", "3.42", "0.000900"
    ]  # fmt: skip
    assert judged[1:5] == ["curation", "", "310", "9,410"]
    assert judged[7] == "160.1"  # of all rows
    assert total[3:5] == ["6,434", "9,410"]
    assert total[-2:] == ["3.92", "0.000794"]


def test_changes_are_told_by_reason_and_source(full: Element) -> None:
    section = full.one("section", id="change")
    assert "+530 rows added, −12 removed, 4,410 rows unchanged" in section.text
    (shown,) = tables(full, "change").values()
    assert shown[1:] == [["new", "web", "+530"], ["forgotten", "web", "−12"]]


def test_licences_and_their_families_are_counted_over_all_rows(full: Element) -> None:
    licences, families = tables(full, "licences").values()
    assert [row[0] for row in licences[1:]] == ["none: synthesised", "CC-BY-4.0"]
    assert [row[0] for row in families[1:]] == ["none: synthesised", "permissive"]
    assert licences[1][2:] == families[1][2:] == ["2,930", "59.3 %"]


def test_coverage_and_diversity_are_told_with_what_is_missing(full: Element) -> None:
    reached = tables(full, "coverage")["What has at least one example"]
    assert reached[1] == ["subjects", "", "41 of 44", "93.2 %"]
    assert "Mosses, and 2 more" in full.one("section", id="coverage").text
    (diverse,) = tables(full, "diversity").values()
    assert diverse[1][:3] == ["web", "12", "12"]
    assert diverse[2][:3] == ["skills", "1", "too few"]


def test_browser_has_every_example_with_its_lineage(full: Element) -> None:
    given = examples(full)
    assert [one["id"] for one in given] == [one.id for one in FULL.examples]
    web = given[0]
    assert [step["title"] for step in web["steps"]] == ["Page", "Extracted", "Refined"]
    pieces = web["steps"][0]["passages"][0][1]
    assert [text for text, mark in pieces if mark == "question"] == [QUESTION]
    assert [text for text, mark in pieces if mark == "answer"] == ["12.0"]
    made = given[-1]
    assert [step["title"] for step in made["steps"]] == [
        "Nodes or skills", "Plan", "Call: question", "Call: answer"
    ]  # fmt: skip


# Sizes


def test_one_row_is_told_in_the_singular() -> None:
    data = full_report(
        sources=[SourceRows(source="web", candidates=1, rows={"train": 1})],
        examples=[harvested(1)],
    )
    document = read(render_report(data))
    assert "1 example, drawn" in document.one("section", id="browse").text
    assert tables(document, "sources")["Rows by source and split"][-1][3] == "100 %"


def test_no_row_divides_nothing_by_zero() -> None:
    data = full_report(sources=[SourceRows(source="web", candidates=9, rows={})], examples=[])
    document = read(render_report(data))
    (shown,) = tables(document, "costs").values()
    assert [row[-1] for row in shown[1:]] == ["–", "–", "–"]
    assert "No example was sampled" in document.one("section", id="browse").text


def test_five_thousand_reasons_add_up_in_a_small_report() -> None:
    many = {f"reason_{at}": at + 1 for at in range(5000)}
    stage = FunnelStage(name="filter", lane="", rows_in=20_000_000, rows_out=7_497_500)
    data = full_report(funnel=[stage.model_copy(update={"rejected": many})], examples=[])
    html = render_report(data)
    assert len(html.encode()) < 500_000
    shown = [row for table in tables(read(html), "reasons").values() for row in table[1:]]
    assert sum(number(row[2]) for row in shown) == sum(many.values())
    assert shown[-1][0] == "4,500 more"


def test_three_hundred_examples_of_the_usual_size_stay_below_three_megabytes() -> None:
    data = full_report(examples=[harvested(at) for at in range(300)])
    assert len(render_report(data).encode()) < 3_000_000


def test_examples_beyond_the_limit_are_left_out_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(report_browser, "LARGEST", 10_000)
    document = read(render_report(FULL))
    shown = len(examples(document))
    assert 0 < shown < len(FULL.examples)
    said = document.one("section", id="browse").text
    assert f"{shown} examples" in said
    assert f"({len(FULL.examples) - shown} more were drawn" in said


def test_name_that_comes_twice_is_counted_together() -> None:
    twice = [Count(name="CC0", rows=40), Count(name="CC0", rows=2)]
    (shown,) = tables(
        read(render_report(full_report(licences=twice, licence_families=[]))), "licences"
    ).values()
    assert [row[0::2] for row in shown[1:]] == [["CC0", "42"]]


def test_bins_that_do_not_fit_their_counts_are_refused() -> None:
    for wrong in ({"edges": [0, 1]}, {"edges": [0, 2, 1]}, {"edges": [0, 1, 2], "kept": [1]}):
        with pytest.raises(ValueError, match="question"):
            Histogram(title="question", of="words", counts=[1, 2], **wrong)


# Hostile texts

SMALL = full_report(examples=[harvested(0), harvested(1), synthesised(0)])
ELEMENTS = {one.name for one in read(render_report(FULL)).all()} | {"noscript", "mark"}


@cache
def hostile_report(kind: str) -> str:
    return render_report(poisoned(SMALL, HOSTILE[kind]))


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_stays_a_text_wherever_it_stands(kind: str) -> None:
    html = hostile_report(kind)
    html.encode()  # half a surrogate pair could not be written
    document = read(html)  # and every element is closed where it was opened
    assert {one.name for one in document.all()} <= ELEMENTS
    assert len(document.all("script")) == 2
    assert len(document.all("style")) == 1
    for element in document.all():
        names = set(element.attributes)
        assert not any(name.startswith("on") for name in names)
        assert not names & {"style", "src", "srcdoc", "action", "formaction", "autofocus"}
        for name in names & {"href", "xlink:href"}:
            split = urlsplit(element.attributes[name] or "")
            assert split.scheme in ("http", "https", "") or element.name == "link"


@pytest.mark.parametrize("kind", HOSTILE)
def test_nothing_invisible_is_left_in_the_file(kind: str) -> None:
    html = hostile_report(kind)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069\ufeff]"
        "|[\ud800-\udfff]|[\U000e0000-\U000e007f]",
        html,
    )


def test_hostile_text_is_readable_as_it_is() -> None:
    text = HOSTILE["end of script"]
    document = read(hostile_report("end of script"))
    assert document.one("h1").text == f"{text} {text}"
    assert examples(document)[0]["messages"][0][1] == text


def test_script_data_has_no_character_that_could_end_it() -> None:
    html = hostile_report("end of script")
    start = html.index('id="data">') + len('id="data">')
    assert not set(html[start : html.index("</script>", start)]) & set("<>&")


# The page's policy


def test_policy_allows_the_one_script_and_the_one_sheet_and_no_network(full: Element) -> None:
    policy = full.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"]
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    script, style = full.one("head").one("script"), full.one("style")
    assert rules == {
        "default-src": "'none'",
        "script-src": f"'{_hash(script.text)}'",
        "style-src": f"'{_hash(style.text)}'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_sheet_and_script_ask_for_nothing_and_parse_no_markup(full: Element) -> None:
    sheet, script = full.one("style").text, full.one("head").one("script").text
    assert not re.search(r"url\(|@import|@font-face|expression", sheet)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|fetch\(|"
        r"XMLHttpRequest|import\(|DOMParser|createContextualFragment",
        script,
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
