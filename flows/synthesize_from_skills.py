"""Synthesis from skills, after Instruct-SkillMix: plans, then draft, critique and revision."""

import functools
from collections.abc import Sequence

from prefect import flow
from prefect.logging import get_run_logger
from prefect.task_runners import ThreadPoolTaskRunner

from gleanery.flows.fan_out import PARTS_AT_ONCE, ask_for_parts, do_parts
from gleanery.flows.progress import StageProgress
from gleanery.flows.run import Again, Run, open_run
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.summary import finish_stage
from gleanery.flows.synthesis_report import show_synthesis
from gleanery.tasks.distinct_part import standing_distinct
from gleanery.tasks.skills.epochs import seal_epochs
from gleanery.tasks.skills.epochs_inputs import epoch_inputs
from gleanery.tasks.skills.epochs_live import live_plans
from gleanery.tasks.skills.epochs_sealed import Epoch
from gleanery.tasks.skills.epochs_shortage import shortage
from gleanery.tasks.skills.generation_part import generation_part
from gleanery.tasks.skills.plans import EpochPlans, asked_plans
from gleanery.tasks.skills.records import QueryType, Skill, SkillPlan
from gleanery.tasks.skills.skill_set import SkillSet, load_skills
from gleanery.tasks.skills.stages import SKILL_EXAMPLES, part_name
from gleanery.tasks.stage_inputs import EXAMPLES
from gleanery.tasks.stage_output import StageOutput
from gleanery.tasks.tasks import keep_distinct_examples

SkillsRun = Run[SkillsConfig]


@flow(
    name="synthesize-from-skills",
    flow_run_name="synthesize from skills: {config.name}",
    task_runner=ThreadPoolTaskRunner(max_workers=PARTS_AT_ONCE),  # type: ignore[arg-type]
)
def synthesize_from_skills(config: SkillsConfig, again: Again = Again()) -> list[StageOutput]:
    """Return the outputs of generation and of what is distinct, over every plan of every epoch.

    What the skills' file gained since the last run makes an epoch of its own; plans with a skill
    that it lost are left out, and others make up for them up to the configured count. A run that
    ends incomplete says so, and the next one takes up what is left.
    """
    with open_run(config) as run:
        skills = load_skills(config.skills, run.source_options)
        epochs = seal_epochs(run.store, skills.skills, skills.query_types, config.plans)
        _log_plans(epochs, skills, config)
        outputs = [_generate(run, epochs, skills, again), _keep_distinct(run, epochs, again)]
        show_synthesis(run, outputs)
        return outputs


def _log_plans(epochs: Sequence[Epoch], skills: SkillSet, config: SkillsConfig) -> None:
    live = live_plans(epochs, skills.skills, skills.query_types)
    given = len(skills.skills), len(skills.query_types)
    log = get_run_logger()
    log.info(
        "%d plans in %d epochs over %d skills and %d query types", live.count, len(epochs), *given
    )
    if resting := sum(epoch.count for epoch in epochs) - live.count:
        log.info("%d more plans rest: a skill or query type of theirs was removed", resting)
    if short := shortage(live, *given, config.plans):
        log.warning("%s", short)


def _generate(
    run: SkillsRun, epochs: Sequence[Epoch], skills: SkillSet, again: Again
) -> StageOutput:
    config = run.config
    drawn = {epoch.number: EpochPlans(epochs, epoch.number) for epoch in epochs}

    def load(
        epoch: int, number: int
    ) -> tuple[Sequence[SkillPlan], Sequence[Skill], Sequence[QueryType]]:
        plans = drawn[epoch].slice(number)
        asked = asked_plans(plans, skills.skills, skills.query_types)
        return asked, skills.skills, skills.query_types

    work = [
        generation_part(
            part_name(epoch, number),
            epoch_inputs(epoch, skills),
            functools.partial(load, epoch.number, number),
            config.generation,
            config.generating_engines,
        )
        for epoch in epochs
        for number in range(epoch.slices)
    ]
    return ask_for_parts(run, SKILL_EXAMPLES, work, again)


def _keep_distinct(run: SkillsRun, epochs: Sequence[Epoch], again: Again) -> StageOutput:
    names = [part_name(epoch, number) for epoch in epochs for number in range(epoch.slices)]
    with StageProgress(EXAMPLES, len(names)) as progress:
        receipts = do_parts(
            EXAMPLES,
            range(len(names)),
            lambda number: standing_distinct(
                run.parts, SKILL_EXAMPLES, names, number, again.backfill
            ),
            lambda number: keep_distinct_examples.submit(
                run.parts, SKILL_EXAMPLES, names, number, again.backfill
            ),
            progress,
        )
    return finish_stage(run, EXAMPLES, [receipt for receipt in receipts if receipt])
