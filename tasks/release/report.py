"""The report of a release: one HTML file, from what it holds to what was left out and why."""

from collections.abc import Callable, Sequence

from gleanery.tasks.release.report_browser import browser
from gleanery.tasks.release.report_charts import chart, one_valued
from gleanery.tasks.release.report_contents import change, licences, removed, sources
from gleanery.tasks.release.report_costs import cost_per_example, costs, tokens_per_example
from gleanery.tasks.release.report_coverage import breakdowns, diversity, synthesis_coverage
from gleanery.tasks.release.report_curation import decontamination, duplicates
from gleanery.tasks.release.report_data import Histogram, ReportData
from gleanery.tasks.release.report_losses import funnel, open_rows, reasons, unasked
from gleanery.tasks.release.report_samples import Fact
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count, counted, share
from gleanery.tasks.report_page import chapter, own_file, page_header, render_page
from gleanery.tasks.report_tables import nothing
from gleanery.tasks.report_text import reason_words, safe_url, shortened

_MOST_CHARTS = 60

Section = tuple[str, str, Callable[[ReportData], Html]]

# What a reader asks, in the order of asking: each heading with its sections (anchor, title, body).
CHAPTERS: Sequence[tuple[str, Sequence[Section]]] = (
    (
        "What is in it",
        (
            ("sources", "Sources and splits", sources),
            ("change", "Since the last release", change),
            ("licences", "Licences", licences),
        ),
    ),
    (
        "Where the rows went",
        (("funnel", "Funnel", funnel), ("reasons", "Rejections by reason", reasons)),
    ),
    (
        "Why to trust it",
        (
            ("decontamination", "Decontamination", decontamination),
            ("duplicates", "Duplicates", duplicates),
            ("scores", "Scores", lambda data: _charts(data.scores, "Nothing scored the rows.")),
            ("lengths", "Lengths", lambda data: _charts(data.lengths, "No length was measured.")),
        ),
    ),
    (
        "What it covers",
        (
            ("domains", "Domains and subjects", breakdowns),
            ("coverage", "Taxonomy and skills", synthesis_coverage),
            ("diversity", "Diversity", diversity),
        ),
    ),
    ("What it cost", (("costs", "Cost by stage", costs),)),
    ("Browse", (("browse", "Sampled examples", lambda data: browser(data.examples)),)),
)


def render_report(data: ReportData) -> str:
    """Return the report as one HTML document, to be written as UTF-8; see `render_page`."""
    title = f"{shortened(data.name)} {shortened(data.version)}".strip()
    return render_page(
        title,
        title=f"{title}: release report",
        header=_header(data, title),
        contents=[(anchor, text) for _, sections in CHAPTERS for anchor, text, _ in sections],
        chapters=[
            chapter(heading, [(anchor, text, body(data)) for anchor, text, body in sections])
            for heading, sections in CHAPTERS
        ],
        script=own_file(__package__, "report.js"),
    )


def _header(data: ReportData, title: str) -> Html:
    figures: list[tuple[str, str, str]] = [("examples", count(data.rows), _by_split(data))]
    giving = sum(1 for source in data.sources if any(source.rows.values()))
    silent = len(data.sources) - giving
    figures.append(("sources", count(giving), f"{silent:,} gave no row" if silent else ""))
    figures.append(("candidates", count(data.candidates), "before anything was removed"))
    out = max(0, data.candidates - data.rows)
    of_all = f"{share(out, data.candidates)} of candidates" if data.candidates else ""
    figures.append(("left out", count(out), of_all))
    paid = cost_per_example(data)
    figures.append(("tokens per example", tokens_per_example(data), f"{paid} each" if paid else ""))
    told = (_why_out(data), open_rows(data), unasked(data), _facts(data))
    return page_header("Release report", title, shortened(data.date), figures, *told)


def _by_split(data: ReportData) -> str:
    return " · ".join(f"{count(rows)} {shortened(name, 20)}" for name, rows in data.splits.items())


def _why_out(data: ReportData) -> Html | None:
    """Return the sentence that says for which reasons most candidates were left out."""
    ranked = sorted(removed(data).items(), key=lambda item: (-item[1], item[0]))
    if not ranked:
        return None
    said = ", ".join(
        f"{shortened(reason_words(name), 60)} {count(rows)}" for name, rows in ranked[:4]
    )
    rest = f", {count(sum(rows for _, rows in ranked[4:]))} for other reasons" if ranked[4:] else ""
    return tag("p", f"Why rows were left out: {said}{rest}.", class_="lead")


def _facts(data: ReportData) -> Html | None:
    if not data.facts and not data.recipe:
        return None
    rows = [
        tag("div", tag("dt", shortened(fact.name)), tag("dd", _value(fact))) for fact in data.facts
    ]
    recipe = tag("div", tag("pre", data.recipe[:20_000]), class_="scroll", tabindex=0)
    return tag(
        "details",
        tag("summary", "How it was made: recipe, models, seed"),
        tag("dl", *rows, class_="facts") if rows else None,
        recipe if data.recipe else None,
    )


def _value(fact: Fact) -> Child:
    url = safe_url(fact.value)
    if not url:
        return shortened(fact.value, 500)
    return tag("a", shortened(url, 100), href=url, rel="noopener noreferrer nofollow",
               target="_blank")  # fmt: skip


def _charts(histograms: Sequence[Histogram], none: str) -> Html:
    if not histograms:
        return nothing(none)
    constant = [one for one in histograms if one.only is not None]
    histograms = [one for one in histograms if one.only is None]
    drawn: list[Child] = [chart(one) for one in histograms[:_MOST_CHARTS]]
    legend: list[Child] = []
    if any(one.kept for one in histograms):
        legend += [tag("span", class_="key all"), " all candidates "]
        legend += [tag("span", class_="key kept"), " released "]
    if any(one.threshold is not None for one in histograms):
        legend += [tag("span", class_="key threshold"), " the recipe's threshold"]
    left = len(histograms) - _MOST_CHARTS
    more = tag("p", counted(left, "more distribution"), class_="note") if left > 0 else None
    key = tag("p", *legend, class_="legend") if legend else None
    same = [tag("p", "The same for every row that has one:"), one_valued(constant)]
    charts = tag("div", *drawn, class_="charts") if drawn else None
    return tag("div", key, charts, more, *(same if constant else []))
