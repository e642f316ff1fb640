from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from gleanery.deployments.cli import app
from gleanery.deployments.estimate_harvest import estimate_stages
from gleanery.deployments.ratios import Asking, Ratios, measure_ratios
from gleanery.deployments.source_sizes import total_size, typical_size
from gleanery.deployments.workload import Workload, find_workload
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt, Usage
from gleanery.infra.storage import Store
from gleanery.tasks.recall.batches import mark_finished, read_batches, seal_batch
from gleanery.tasks.recall.source_files import SourceFile
from gleanery.tasks.records import QAPair

Make = Callable[..., Any]


def estimated(config_file: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["estimate", str(config_file), *arguments])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_without_a_policy_every_assumption_is_said(config_file: Path) -> None:
    text = estimated(config_file)
    assert "2 new files, 0 known" in text
    assert "no policy yet; assumed 5% of the pages are kept" in text
    assert "sites are not counted" in text
    assert "recall 40 2 0" in text  # 40 pages, of which 5 % are kept
    assert "assumed 0.28 pairs per document" in text
    assert "No model was asked." in text


def test_policy_recalls_the_sample(config_file: Path, policy: Receipt) -> None:
    text = estimated(config_file)
    assert "no policy yet" not in text
    assert "recall 40 40 0" in text
    assert "40 sampled documents" in text


def test_finished_files_are_known_and_nothing_is_left(
    config_file: Path, corpus: Path, tmp_path: Path, policy: Receipt
) -> None:
    store = Store(str(tmp_path / "harvest"))
    files = [
        SourceFile(uri=str(path), etag=etag_of(path), size=path.stat().st_size)
        for path in sorted(corpus.iterdir())
    ]
    batch = seal_batch(store, files[:1], 1, 10**9)
    assert batch
    mark_finished(store, batch)
    workload = find_workload(Parts(store), files)
    assert [file.uri for file in workload.files] == [files[1].uri]
    assert workload.known_files == 1


def etag_of(path: Path) -> str:
    return f"{path.stat().st_size}-{path.stat().st_mtime}"


def test_work_left_open_is_counted_by_stage(pipeline: Make) -> None:
    made = pipeline(documents=3)
    [batch] = read_batches(made.store)
    first, second, third = (part.name for part in batch.parts)
    for stage in ("extract", "refine"):
        for info in made.store.list(f"parts/{stage}/{first}"):
            made.store.delete(info.path)
    for info in made.store.list(f"parts/refine/{second}"):
        made.store.delete(info.path)
    down = Loss(row_id=made.document(2).id, reason="endpoint_down", detail="")
    made.commit("extract", third, [made.pair(2)], QAPair, failed=[down, down])
    workload = find_workload(made.parts, [])
    assert (workload.documents, workload.pairs) == (1, 1)
    assert (workload.failed_extractions, workload.failed_refinements) == (2, 0)
    mark_finished(made.store, batch)
    assert find_workload(made.parts, []) == Workload([], 0, [], 0, 0, 0, 0)


def test_ratios_of_finished_parts_are_measured(pipeline: Make) -> None:
    ratios = measure_ratios(pipeline(documents=2, refiners=("editor", "second")).parts)
    assert ratios.is_measured
    assert ratios.pages_per_byte == pytest.approx(3 / 9)  # a document and two losses of 9 bytes
    assert ratios.documents_per_page == pytest.approx(1 / 3)
    assert ratios.pairs_per_document == 1
    assert ratios.extraction == Asking(1, 1234, 56)


def test_retries_do_not_raise_the_requests_per_row(pipeline: Make) -> None:
    made = pipeline(documents=2)
    before = measure_ratios(made.parts)
    part = read_batches(made.store)[0].parts[0].name
    made.commit("extract", part, [made.pair(0)], QAPair, usage=Usage(sent=50))
    after = measure_ratios(made.parts)
    assert before.extraction
    assert after.extraction
    assert after.extraction.requests == before.extraction.requests


def test_measured_ratios_need_no_sample(config_file: Path, pipeline: Make, corpus: Path) -> None:
    pipeline("harvest", documents=2)
    for path in corpus.iterdir():
        path.write_bytes(b"\x00 not a page \n" * 100)
    text = estimated(config_file)
    assert "measured on 6 pages of finished parts" in text
    assert "1,234" not in text  # tokens are per request: there are more
    assert "sampled" not in text


def test_figures_follow_from_work_ratios_prices_and_rate() -> None:
    config = HarvestConfig.model_validate(
        {
            "engine": {
                "price_per_million_prompt_tokens": 1,
                "price_per_million_completion_tokens": 2,
            },
            "refiners": [
                {"price_per_million_prompt_tokens": 10},
                {"price_per_million_prompt_tokens": 30},
            ],
        }
    )
    work = Workload([SourceFile(uri="a", etag="1", size=1000)], 0, [], 50, 10, 5, 0)
    ratios = Ratios(
        pages_per_byte=0.1,
        seconds_per_page=0.5,
        documents_per_page=0.5,
        pairs_per_document=2.0,
        extraction=Asking(1.5, 1000, 100),
        refinement=Asking(1.0, 500, 0),
    )
    recall, extract, refine = estimate_stages(config, work, 1000, ratios, 10.0, 2)
    assert (recall.rows_in, recall.rows_out, recall.seconds) == (100, 50, 25)
    assert (extract.rows_in, extract.requests) == (100, 155)
    assert extract.cost == pytest.approx((155_000 * 1 + 15_500 * 2) / 1e6)
    assert extract.seconds == 15.5
    assert (refine.rows_in, refine.rows_out, refine.requests) == (210, 420, 420)
    assert refine.cost == pytest.approx(420 * 500 * 20 / 1e6)


def test_rate_is_an_option(config_file: Path, policy: Receipt) -> None:
    assert "time: 0.5 requests/s" in estimated(config_file, "--requests-per-second", "0.5")


def test_budget_spent_so_far_is_shown(config_file: Path, pipeline: Make) -> None:
    pipeline("harvest", documents=1)
    config = yaml.safe_load(config_file.read_text())
    config_file.write_text(yaml.safe_dump({**config, "budget": {"tokens": 100_000}}))
    assert "of 100,000 tokens" in estimated(config_file)


def test_files_of_a_path_list_are_sized_by_looking_some_up(
    config_file: Path, corpus: Path, policy: Receipt
) -> None:
    listed = config_file.parent / "lists.paths"
    listed.write_text("\n".join(path.name for path in sorted(corpus.iterdir())) + "\n")
    config = yaml.safe_load(config_file.read_text())
    config["source"] |= {"paths": [str(listed)], "base_url": str(corpus)}
    config_file.write_text(yaml.safe_dump(config))
    text = estimated(config_file)
    assert "2 new files" in text
    assert "a file, the mean of up to three" in text
    assert "recall 40 40 0" in text


def test_sizes_that_nothing_tells_are_said_to_be_missing(tmp_path: Path) -> None:
    files = [SourceFile(uri="some-dataset", etag="1", size=0)]
    assert typical_size(files, {}) == 0
    assert typical_size([SourceFile(uri="a", etag="1", size=7)], {}) == 0
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "b").write_bytes(b"123")
    listed = [SourceFile(uri=str(tmp_path / name), etag="1", size=0) for name in "ab"]
    assert typical_size(listed, {}) == 4
    assert total_size([*listed, SourceFile(uri="c", etag="1", size=10)], 4) == 18
