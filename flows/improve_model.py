"""Improving a model by what its dataset gained: build, train, measure, and keep what is better."""

import uuid

from prefect import flow
from prefect.logging import get_run_logger

from gleanery.flows.build_dataset import build_dataset
from gleanery.flows.improvement_checks import check_suites
from gleanery.flows.improvement_config import ImproveConfig
from gleanery.flows.improvement_round import Improvement, run_round
from gleanery.flows.run import open_store, storage_options
from gleanery.flows.train_model import plan_training
from gleanery.infra.lease import hold_lease
from gleanery.infra.settings import read_settings
from gleanery.tasks.model_records import Decision
from gleanery.tasks.release.release_growth import release_growth
from gleanery.tasks.training.improvement_rounds import Round, open_round, seal_round
from gleanery.tasks.training.model_evaluations import find_decision
from gleanery.tasks.training.trained_models import find_model, trained_models


@flow(name="improve-model", flow_run_name="improve: {config.name}")
def improve_model(config: ImproveConfig) -> Decision | None:
    """Return what was decided about a new model; `None` where there is nothing to train yet.

    The round of a run that was killed is finished first. Raises `SuitesMixed` before any work,
    `NotAllAnswered`, and what its steps raise.
    """
    settings = read_settings()
    check_suites(config, storage_options(settings))
    run = Improvement(config, settings, open_store(config, settings))
    decision = None
    with hold_lease(run.store):
        if left := _left_open(run):
            decision = run_round(run, left)
        if config.refresh:
            build_dataset(config.dataset)
        if sealed := _next_round(run):
            decision = run_round(run, sealed)
    return decision


def _left_open(run: Improvement) -> Round | None:
    """Return the round that an earlier run began and did not finish, if it is still wanted."""
    sealed = open_round(run.store)
    if sealed is None or run.still_wants(sealed):
        return sealed
    get_run_logger().warning(
        "round %d is given up: its release or its training's configuration is another one now, or "
        "its model was promoted by hand",
        sealed.number,
    )
    return None


def _next_round(run: Improvement) -> Round | None:
    """Return a new round, sealed, if there is something to train or to decide."""
    training = plan_training(run.config.training, run.settings)
    release = str(training.lineage["release"])
    why = _reason(run, training.key, release)
    if why is None:
        return None
    return seal_round(run.store, release, training.key, why, uuid.uuid4().hex)


def _reason(run: Improvement, candidate: str, release: str) -> str | None:
    """Return why a model is to be trained or decided about, or `None`, having said why not."""
    logger, models = get_run_logger(), run.models
    if decision := find_decision(models, candidate):
        logger.info("nothing to do: the model of %s was decided about: %s", release, decision.why)
        return None
    if run.promoted_by_hand(candidate):
        logger.info("nothing to do: the model of %s was promoted by hand", release)
        return None
    if find_model(models, candidate):
        return "its model is there, and nobody has decided about it yet"
    learnt = [
        model.notes["lineage"]["release"]
        for model in trained_models(models)
        if model.notes["lineage"]["dataset"] == run.config.dataset.name
    ]
    data = open_store(run.config.dataset, run.settings)
    growth = release_growth(data, learnt[-1] if learnt else "", release)
    if not growth.since:
        return f"the first training, on {growth.new:,} rows"
    told = (
        f"{growth.new:,} of its rows are new since {growth.since}, which had {growth.before:,} "
        f"({growth.share:.1%}; it takes {run.config.growth:.1%})"
    )
    if growth.share >= run.config.growth:
        return told
    logger.info("nothing to do on %s: %s", release, told)
    return None
