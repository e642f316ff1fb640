"""An estimate of a synthesis: what its stages will ask, given what is there and what is assumed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console

from gleanery.deployments.ratios import Asking
from gleanery.deployments.stage_estimates import StageEstimate, asking_estimate, estimates_table
from gleanery.deployments.terminal import open_console
from gleanery.flows.pipeline_config import PipelineConfig
from gleanery.flows.run import open_store, storage_options
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.budget import open_budget
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt, Usage
from gleanery.infra.settings import Settings
from gleanery.tasks.skills.epochs import read_epochs
from gleanery.tasks.skills.epochs_next import next_epoch
from gleanery.tasks.skills.skill_set import load_skills
from gleanery.tasks.skills.stages import SKILL_EXAMPLES, part_name
from gleanery.tasks.stage_inputs import EXAMPLES
from gleanery.tasks.taxonomy.choice import chosen_disciplines
from gleanery.tasks.taxonomy.plans import slice_count
from gleanery.tasks.taxonomy.plans_counts import SUBJECTS, expected_plans
from gleanery.tasks.taxonomy.stages import QUESTIONS, SYLLABI, slice_name
from gleanery.tasks.taxonomy.stages import SUBJECTS as LIST
from gleanery.tasks.taxonomy.tree_files import load_taxonomy

# Tokens of one request where no earlier part tells: the mean of a stage's steps.
_ASSUMED = {
    LIST: Asking(1, 1200, 2500),
    SYLLABI: Asking(1, 1500, 2000),
    QUESTIONS: Asking(1, 2500, 250),
    EXAMPLES: Asking(1, 220, 500),
    SKILL_EXAMPLES: Asking(1, 1600, 700),
}


@dataclass
class Ground:
    """What the receipts of a pipeline tell of its stages; `words` say what the figures rest on."""

    parts: Parts
    words: list[str] = field(default_factory=list)

    def receipts(self, stage: str, names: Sequence[str]) -> list[Receipt]:
        """Return the newest receipts of the parts that are there."""
        return [receipt for name in names if (receipt := self.parts.newest(stage, name))]

    def asking(self, stage: str, receipts: Sequence[Receipt]) -> Asking:
        """Return the tokens of a request: measured on earlier parts, or else assumed."""
        usage = sum((receipt.earlier + receipt.usage for receipt in receipts), Usage())
        if not usage.sent:
            assumed = _ASSUMED[stage]
            self.words.append(
                f"{stage}: {assumed.prompt_tokens:,.0f} tokens in and "
                f"{assumed.completion_tokens:,.0f} out a request, assumed"
            )
            return assumed
        self.words.append(f"{stage}: tokens of {usage.sent:,} requests sent before")
        return Asking(1, usage.prompt_tokens / usage.sent, usage.completion_tokens / usage.sent)


def estimate_synthesis(
    config: PipelineConfig, settings: Settings, requests_per_second: float
) -> None:
    """Print what a synthesis would ask, pay and take, and what that rests on; none is asked."""
    store = open_store(config, settings)
    ground, console = Ground(Parts(store)), open_console()
    if isinstance(config, TaxonomyConfig):
        stages = _taxonomy_stages(config, settings, ground, console, requests_per_second)
    else:
        assert isinstance(config, SkillsConfig)
        stages = _skills_stages(config, settings, ground, console, requests_per_second)
    console.print(estimates_table(stages))
    budget = open_budget(config.budget, store)
    console.print(f"Spent by earlier runs, of the budget: {budget.describe()}")
    console.print("\nThe figures rest on:")
    for words in [*ground.words, f"time: {requests_per_second:g} requests/s"]:
        console.print(f"  {words}")
    console.print("No model was asked.")


def _taxonomy_stages(
    config: TaxonomyConfig, settings: Settings, ground: Ground, console: Console, rate: float
) -> list[StageEstimate]:
    taxonomy = load_taxonomy(config.taxonomy, storage_options(settings))
    names = [row.id for row in chosen_disciplines(taxonomy, config.nodes, config.include_proposed)]
    slices = [slice_name(name, n) for name in names for n in range(slice_count(config.plans))]
    listed = ground.receipts(LIST, names)
    most = config.subjects.most_subjects or SUBJECTS[1]
    low, high = (min(count, most) for count in SUBJECTS)
    size = expected_plans(config.plans, len(names), (low, high))
    console.print(f"Disciplines: {len(names):,}, {len(listed):,} of them with subjects already")
    console.print(f"Subjects: {size.subjects.low:,} to {size.subjects.high:,}")
    console.print(f"Class sessions: {size.sessions.low:,} to {size.sessions.high:,}")
    console.print(f"Plans that there could be: {size.possible.low:,} to {size.possible.high:,}")
    console.print(f"Plans to draw: {size.drawn.low:,} to {size.drawn.high:,}")
    each = sum(r.rows_out for r in listed) / len(listed) if listed else (low + high) / 2
    how = "measured" if listed else "the middle of what the paper found"
    ground.words.append(f"subjects: {each:,.1f} a discipline, {how}")
    new, subjects = len(names) - len(listed), each * len(names)
    plans = subjects * config.plans.plans_per_subject

    def left(rows: float, stage: str, parts: Sequence[str]) -> float:
        done = sum(r.rows_in - sum(r.failed.values()) for r in ground.receipts(stage, parts))
        return max(rows - done, 0)

    def stage(
        name: str,
        rows: tuple[float, float],
        requests: float,
        engine: EngineConfig,
        at: Sequence[str],
    ) -> StageEstimate:
        asking = ground.asking(name, ground.receipts(name, at))
        return asking_estimate(name, rows, rows[0] * requests, asking, [engine], rate)

    courses, asked = left(subjects, SYLLABI, names), left(plans, QUESTIONS, slices)
    answered = left(plans, EXAMPLES, slices)
    engines = config.engine, config.questioning_engine, config.answering_engine
    return [
        stage(LIST, (new, new * each), 2 * config.subjects.queries, engines[0], names),
        stage(SYLLABI, (courses, courses), 2, engines[0], names),
        stage(QUESTIONS, (asked, asked), 1, engines[1], slices),
        stage(EXAMPLES, (answered, answered), config.answers.samples, engines[2], slices),
    ]


def _skills_stages(
    config: SkillsConfig, settings: Settings, ground: Ground, console: Console, rate: float
) -> list[StageEstimate]:
    skills = load_skills(config.skills, storage_options(settings))
    epochs = read_epochs(ground.parts.store)
    names = [part_name(epoch, n) for epoch in epochs for n in range(epoch.slices)]
    known = frozenset(skill.id for skill in skills.skills)
    kinds = frozenset(kind.id for kind in skills.query_types)
    sealed = len(epochs)
    while draft := next_epoch(epochs, known, kinds, config.plans):
        epochs.append(draft)
    plans = sum(epoch.count for epoch in epochs)
    console.print(f"Skills: {len(known):,}, query types: {len(kinds):,}")
    console.print(f"Plans: {plans:,} in {len(epochs)} epochs, {sealed} of them sealed")
    receipts = ground.receipts(SKILL_EXAMPLES, names)
    done = sum(receipt.rows_in - sum(receipt.failed.values()) for receipt in receipts)
    left = max(plans - done, 0)
    turns = 4 if config.generation.verify else 3
    asking = ground.asking(SKILL_EXAMPLES, receipts)
    return [
        asking_estimate(
            SKILL_EXAMPLES, (left, left), left * turns, asking, config.generating_engines, rate
        )
    ]
