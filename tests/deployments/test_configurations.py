import importlib
from pathlib import Path

import pytest
import yaml

from gleanery.flows.harvest_config import HarvestConfig, read_harvest_config

DEPLOYMENTS = Path(__file__).parents[2] / "deployments"
PREFECT_YAML = yaml.safe_load((DEPLOYMENTS / "prefect.yaml").read_text())


@pytest.mark.parametrize("name", ["common_crawl.yaml", "quickstart/harvest.yaml"])
def test_example_configurations_are_valid(name: str) -> None:
    config = read_harvest_config(DEPLOYMENTS / name)
    assert config.source.paths
    assert all(engine.model for engine in config.refining_engines)
    assert config.judging_engine.model


def test_deployed_parameters_are_the_example_configuration() -> None:
    example = read_harvest_config(DEPLOYMENTS / "common_crawl.yaml")
    for deployment in PREFECT_YAML["deployments"]:
        assert HarvestConfig.model_validate(deployment["parameters"]["config"]) == example


def test_entrypoints_are_flows_of_the_installed_package() -> None:
    for deployment in PREFECT_YAML["deployments"]:
        module, name = deployment["entrypoint"].split(":")
        flow = getattr(importlib.import_module(module), name)
        assert set(deployment["parameters"]) <= set(flow.parameters.properties)


def test_night_runs_once_and_at_most_one_at_a_time() -> None:
    nightly = [d for d in PREFECT_YAML["deployments"] if d.get("schedules")]
    assert [d["name"] for d in nightly] == ["nightly"]
    assert nightly[0]["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
