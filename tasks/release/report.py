"""The report of a release: one HTML file that needs no network and runs nothing but its script."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.resources import files

from gleanery.tasks.release.report_browser import browser
from gleanery.tasks.release.report_charts import chart, one_valued
from gleanery.tasks.release.report_contents import change, licences, removed, sources
from gleanery.tasks.release.report_costs import cost_per_example, costs, tokens_per_example
from gleanery.tasks.release.report_coverage import breakdowns, diversity, synthesis_coverage
from gleanery.tasks.release.report_curation import decontamination, duplicates
from gleanery.tasks.release.report_data import Histogram, ReportData
from gleanery.tasks.release.report_html import Child, Html, tag
from gleanery.tasks.release.report_losses import funnel, open_rows, reasons, unasked
from gleanery.tasks.release.report_numbers import count, counted, share
from gleanery.tasks.release.report_samples import Fact
from gleanery.tasks.release.report_tables import nothing
from gleanery.tasks.release.report_text import reason_words, safe_url, shortened

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
    """Return the report as one HTML document, to be written as UTF-8.

    Every text in it is escaped; the page's policy forbids all network, all scripts but the one
    written here, and all styles but the sheet written here.
    """
    style, script = _beside("report.css"), _beside("report.js")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    title = f"{shortened(data.name)} {shortened(data.version)}".strip()
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{title}: release report"),
        tag("link", rel="icon", href="data:,"),
        Html(f"<style>{style}</style>"),
        Html(f"<script>{script}</script>"),
    )
    body = tag(
        "body",
        tag("a", "Skip to the content", href="#main", class_="skip"),
        _header(data, title),
        _contents(),
        tag("main", *[_chapter(*chapter, data) for chapter in CHAPTERS], id="main"),
        tag("footer", tag("p", f"{title} · written by Gleanery")),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en').markup}\n"


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
    return tag(
        "header",
        tag(
            "div",
            tag("p", "Release report", class_="kicker"),
            tag("button", "Dark", type="button", id="theme", hidden=True),
            class_="top",
        ),
        tag("h1", title),
        tag("p", tag("time", shortened(data.date)), class_="date"),
        tag("dl", *[_figure(*figure) for figure in figures], class_="figures"),
        _why_out(data),
        open_rows(data),
        unasked(data),
        _facts(data),
    )


def _figure(name: str, value: str, detail: str) -> Html:
    detailed = tag("dd", detail, class_="detail") if detail else None
    return tag("div", tag("dt", name), tag("dd", value, class_="value"), detailed)


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


def _contents() -> Html:
    links = [
        tag("li", tag("a", title, href=f"#{anchor}"))
        for _, sections in CHAPTERS
        for anchor, title, _ in sections
    ]
    return tag("nav", tag("ul", *links), aria_label="Contents")


def _chapter(heading: str, sections: Sequence[Section], data: ReportData) -> Html:
    shown = [
        tag("section", tag("h3", title, id=f"{anchor}-title"), body(data), id=anchor,
            aria_labelledby=f"{anchor}-title")
        for anchor, title, body in sections
    ]  # fmt: skip
    return tag("section", tag("h2", heading), *shown, class_="chapter")


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


def _beside(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
