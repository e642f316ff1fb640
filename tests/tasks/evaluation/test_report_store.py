"""Stored reports: each whole, each once, the newest one pointed to."""

import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from evaluation_sample import figures_of, scored, two_models

from gleanery.infra.storage import Store
from gleanery.tasks.evaluation import report_store
from gleanery.tasks.evaluation.accuracy_picture import draw_accuracies
from gleanery.tasks.evaluation.report_data import EvaluationReportConfig
from gleanery.tasks.evaluation.report_store import newest_report, read_figures, write_report

CONFIG = EvaluationReportConfig()


def test_report_has_its_page_its_figures_and_every_answer(tmp_path: Path) -> None:
    store, items = Store(str(tmp_path)), two_models()
    figures = figures_of(items)
    report = write_report(store, figures, items, CONFIG)
    assert newest_report(store) == report
    assert read_figures(store, report) == figures
    assert report.address(store) == (tmp_path / report.folder / "index.html").as_uri()
    rows = pq.read_table(tmp_path / report.folder / "items.parquet").to_pylist()
    assert [(row["label"], row["id"], row["prompt"]) for row in rows] == [
        (label, item.id, item.prompt) for label, of in items.items() for item in of
    ]


def test_same_answers_make_the_same_report_and_others_another(tmp_path: Path) -> None:
    store, items = Store(str(tmp_path)), two_models()
    first = write_report(store, figures_of(items), items, CONFIG)
    page = tmp_path / first.folder / "index.html"
    written = page.stat().st_mtime_ns
    assert write_report(store, figures_of(items), items, CONFIG).folder == first.folder
    assert page.stat().st_mtime_ns == written
    items["tuned"][0] = scored(0, False, answer="Another text, as wrong as before.")
    assert write_report(store, figures_of(items), items, CONFIG).folder != first.folder
    shorter = EvaluationReportConfig(items_per_list=1)
    assert write_report(store, figures_of(items), items, shorter).folder != first.folder


def test_report_that_a_kill_has_left_unfinished_is_finished_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, items = Store(str(tmp_path)), two_models()

    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(report_store, "render_report", killed)
        with pytest.raises(KeyboardInterrupt):
            write_report(store, figures_of(items), items, CONFIG)
    assert newest_report(store) is None
    report = write_report(store, figures_of(items), items, CONFIG)
    assert (tmp_path / report.folder / "index.html").is_file()


def test_picture_is_drawn_also_where_there_is_little_to_draw() -> None:
    for items in (two_models(), {"base": []}):
        assert draw_accuracies(figures_of(items)).startswith(b"\x89PNG")
