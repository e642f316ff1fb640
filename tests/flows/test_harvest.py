"""What a harvest refuses before it begins."""

from pathlib import Path

import pytest

from gleanery.flows.harvest_config import HarvestConfig
from gleanery.infra.storage import Store
from gleanery.tasks.curation.benchmark_items import BenchmarkError


def test_unusable_benchmark_is_an_error_before_any_work(prefect_api: str, tmp_path: Path) -> None:
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from gleanery.flows.harvest import harvest

    exam = tmp_path / "exam.jsonl"
    exam.write_text('{"id": 1, "text": "no question here"}\n')
    config = HarvestConfig.model_validate(
        {
            "name": "web",
            "root": str(tmp_path),
            "decontamination": {"benchmarks": [{"name": "exam", "path": str(exam)}]},
        }
    )
    with (
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
        pytest.raises(BenchmarkError, match=r"exam\.jsonl:1: .*question"),
    ):
        harvest(config)
    assert Store(str(tmp_path / "web")).list("") == []
