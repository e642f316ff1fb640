"""Measuring models on benchmarks: every model gets the same prompts, every answer is kept."""

from prefect import flow

from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.evaluation_report import report_evaluation
from gleanery.flows.judged_evaluation import judge_models, read_suites
from gleanery.flows.measured_models import measure_models
from gleanery.flows.model_results import keep_measured, with_keys
from gleanery.flows.run import open_store
from gleanery.infra.incremental import Retry
from gleanery.infra.lease import hold_lease
from gleanery.infra.settings import read_settings
from gleanery.tasks.evaluation.side_by_side import Measured


@flow(name="evaluate-model", flow_run_name="evaluate: {config.name}")
def evaluate_model(
    config: ModelEvaluationConfig, only: str = "", ask_again: bool = False
) -> list[Measured]:
    """Return what every model came to on every benchmark, each compared with the first model.

    With `only` the prompts and verdicts are taken up again that were lost for this reason
    (`refused_request`, or `unparseable`); with `ask_again` the model is asked anew for them, else
    the answers that the journal holds are read again.
    """
    settings = read_settings()
    store = open_store(config, settings)
    config = with_keys(config, settings)
    retry = Retry(only, ask_again) if only else None
    with hold_lease(store):
        suites = read_suites(config, settings)
        done = measure_models(config, store, settings, retry)
        judged = judge_models(config, store, settings, suites, retry)
        figures = report_evaluation(config, store, done, judged)
    if not any(evaluation.unanswered for evaluation in done.values()):
        keep_measured(config, figures.measured, settings)
    return figures.measured
