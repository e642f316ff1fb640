"""What a source of a dataset is said to have come to."""

from pathlib import Path

from harvested import pages, write_batch

from gleanery.flows.dataset_sources import source_outputs
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store


def test_search_for_benchmarks_is_a_stage_of_a_harvest_that_has_them(tmp_path: Path) -> None:
    write_batch(Store(str(tmp_path / "web")), 1, pages(0, 2))

    def stages(**values: object) -> list[str]:
        config = HarvestConfig.model_validate({"name": "web", "root": str(tmp_path), **values})
        return [output.stage for output in source_outputs(config, read_settings())]

    assert stages() == ["recall", "dedup", "extract", "refine"]
    exam = {"benchmarks": [{"name": "exam", "path": "exam.jsonl"}]}
    assert stages(decontamination=exam) == ["recall", "dedup", "extract", "leaks", "refine"]
