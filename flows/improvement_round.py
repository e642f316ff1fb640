"""One round of an improvement: a candidate is trained, measured, decided about, made the latest.

Every step leaves something behind that the next one, or the next run, goes on from: the model, the
answers, the decision, the promotion. So a round that is killed anywhere ends as it would have.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from prefect.artifacts import create_markdown_artifact
from prefect.logging import get_run_logger

from gleanery.flows.evaluation_report import report_evaluation
from gleanery.flows.improvement_config import BASE, ImproveConfig
from gleanery.flows.measured_models import measure_models
from gleanery.flows.model_results import keep_measured
from gleanery.flows.run import open_store
from gleanery.flows.train_model import plan_training, train_model
from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.folders import FolderReceipt
from gleanery.infra.lease import hold_lease
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.model_decision import NotAllAnswered, decide, first_of_all
from gleanery.tasks.evaluation.score_items import Evaluation
from gleanery.tasks.model_records import Decision, Purpose
from gleanery.tasks.release.published import UnknownRelease
from gleanery.tasks.training.improvement_rounds import Round, finish_round
from gleanery.tasks.training.model_evaluations import (
    find_decision,
    keep_decision,
    next_test,
    write_card,
)
from gleanery.tasks.training.model_pointer import (
    PointerMoved,
    latest_key,
    promote,
    read_promotions,
    settle_pointer,
)
from gleanery.tasks.training.trained_models import find_model

_SHOWN = 12  # characters of a key, as a label has them


@dataclass(frozen=True)
class Improvement:
    """An improvement under way: its store, and that of its training's models."""

    config: ImproveConfig
    settings: Settings
    store: Store

    @property
    def models(self) -> Store:
        """The store of the training, with its models and what is known of them."""
        return open_store(self.config.training, self.settings)

    def training_on(self, release: str) -> TrainingConfig:
        """Return the training on one release, whichever is the latest by now."""
        training = self.config.training
        pinned = training.release.model_copy(update={"version": release})
        return training.model_copy(update={"release": pinned})

    def still_wants(self, sealed: Round) -> bool:
        """Return whether a round has come to the model that it was sealed for, or still would.

        One that a person has made the latest meanwhile is not to be held against itself.
        """
        if self.promoted_by_hand(sealed.candidate):
            return False
        if find_model(self.models, sealed.candidate):
            return True
        try:
            plan = plan_training(self.training_on(sealed.release), self.settings)
        except UnknownRelease:
            return False
        return plan.key == sealed.candidate

    def promoted_by_hand(self, candidate: str) -> bool:
        """Return whether a model is the latest although nothing was decided about it."""
        return latest_key(self.models) == candidate and not find_decision(self.models, candidate)


def run_round(run: Improvement, sealed: Round) -> Decision:
    """Return what is decided about the model of a round, when all that follows from it is done.

    Raises `NotAllAnswered`, and what training raises.
    """
    logger = get_run_logger()
    logger.info("round %d, on %s: %s", sealed.number, sealed.release, sealed.why)
    model = find_model(run.models, sealed.candidate)
    model = model or train_model(run.training_on(sealed.release))
    decision = find_decision(run.models, sealed.candidate) or _decided(run, sealed)
    logger.info("%s is %s", sealed.candidate, decision.why)
    latest = decision.promoted and _promote(run.models, model, decision)
    if latest and run.config.reported:
        _measured(run, run.config.reported, BASE, sealed.candidate, "reported")
    write_card(run.models, model)
    _show(decision, latest)
    finish_round(run.store, sealed, {"promoted": decision.promoted, "why": decision.why})
    return decision


def _decided(run: Improvement, sealed: Round) -> Decision:
    """Return the decision about a candidate that nobody has decided about yet, kept."""
    rule, models = run.config.promotion, run.models
    incumbent = latest_key(models)
    if incumbent == BASE and not run.config.has_base:
        decision = first_of_all(rule, sealed.candidate, sealed.release)
    else:
        before, now = _measured(
            run, run.config.validation, incumbent, sealed.candidate, "validation"
        )
        test = next_test(models, incumbent)
        decision = decide(
            rule, sealed.candidate, incumbent, before.items, now.items, test, sealed.release
        )
    with hold_lease(models):
        return keep_decision(models, decision)


def _measured(
    run: Improvement, evaluation: EvaluationConfig, first: str, second: str, purpose: Purpose
) -> Sequence[Evaluation]:
    """Return what two models, by their keys, come to; it is kept beside them."""
    keys = [key for key in (first, second) if key != BASE or run.config.has_base]
    # Named after the purpose: the same benchmark may serve both, with other items.
    models = tuple(
        run.config.as_measured(f"{purpose}-{key[:_SHOWN] or 'base'}", key) for key in keys
    )
    config = run.config.measuring(purpose, evaluation, models)
    done = measure_models(config, run.store, run.settings)
    if unanswered := sum(of.unanswered for of in done.values()):
        raise NotAllAnswered(
            f"{unanswered} {purpose} items have no answer yet, and nothing is decided without "
            "them: run again, which asks only these"
        )
    figures = report_evaluation(config, run.store, done)
    keep_measured(config, figures.measured, run.settings, purpose)
    return list(done.values())


def _promote(models: Store, model: FolderReceipt, decision: Decision) -> bool:
    """Make a model the latest, unless somebody has moved the pointer since it was measured.

    Returns whether it is.
    """
    with hold_lease(models):
        if not any(one.decision == decision for one in read_promotions(models)):
            try:
                promote(models, model, decision.incumbent, decision.why, decision)
            except PointerMoved as error:
                if latest_key(models) != decision.candidate:  # nor did a run beside this one do it
                    get_run_logger().warning(
                        "%s. It was better than %s; to have it, promote it by hand: gleanery "
                        "models promote %s",
                        error, decision.incumbent or "the base", decision.candidate[:_SHOWN],
                    )  # fmt: skip
        settle_pointer(models)
        return latest_key(models) == decision.candidate


def _show(decision: Decision, latest: bool) -> None:
    outcome = "is the latest model" if latest else "does not become the latest model"
    incumbent = decision.incumbent[:_SHOWN] or "the base"
    lines = [
        f"# {decision.candidate[:_SHOWN]} {outcome}",
        "",
        f"Candidate number {decision.test} against {incumbent}: {decision.why}.",
        "",
    ]
    if decision.suites:
        bound = f"loss of {100 * decision.regression_bound:g} points ruled out"
        lines += [
            f"| suite | items | before | now | won | lost | {bound} |",
            f"|{'---|' * 7}",
        ]
    for suite in decision.suites:
        before, now = suite.incumbent_correct / suite.items, suite.candidate_correct / suite.items
        ruled_out = f"{'yes' if suite.holds else 'no'}, p = {suite.regression_p:.3g}"
        lines.append(
            f"| {suite.suite} | {suite.items:,} | {before:.1%} | {now:.1%} | {suite.won} | "
            f"{suite.lost} | {ruled_out} |"
        )
    create_markdown_artifact(key="improvement", markdown="\n".join(lines))
