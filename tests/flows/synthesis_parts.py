"""Finished syntheses: the parts that a run leaves, made without asking any model."""

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel

from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.records import ChatMessage, Example
from gleanery.tasks.skills.epochs import seal_epochs
from gleanery.tasks.skills.plans import EpochPlans
from gleanery.tasks.skills.skill_set import load_skills
from gleanery.tasks.skills.stages import SKILL_EXAMPLES, part_name
from gleanery.tasks.stage_inputs import EXAMPLES
from gleanery.tasks.stage_output import StageOutput, stage_output
from gleanery.tasks.taxonomy.choice import chosen_disciplines
from gleanery.tasks.taxonomy.plans import TaxonomyPlans, slice_count
from gleanery.tasks.taxonomy.records import (
    ClassSession,
    Discipline,
    Subject,
    Syllabus,
    TaxonomyPlan,
)
from gleanery.tasks.taxonomy.stages import PLANS, SUBJECTS, SYLLABI, slice_name
from gleanery.tasks.taxonomy.tree_files import load_taxonomy

Lost = Callable[[TaxonomyPlan], bool]

TAXONOMY = """\
- Sciences:
    - Physics
    - Chemistry
- Trades:
    - Baking
"""
WORDS = [
    f"{start}{end}" for start in ("ba", "do", "ki", "mu", "sel", "tra", "ven") for end in "aeiou"
]


def commit(parts: Parts, stage: str, part: str, rows: Sequence[BaseModel], kind: type) -> Receipt:
    plan = Plan(stage=stage, version=1, part=part, inputs=(), decides={})
    return parts.commit(plan, Outcome(rows, [], [], len(rows)), kind, time.monotonic(), None)


def example(
    plan_id: str, strategy: str, nodes: Sequence[str], labels: Sequence[str], asked: str
) -> Example:
    drawn = random.Random(plan_id)
    words = " ".join(drawn.choices(WORDS, k=40))
    return Example(
        id=f"example of {plan_id}",
        method="any",
        strategy=strategy,
        plan_id=plan_id,
        group=nodes[0],
        nodes=list(nodes),
        labels=list(labels),
        split="train",
        messages=[
            ChatMessage(role="user", content=asked),
            ChatMessage(role="assistant", content=f"{asked.split()[-1]}: {words}"),
        ],
        calls=[],
        scores=[],
    )


def syllabi_of(discipline: Discipline, subjects: int) -> tuple[list[Subject], list[Syllabus]]:
    listed, written = [], []
    for number in range(subjects):
        id_ = f"{discipline.id}-subject-{number}"
        common = {"discipline_id": discipline.id, "discipline": discipline.name, "calls": []}
        listed.append(
            Subject(
                id=id_,
                origin="",
                name=f"subject {number}",
                level="",
                introduction="",
                subtopics=[],
                lists=1,
                **common,
            )
        )
        sessions = [
            ClassSession(
                title=f"session {s}",
                description="",
                concepts=[f"{WORDS[(5 * s + n) % len(WORDS)]} {s}.{n}" for n in range(5)],
            )
            for s in range(10)
        ]
        written.append(
            Syllabus(
                id=f"syllabus {id_}",
                subject_id=id_,
                subject=f"subject {number}",
                level="",
                sessions=sessions,
                **common,
            )
        )
    return listed, written


def finished_taxonomy(
    config: TaxonomyConfig, store: Store, subjects: int, lost: Lost
) -> tuple[Parts, list[StageOutput]]:
    """Return what a run over a taxonomy leaves, with an example for each plan not `lost`."""
    parts = Parts(store)
    receipts: dict[str, list[Receipt]] = {PLANS: [], SUBJECTS: [], SYLLABI: [], EXAMPLES: []}
    for discipline in chosen_disciplines(load_taxonomy(config.taxonomy), config.nodes):
        listed, written = syllabi_of(discipline, subjects)
        receipts[SUBJECTS].append(commit(parts, SUBJECTS, discipline.id, listed, Subject))
        receipts[SYLLABI].append(commit(parts, SYLLABI, discipline.id, written, Syllabus))
        drawn = TaxonomyPlans(written, config.plans)
        for number in range(slice_count(config.plans)):
            part, plans = slice_name(discipline.id, number), drawn.slice(number)
            rows = [_answered(discipline, plan) for plan in plans if not lost(plan)]
            receipts[PLANS].append(commit(parts, PLANS, part, plans, TaxonomyPlan))
            receipts[EXAMPLES].append(commit(parts, EXAMPLES, part, rows, Example))
    return parts, [
        stage_output(stage, receipts[stage], "") for stage in (SUBJECTS, SYLLABI, PLANS, EXAMPLES)
    ]


def _answered(discipline: Discipline, plan: TaxonomyPlan) -> Example:
    concepts = " and ".join(concept.name for concept in plan.concepts)
    return example(
        plan.id,
        plan.strategy,
        [plan.discipline_id, plan.subject_id],
        [discipline.name, plan.subject_id, plan.difficulty, plan.form],
        f"Work out {concepts}",
    )


def finished_skills(
    config: SkillsConfig, store: Store, made: float = 1.0
) -> tuple[Parts, list[StageOutput]]:
    """Return what a run over a skill set leaves: an example for such a share of its plans."""
    parts, skills = Parts(store), load_skills(config.skills)
    epochs = seal_epochs(store, skills.skills, skills.query_types, config.plans)
    names = {node.id: node.name for node in [*skills.skills, *skills.query_types]}
    receipts = []
    for epoch in epochs:
        for number, plans in enumerate(EpochPlans(epochs, epoch.number)):
            rows = [
                example(
                    plan.id,
                    f"skills_{len(plan.skills)}",
                    plan.skills,
                    [names[plan.query_type], *(names[skill] for skill in plan.skills)],
                    f"I need {' and '.join(names[skill] for skill in plan.skills)}",
                )
                for plan in plans[: round(made * len(plans))]
            ]
            receipts.append(commit(parts, EXAMPLES, part_name(epoch, number), rows, Example))
    generated = stage_output(SKILL_EXAMPLES, receipts, "")
    return parts, [generated, stage_output(EXAMPLES, receipts, "")]


def skill_file(path: Path, count: int) -> str:
    names = [f"{WORDS[n % len(WORDS)]} of {WORDS[n // len(WORDS)]}" for n in range(count)]
    path.write_text("skills:\n" + "".join(f"  - {name}\n" for name in names), encoding="utf-8")
    return str(path)
