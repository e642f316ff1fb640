"""Keeping reports: each in a folder named after what it says, and a pointer to the newest.

The page is written last, so a folder that has one is whole; whoever makes the same report again
finds it there.
"""

import datetime
from collections.abc import Mapping, Sequence

import orjson

from gleanery.infra.digests import digest
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowSpool
from gleanery.tasks.evaluation.item_lists import item_lists
from gleanery.tasks.evaluation.item_outcomes import ReportedItem, reported_items
from gleanery.tasks.evaluation.records import ScoredItem
from gleanery.tasks.evaluation.report import ITEMS_FILE, render_report
from gleanery.tasks.evaluation.report_data import EvaluationFigures, EvaluationReportConfig
from gleanery.tasks.evaluation.shared_prompts import SharedPrompts
from gleanery.tasks.page_address import page_address
from gleanery.tasks.records import Record

VERSION = 2
POINTER = "reports/latest.json"


class StoredReport(Record):
    """A report that is stored: its folder below the store's root, and when it was made."""

    folder: str
    created: str

    def address(self, store: Store) -> str:
        """Return what opens its page in a browser."""
        return page_address(store, f"{self.folder}/index.html")


def write_report(
    store: Store,
    figures: EvaluationFigures,
    items: Mapping[str, Sequence[ScoredItem]],
    config: EvaluationReportConfig,
) -> StoredReport:
    """Return the report of these figures and answers, and point to it as the newest.

    `items` are all answers by model, the base's first. Beside `index.html` lie `figures.json`
    (what it says, for programs) and `items.parquet` (every prompt and answer).
    """
    with RowSpool(ReportedItem) as spool:
        spool.extend(reported_items(items))
        spool.close()
        said = [VERSION, figures.model_dump(mode="json"), config.model_dump(mode="json")]
        folder = f"reports/{digest([*said, spool.row_digest])[:16]}"
        report = StoredReport(folder=folder, created=_now())
        if not store.exists(f"{folder}/index.html"):
            store.write_file(f"{folder}/{ITEMS_FILE}", spool.path)
            store.write(f"{folder}/figures.json", figures.model_dump_json(indent=2).encode())
            store.write(f"{folder}/index.html", _page(figures, items, config).encode())
    store.write(POINTER, orjson.dumps(report.model_dump(), option=orjson.OPT_INDENT_2))
    return report


def newest_report(store: Store) -> StoredReport | None:
    """Return the report that was made last, or `None` before the first."""
    try:
        return StoredReport.model_validate(orjson.loads(store.read(POINTER)))
    except FileNotFoundError:
        return None


def read_figures(store: Store, report: StoredReport) -> EvaluationFigures:
    """Return the figures of a stored report."""
    return EvaluationFigures.model_validate_json(store.read(f"{report.folder}/figures.json"))


def _page(
    figures: EvaluationFigures,
    items: Mapping[str, Sequence[ScoredItem]],
    config: EvaluationReportConfig,
) -> str:
    return render_report(
        figures,
        item_lists(items, config.items_per_list),
        SharedPrompts(item for rows in items.values() for item in rows),
        datetime.datetime.now(datetime.UTC).strftime("%d %B %Y"),
        config.longest_text,
    )


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
