"""What a synthesis covers of its taxonomy or skill set, counted from its parts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.synthesis_rows import TextSample, chosen_parts, read_columns
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.parts import Parts
from gleanery.tasks.coverage import Coverage
from gleanery.tasks.coverage_skills import Combined, SkillCounts
from gleanery.tasks.coverage_taxonomy import Kind, TaxonomyCounts, Topic
from gleanery.tasks.skills.skill_set import load_skills
from gleanery.tasks.stage_inputs import EXAMPLES
from gleanery.tasks.stage_output import StageOutput
from gleanery.tasks.taxonomy.plans_syllabus import concepts_to_teach
from gleanery.tasks.taxonomy.stages import PLANS, SUBJECTS, syllabi_of
from gleanery.tasks.taxonomy.tree_files import load_taxonomy

MOST_ROWS = 250_000  # that a report reads, about; see `chosen_parts`

_EXAMPLE = (*TextSample.COLUMNS, "plan_id", "nodes", "labels")
_PLAN = ("id", "syllabus_id", "discipline_id", "strategy", "difficulty", "form", "concepts")


def taxonomy_coverage(
    config: TaxonomyConfig,
    parts: Parts,
    options: Mapping[str, Any],
    outputs: Sequence[StageOutput],
    sample: TextSample,
) -> Coverage:
    """Return what the examples cover of the disciplines of this run; all read go to `sample`."""
    by_stage = {output.stage: output for output in outputs}
    plans = by_stage[PLANS]
    disciplines = [reference.part for reference in by_stage[SUBJECTS].parts]
    counts = TaxonomyCounts(
        _topics(config, options, disciplines),
        {
            "difficulty": config.plans.difficulties,
            "form": config.plans.forms,
            "strategy": ("single_session", "two_sessions"),
        },
    )
    names = chosen_parts([part.part for part in plans.parts], plans.rows_out, MOST_ROWS)
    slices = {
        discipline: list(found)
        for discipline, found in groupby(names, key=lambda name: name.rpartition("-")[0])
    }
    for discipline in disciplines:
        _count_discipline(parts, discipline, slices.get(discipline, []), counts, sample)
    return counts.coverage(by_stage[EXAMPLES].rows_out)


def _topics(
    config: TaxonomyConfig, options: Mapping[str, Any], disciplines: Sequence[str]
) -> dict[str, Topic]:
    places = load_taxonomy(config.taxonomy, dict(options)).by_id
    topics = {}
    for id_ in disciplines:
        place = places.get(id_)  # none, if the file was edited while the run went on
        path = (*place.path, place.node.name) if place else (id_,)
        field = place.ancestors[0].id if place and place.parent else id_
        topics[id_] = Topic(path, field)
    return topics


def _count_discipline(
    parts: Parts, discipline: str, slices: Sequence[str], counts: TaxonomyCounts, sample: TextSample
) -> None:
    made: set[tuple[str, int, str]] = set()
    by_subject: Counter[str] = Counter()
    for part in slices:
        plans = read_columns(parts, PLANS, part, _PLAN)
        rows = [] if plans is None else plans.to_pylist()
        counts.add_plans(
            Kind(row["discipline_id"], row["difficulty"], row["form"], row["strategy"])
            for row in rows
        )
        examples = read_columns(parts, EXAMPLES, part, _EXAMPLE)
        if examples is None:
            continue
        sample.add(examples)
        told = examples.select(["strategy", "plan_id", "nodes", "labels"]).to_pylist()
        counts.add_examples(
            Kind(row["nodes"][0], row["labels"][2], row["labels"][3], row["strategy"])
            for row in told
        )
        by_subject.update(row["nodes"][1] for row in told)
        answered = {row["plan_id"] for row in told}
        made |= {
            (row["syllabus_id"], concept["session"], concept["name"])
            for row in rows
            if row["id"] in answered
            for concept in row["concepts"]
        }
    _count_nodes(parts, discipline, made, by_subject, counts)


def _count_nodes(
    parts: Parts,
    discipline: str,
    made: set[tuple[str, int, str]],
    by_subject: Mapping[str, int],
    counts: TaxonomyCounts,
) -> None:
    subjects = read_columns(parts, SUBJECTS, discipline, ["id"])
    ids = subjects["id"].to_pylist() if subjects is not None else []
    counts.add_subjects(by_subject.get(subject, 0) for subject in ids)
    taught = {
        (syllabus.id, session, name)
        for syllabus in syllabi_of(parts, discipline)
        for session, names in enumerate(concepts_to_teach(syllabus))
        for name in names
    }
    counts.add_concepts(len(made & taught), len(taught))


def skills_coverage(
    config: SkillsConfig,
    parts: Parts,
    options: Mapping[str, Any],
    outputs: Sequence[StageOutput],
    sample: TextSample,
) -> Coverage:
    """Return what the examples cover of the skill set; all that are read go to `sample`."""
    skills = load_skills(config.skills, dict(options))
    counts = SkillCounts(
        {skill.id: skill.name for skill in skills.skills},
        [query_type.name for query_type in skills.query_types],
    )
    made = outputs[-1]
    for part in chosen_parts([part.part for part in made.parts], made.rows_out, MOST_ROWS):
        examples = read_columns(parts, EXAMPLES, part, _EXAMPLE)
        if examples is None:
            continue
        sample.add(examples)
        counts.add_examples(
            Combined(labels[0], tuple(nodes))
            for labels, nodes in zip(
                examples["labels"].to_pylist(), examples["nodes"].to_pylist(), strict=True
            )
        )
    return counts.coverage(made.rows_out)
