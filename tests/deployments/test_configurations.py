import importlib
from collections import Counter
from pathlib import Path

import pytest
import yaml

from gleanery.deployments.methods import read_config
from gleanery.deployments.model_configs import (
    read_any_config,
    read_evaluation_config,
    read_improvement_config,
    read_training_config,
)
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.dataset_scores import known_scores
from gleanery.flows.harvest_config import HarvestConfig, read_harvest_config
from gleanery.flows.pipeline_config import ConfigError
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.tasks.evaluation.benchmark_items import read_items
from gleanery.tasks.evaluation.exemplars import read_exemplars
from gleanery.tasks.release.recipe_check import check_names, check_scorers

DEPLOYMENTS = Path(__file__).parents[2] / "deployments"
PREFECT_YAML = yaml.safe_load((DEPLOYMENTS / "prefect.yaml").read_text())

METHODS = ("harvest", "taxonomy", "skills", "dataset")
EXAMPLES = {
    "harvest": "common_crawl.yaml",
    "taxonomy": "glan.yaml",
    "skills": "skillmix.yaml",
    "dataset": "dataset.yaml",
    "training": "training.yaml",
    "evaluation": "evaluation.yaml",
    "improvement": "improvement.yaml",
    "sweep": "sweep.yaml",
}


@pytest.mark.parametrize("name", ["common_crawl.yaml", "quickstart/harvest.yaml"])
def test_example_harvests_are_valid(name: str) -> None:
    config = read_harvest_config(DEPLOYMENTS / name)
    assert config.source.paths
    assert all(engine.model for engine in config.refining_engines)
    assert config.judging_engine.model


@pytest.mark.parametrize(
    "name", ["glan.yaml", "skillmix.yaml", "quickstart/taxonomy.yaml", "quickstart/skills.yaml"]
)
def test_example_syntheses_are_valid(name: str) -> None:
    config = read_config(DEPLOYMENTS / name)
    assert config.engine.model
    assert isinstance(config, TaxonomyConfig | SkillsConfig)


@pytest.mark.parametrize("name", ["dataset.yaml", "quickstart/dataset.yaml"])
def test_example_datasets_are_valid_and_their_recipes_name_what_there_is(name: str) -> None:
    config = read_config(DEPLOYMENTS / name)
    assert isinstance(config, DatasetConfig)
    methods = {source.name: source.method for source in config.sources}
    assert set(methods.values()) == {"harvest", "taxonomy", "skills"}
    assert config.decontamination.benchmarks
    check_names(config.recipe, methods)
    assert config.recipe.scores_named
    check_scorers(config.recipe, known_scores(config))


def test_example_training_and_evaluation_belong_together() -> None:
    training = read_training_config(DEPLOYMENTS / "training.yaml")
    evaluation = read_evaluation_config(DEPLOYMENTS / "evaluation.yaml")
    base, tuned = evaluation.models
    assert base.engine.model == training.model.path
    assert tuned.trained == training.name


def test_quickstart_trains_on_its_release_and_measures_what_it_trained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(DEPLOYMENTS.parent)
    training = read_training_config(DEPLOYMENTS / "quickstart/model.yaml")
    evaluation = read_evaluation_config(DEPLOYMENTS / "quickstart/evaluation.yaml")
    dataset = read_config(DEPLOYMENTS / "quickstart/dataset.yaml")
    assert isinstance(dataset, DatasetConfig)
    assert training.release.dataset == dataset.name
    assert [model.trained for model in evaluation.models] == [training.name]
    for benchmark in evaluation.evaluation.benchmarks:
        kept_clear_of = {one.path for one in dataset.decontamination.benchmarks}
        assert benchmark.items_source.path in kept_clear_of
        items = read_items(benchmark.items_source)
        assert len(items) >= 20
        right = Counter(item.answer for item in items)
        assert max(right.values()) <= len(items) / 4  # no answer is right by habit
        examples = read_exemplars(benchmark, 0)[""]
        assert not {item.question for item in items} & {item.question for item in examples}


def test_example_improvement_takes_in_the_files_beside_it() -> None:
    improvement = read_improvement_config(DEPLOYMENTS / "improvement.yaml")
    assert improvement.training == read_training_config(DEPLOYMENTS / "training.yaml")
    assert improvement.dataset == read_config(DEPLOYMENTS / "dataset.yaml")
    sources = {str(one.items_source.split) for one in improvement.validation.benchmarks}
    assert sources == {"train", "validation"}
    assert improvement.as_measured("base", "").path == improvement.training.model.path
    tuned = improvement.as_measured("tuned", "a" * 32)
    assert (tuned.trained, tuned.trained_key) == ("my-model", "a" * 32)
    assert tuned.asked_as_chat
    assert not improvement.as_measured("base", "").asked_as_chat
    first_stage = improvement.training.model.model_copy(update={"path": "trained:first-stage"})
    second_stage = improvement.model_copy(
        update={"training": improvement.training.model_copy(update={"model": first_stage})}
    )
    assert second_stage.as_measured("base", "").asked_as_chat  # its template was trained, too


def test_configuration_of_something_else_is_refused_by_its_method() -> None:
    with pytest.raises(ConfigError, match="has the method dataset, and this takes training; `gl"):
        read_training_config(DEPLOYMENTS / "dataset.yaml")
    with pytest.raises(ConfigError, match=r"training, and this takes harvest, .* every method"):
        read_config(DEPLOYMENTS / "training.yaml")


def test_configuration_that_is_wrong_is_called_by_its_method(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("method: evaluation\nmodel: x\n")
    with pytest.raises(ConfigError, match="is no evaluation configuration"):
        read_evaluation_config(file)


def test_example_harvest_keeps_out_before_refinement_what_the_dataset_keeps_out() -> None:
    dataset = read_config(DEPLOYMENTS / "dataset.yaml")
    assert isinstance(dataset, DatasetConfig)
    [harvest] = [source for source in dataset.sources if isinstance(source, HarvestConfig)]
    assert harvest.decontamination.benchmarks
    assert harvest.decontamination == dataset.decontamination


def test_a_deployed_night_comes_after_those_that_it_takes_from() -> None:
    crons = {
        deployment["entrypoint"].rpartition(":")[2]: deployment["schedules"][0]["cron"].split()
        for deployment in PREFECT_YAML["deployments"]
        if deployment.get("schedules")
    }
    hours = {name: int(cron[1]) for name, cron in crons.items()}
    *sources, dataset, improvement = sorted(hours, key=hours.__getitem__)
    assert (dataset, improvement) == ("build_dataset", "improve_model")
    assert len(sources) == 3
    assert hours[sources[-1]] < hours[dataset] < hours[improvement]


def test_deployed_parameters_are_the_example_configurations() -> None:
    for deployment in PREFECT_YAML["deployments"]:
        values = deployment["parameters"]["config"]
        example = read_any_config(DEPLOYMENTS / EXAMPLES[values.get("method", "harvest")])
        assert type(example).model_validate(values) == example


def test_a_server_takes_the_deployed_parameters() -> None:
    from prefect.utilities.schema_tools import validate

    for deployment in PREFECT_YAML["deployments"]:
        module, name = deployment["entrypoint"].split(":")
        flow = getattr(importlib.import_module(module), name)
        schema = flow.parameters.model_dump_for_openapi()
        starts_others = name == "train_host"  # which the first host says all about
        validate(
            deployment["parameters"], schema, raise_on_error=True, ignore_required=starts_others
        )


def test_entrypoints_are_flows_of_the_installed_package() -> None:
    for deployment in PREFECT_YAML["deployments"]:
        module, name = deployment["entrypoint"].split(":")
        flow = getattr(importlib.import_module(module), name)
        assert set(deployment["parameters"]) <= set(flow.parameters.properties)


def test_night_runs_once_and_at_most_one_at_a_time() -> None:
    nightly = [d for d in PREFECT_YAML["deployments"] if d.get("schedules")]
    assert [d["name"] for d in nightly] == ["nightly"] * len([*METHODS, "improvement"])
    for deployment in nightly:
        limit = {"limit": 1, "collision_strategy": "CANCEL_NEW"}
        assert deployment["concurrency_limit"] == limit
