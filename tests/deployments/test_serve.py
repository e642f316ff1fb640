import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from served_harvest import PATIENCE_S, REPOSITORY, ServedHarvest, wait_for

from gleanery.deployments.model_configs import read_any_config
from gleanery.deployments.serve import deployments_of
from gleanery.flows.dataset_config import DatasetConfig, read_dataset_config
from gleanery.flows.harvest_config import HarvestConfig, read_harvest_config

QUICKSTART = REPOSITORY / "deployments" / "quickstart" / "harvest.yaml"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedHarvest]:
    served = ServedHarvest(tmp_path)
    served.start()
    yield served
    served.clean_up()


def test_deployments_of_every_method_are_served_filled_in_and_end_with_ctrl_c(
    served: ServedHarvest,
) -> None:
    deployments = served.deployments()
    expected = read_harvest_config(QUICKSTART)
    for deployment in deployments.values():
        assert HarvestConfig.model_validate(deployment["parameters"]["config"]) == expected
    assert deployments["on-demand"]["schedules"] == []
    [schedule] = deployments["nightly"]["schedules"]
    assert schedule["schedule"]["cron"] == "0 2 * * *"
    assert schedule["schedule"]["timezone"] == "UTC"
    assert deployments["nightly"]["global_concurrency_limit"]["limit"] == 1
    assert deployments["nightly"]["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    check_dataset_is_served(served)

    # The UI in the browser asks the address that the server tells it.
    address = f"http://127.0.0.1:{served.port}"
    assert wait_for(lambda: served.ask("ui-settings"))["api_url"] == f"{address}/api"
    # Prefect's scheduler has to be able to write its runs (it is not with SQLAlchemy 2.1).
    runs = wait_for(lambda: served.ask("api/flow_runs/filter", {}))
    assert deployments["nightly"]["id"] in {run["deployment_id"] for run in runs}
    assert deployments["on-demand"]["id"] not in {run["deployment_id"] for run in runs}

    served.process.send_signal(signal.SIGINT)
    served.process.wait(PATIENCE_S)
    assert address in served.log.read_text()
    with pytest.raises(OSError, match="refused"):
        served.ask("api/health")


def check_dataset_is_served(served: ServedHarvest) -> None:
    """Fail unless the form of a dataset is filled in with its sources, and its night comes last."""
    deployments = served.deployments("build_dataset.build_dataset")
    expected = read_dataset_config(QUICKSTART.with_name("dataset.yaml"))
    for deployment in deployments.values():
        assert DatasetConfig.model_validate(deployment["parameters"]["config"]) == expected
        schema = deployment["parameter_openapi_schema"]["definitions"]
        sources = schema["DatasetConfig"]["properties"]["sources"]["items"]
        assert sources["discriminator"]["propertyName"] == "method"
        kinds = {choice["$ref"].rpartition("/")[2] for choice in sources["oneOf"]}
        assert kinds == {"HarvestConfig", "TaxonomyConfig", "SkillsConfig"}
    [schedule] = deployments["nightly"]["schedules"]
    assert schedule["schedule"]["cron"] == "0 5 * * *"


def test_configuration_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "harvest.yaml"
    path.write_text(yaml.safe_dump({"sauce": 1}))
    run = subprocess.run(
        [sys.executable, "-m", "gleanery.deployments.serve", "--config", str(path)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert run.returncode == 1
    assert "no key sauce" in run.stderr
    assert "Traceback" not in run.stderr


def test_models_are_trained_and_measured_on_demand_and_improved_by_night() -> None:
    nights = {}
    for name in ("training", "evaluation", "improvement", "dataset"):
        config = read_any_config(REPOSITORY / "deployments" / f"{name}.yaml")
        on_demand, *nightly = deployments_of(config)
        assert on_demand.name == "on-demand"
        assert on_demand.schedules == []
        assert type(config).model_validate(on_demand.parameters["config"]) == config
        nights[name] = [crons(made) for made in nightly]
    assert nights == {
        "training": [],
        "evaluation": [],
        "improvement": [["0 8 * * *"]],  # when the dataset's night has begun long ago
        "dataset": [["0 5 * * *"]],
    }


def crons(deployment: RunnerDeployment) -> list[str]:
    found = [planned.schedule for planned in deployment.schedules or ()]
    return [schedule.cron for schedule in found if isinstance(schedule, CronSchedule)]
