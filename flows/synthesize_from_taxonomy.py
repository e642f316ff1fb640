"""Synthesis from a taxonomy, after GLAN: disciplines, subjects, syllabi, questions, answers."""

from collections.abc import Sequence

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from gleanery.flows.fan_out import PARTS_AT_ONCE, ask_for_parts, do_parts, look_at_all
from gleanery.flows.progress import StageProgress
from gleanery.flows.run import Again, Run, open_run
from gleanery.flows.summary import finish_stage
from gleanery.flows.synthesis_report import show_synthesis
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.tasks.stage_inputs import EXAMPLES
from gleanery.tasks.stage_output import StageOutput
from gleanery.tasks.taxonomy.choice import chosen_disciplines
from gleanery.tasks.taxonomy.plan_parts import standing_plan_parts
from gleanery.tasks.taxonomy.plans import slice_count
from gleanery.tasks.taxonomy.records import Discipline
from gleanery.tasks.taxonomy.stage_parts import (
    answers_part,
    questions_part,
    subjects_part,
    syllabi_part,
)
from gleanery.tasks.taxonomy.stages import PLANS, QUESTIONS, SUBJECTS, SYLLABI
from gleanery.tasks.taxonomy.tasks import draw_plans_of
from gleanery.tasks.taxonomy.tree_files import load_taxonomy

TaxonomyRun = Run[TaxonomyConfig]


@flow(
    name="synthesize-from-taxonomy",
    flow_run_name="synthesize from taxonomy: {config.name}",
    task_runner=ThreadPoolTaskRunner(max_workers=PARTS_AT_ONCE),  # type: ignore[arg-type]
)
def synthesize_from_taxonomy(config: TaxonomyConfig, again: Again = Again()) -> list[StageOutput]:
    """Return the outputs of all stages, from subjects to examples, over the taxonomy as it is now.

    What the file gained since the last run costs that alone; what it lost is left out. A run that
    ends incomplete says so, and the next one takes up what is left.
    """
    with open_run(config) as run:
        taxonomy = load_taxonomy(config.taxonomy, run.source_options)
        disciplines = chosen_disciplines(taxonomy, config.nodes, config.include_proposed)
        names = [discipline.id for discipline in disciplines]
        slices = [(name, number) for name in names for number in range(slice_count(config.plans))]
        outputs = [
            _list_subjects(run, disciplines, again),
            _write_syllabi(run, names, again),
            _draw_plans(run, names, again),
            _write_questions(run, slices, again),
            _answer_questions(run, slices, again),
        ]
        show_synthesis(run, outputs)
        return outputs


def _list_subjects(run: TaxonomyRun, rows: Sequence[Discipline], again: Again) -> StageOutput:
    config = run.config
    work = [subjects_part(row, config.subjects, config.language, config.engine) for row in rows]
    return ask_for_parts(run, SUBJECTS, work, again)


def _write_syllabi(run: TaxonomyRun, names: Sequence[str], again: Again) -> StageOutput:
    config = run.config
    work = look_at_all(
        lambda name: syllabi_part(run.parts, name, config.syllabi, config.language, config.engine),
        names,
    )
    return ask_for_parts(run, SYLLABI, work, again)


def _draw_plans(run: TaxonomyRun, names: Sequence[str], again: Again) -> StageOutput:
    with StageProgress(PLANS, len(names)) as progress:
        receipts = do_parts(
            PLANS,
            names,
            lambda name: standing_plan_parts(run.parts, name, run.config.plans, again.backfill),
            lambda name: draw_plans_of.submit(run.parts, name, run.config.plans, again.backfill),
            progress,
        )
    return finish_stage(run, PLANS, [receipt for drawn in receipts for receipt in drawn])


def _write_questions(
    run: TaxonomyRun, slices: Sequence[tuple[str, int]], again: Again
) -> StageOutput:
    config = run.config
    work = look_at_all(
        lambda place: questions_part(
            run.parts, *place, config.questions, config.language, config.questioning_engine
        ),
        slices,
    )
    return ask_for_parts(run, QUESTIONS, work, again)


def _answer_questions(
    run: TaxonomyRun, slices: Sequence[tuple[str, int]], again: Again
) -> StageOutput:
    config = run.config
    work = look_at_all(
        lambda place: answers_part(
            run.parts, *place, config.answers, config.language, config.answering_engine
        ),
        slices,
    )
    return ask_for_parts(run, EXAMPLES, work, again)
