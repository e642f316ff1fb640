"""A preview of a synthesis: one discipline, or a few combinations of skills, from end to end."""

from rich.console import Console
from rich.text import Text

from gleanery.deployments.funnel import print_funnel
from gleanery.deployments.terminal import open_console, printable
from gleanery.flows.pipeline_config import PipelineConfig
from gleanery.flows.run import open_store, storage_options
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.budget import open_budget
from gleanery.infra.llm.room import engine_room
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.scratch import scratch_folder
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.llm_part import LLMPart, LLMRun, run_llm_part
from gleanery.tasks.records import Example
from gleanery.tasks.skills.epochs import seal_epochs
from gleanery.tasks.skills.generation_part import generation_part
from gleanery.tasks.skills.plans import asked_plans, epoch_plans
from gleanery.tasks.skills.skill_set import load_skills
from gleanery.tasks.stage_output import stage_output
from gleanery.tasks.taxonomy.choice import chosen_disciplines
from gleanery.tasks.taxonomy.plan_parts import draw_plan_parts
from gleanery.tasks.taxonomy.stage_parts import (
    answers_part,
    questions_part,
    subjects_part,
    syllabi_part,
)
from gleanery.tasks.taxonomy.stages import subjects_of, syllabi_of
from gleanery.tasks.taxonomy.tree_files import load_taxonomy

_QUERIES, _SUBJECTS, _SESSIONS_SHOWN = 2, 1, 5


def preview_synthesis(config: PipelineConfig, settings: Settings, examples: int) -> None:
    """Print what becomes of a discipline's subject, or of a few plans, with real requests.

    Nothing is kept, and no answer is taken from earlier runs; the budget holds with what those
    have spent.
    """
    console = open_console()
    budget = open_budget(config.budget, open_store(config, settings))
    with scratch_folder() as folder, engine_room() as room:
        run = LLMRun(Parts(Store(folder)), room, budget)
        if isinstance(config, TaxonomyConfig):
            receipts = _preview_taxonomy(config, settings, run, console, examples)
        else:
            assert isinstance(config, SkillsConfig)
            receipts = _preview_skills(config, settings, run, console, examples)
        for example in run.parts.rows(receipts[-1], Example):
            _show_example(console, example)
        for receipt in receipts:
            for loss in run.parts.losses(receipt):
                words = printable(f"{receipt.stage}: {loss.reason}: {loss.detail}")
                console.print(Text(words, style="yellow"))
        console.print()
        print_funnel([stage_output(r.stage, [r], run.parts.writer) for r in receipts], console)


def _preview_taxonomy(
    config: TaxonomyConfig, settings: Settings, run: LLMRun, console: Console, examples: int
) -> list[Receipt]:
    taxonomy = load_taxonomy(config.taxonomy, storage_options(settings))
    discipline = chosen_disciplines(taxonomy, config.nodes, config.include_proposed)[0]
    name, language, engine = discipline.id, config.language, config.engine
    few = {
        "queries": min(_QUERIES, config.subjects.queries),
        "most_subjects": _SUBJECTS,
        "least_lists": 1,
    }
    plans = config.plans.model_copy(update={"plans_per_subject": min(examples, 16)})
    _heading(console, " > ".join([*discipline.path, discipline.name]))
    subjects = config.subjects.model_copy(update=few)
    receipts = [_do(run, subjects_part(discipline, subjects, language, engine))]
    for subject in subjects_of(run.parts, name):
        console.print(Text(printable(f"{subject.name} ({subject.level}): {subject.introduction}")))
    receipts.append(_do(run, syllabi_part(run.parts, name, config.syllabi, language, engine)))
    for syllabus in syllabi_of(run.parts, name):
        for number, session in enumerate(syllabus.sessions[:_SESSIONS_SHOWN], start=1):
            concepts = "; ".join(session.concepts)
            console.print(Text(printable(f"  {number}. {session.title} [{concepts}]")))
        console.print(f"  {len(syllabus.sessions)} sessions")
    receipts += draw_plan_parts(run.parts, name, plans)
    writer, answerer = config.questioning_engine, config.answering_engine
    questions = questions_part(run.parts, name, 0, config.questions, language, writer)
    receipts.append(_do(run, questions))
    receipts.append(_do(run, answers_part(run.parts, name, 0, config.answers, language, answerer)))
    return receipts


def _preview_skills(
    config: SkillsConfig, settings: Settings, run: LLMRun, console: Console, examples: int
) -> list[Receipt]:
    skills = load_skills(config.skills, storage_options(settings))
    wanted = config.plans.model_copy(update={"count": examples})
    epochs = seal_epochs(run.parts.store, skills.skills, skills.query_types, wanted)
    plans = asked_plans(epoch_plans(epochs, 1, 0), skills.skills, skills.query_types)
    console.print(f"{len(plans)} plans over {len(skills.skills):,} skills")
    part = generation_part(
        "preview",
        (),
        lambda: (plans, skills.skills, skills.query_types),
        config.generation,
        config.generating_engines,
    )
    return [_do(run, part)]


def _do(run: LLMRun, part: LLMPart | None) -> Receipt:  # type: ignore[type-arg]
    assert part is not None  # the stage before has just made its input
    receipt, _ = run_llm_part(run, part)
    return receipt


def _show_example(console: Console, example: Example) -> None:
    _heading(console, f"{example.strategy}: {'; '.join(example.labels)}")
    for turn in example.messages:
        console.print(Text(turn.role.capitalize(), style="bold"))
        console.print(Text(printable(turn.content)))
    for score in example.scores:
        console.print(Text(printable(f"{score.name}: {score.value:.3g} {score.detail}")))


def _heading(console: Console, title: str) -> None:
    console.print()
    console.print(Text(printable(title), style="bold underline"))
