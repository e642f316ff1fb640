"""Syntheses run in this process, over a stub model server and a Prefect server of the session."""

import importlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.records import Example
from gleanery.tasks.stage_output import StageOutput

SERVERS = Path(__file__).parents[1] / "servers"
sys.path[:0] = [str(SERVERS), str(Path(__file__).parent)]

from synthesis_answers import kind_of  # noqa: E402

ENGINE = {
    "model": "stub-model",
    "request_timeout_s": 3,
    "deadline_s": 5,
    "max_tries": 2,
    "backoff_base_s": 0.02,
    "backoff_cap_s": 0.05,
    "outage_after_s": 0.5,
}


@dataclass
class Synthesis:
    """One synthesis over one root, run as often as it takes; `config` may change in between."""

    config: dict[str, Any]
    stub: Any
    outputs: list[StageOutput] = field(default_factory=list)

    def run(self, **again: Any) -> Counter[str]:
        """Run to the end; return how many requests of each kind it made."""
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        from gleanery.deployments.methods import flow_of
        from gleanery.flows.run import Again
        from gleanery.flows.skills_config import SkillsConfig
        from gleanery.flows.taxonomy_config import TaxonomyConfig

        kinds: dict[str, Any] = {"taxonomy": TaxonomyConfig, "skills": SkillsConfig}
        config = kinds[self.config["method"]].model_validate(self.config)
        self.stub.control(reset=True)
        # A flow's heartbeat thread sleeps for a second before it lets the flow end.
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            self.outputs = flow_of(config)(config, Again(**again))
        return Counter(kind_of(entry["body"]) for entry in self.stub.log())

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The bodies of the last run's requests."""
        return [entry["body"] for entry in self.stub.log()]

    def counts(self, outcome: str) -> dict[str, dict[str, int]]:
        """Return the "rejected" or "failed" rows of the last run by stage and reason."""
        told = {output.stage: getattr(output, outcome) for output in self.outputs}
        return {stage: reasons for stage, reasons in told.items() if reasons}

    @property
    def parts(self) -> Parts:
        """Where this synthesis leaves its parts."""
        return Parts(Store(f"{self.config['root']}/{self.config['name']}"))

    def rows(self, stage: str, record: type) -> list[Any]:
        """Return the rows of a stage that the last run gave out."""
        [output] = [output for output in self.outputs if output.stage == stage]
        receipts = [self.parts.newest(stage, part.part) for part in output.parts]
        return [row for receipt in receipts if receipt for row in self.parts.rows(receipt, record)]

    @property
    def examples(self) -> list[Example]:
        """The examples that the last run gave out."""
        return self.rows("examples", Example)


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a Prefect server that all runs of this process report to."""
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_LOGGING_TO_API_ENABLED,
        temporary_settings,
    )

    from gleanery.deployments.prefect_server import prefect_server

    with (
        prefect_server(tmp_path_factory.mktemp("prefect")) as address,
        temporary_settings({PREFECT_API_URL: address, PREFECT_LOGGING_TO_API_ENABLED: False}),
    ):
        yield address


@pytest.fixture
def reported_synthesis(
    prefect_api: str, llm_stub: Callable[..., Any], tmp_path: Path
) -> Callable[..., Synthesis]:
    """Return a function that makes a synthesis of this test's own; `changes` go over its config."""

    def make(method: str, **changes: Any) -> Synthesis:
        stub = llm_stub("--responder", str(SERVERS / "synthesis_answers.py"))
        config = {
            "method": method,
            "name": method,
            "root": str(tmp_path / "root"),
            "engine": {**ENGINE, "base_urls": [stub.url]},
        }
        return Synthesis(config | changes, stub)

    return make


@pytest.fixture
def synthesis(
    reported_synthesis: Callable[..., Synthesis], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Synthesis]:
    """Return the same for runs that draw no report: it takes half of a small run's time."""
    for flow in ("synthesize_from_taxonomy", "synthesize_from_skills"):
        module = importlib.import_module(f"gleanery.flows.{flow}")
        monkeypatch.setattr(module, "show_synthesis", lambda run, outputs: None)
    return reported_synthesis
