"""Proposing a skill set from nothing: topics, then the skills of each topic, and query types.

Each function here is the dialogue of one row. What to make of all rows is in `propose_results`.
"""

from collections.abc import Sequence

from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import ModelIdentity
from gleanery.tasks.llm_part import RowOutcome
from gleanery.tasks.quoting import quoted
from gleanery.tasks.records import Loss
from gleanery.tasks.skills.propose_config import ProposalConfig
from gleanery.tasks.skills.propose_lists import ListQuestion, ask_lists
from gleanery.tasks.skills.propose_prompts import (
    LIST_QUERY_TYPES,
    LIST_SKILLS,
    LIST_TOPICS,
    QUERY_TYPES_FINGERPRINT,
    QUERY_TYPES_SCHEMA,
    SKILLS_FINGERPRINT,
    SKILLS_SCHEMA,
    STRUCTURE_QUERY_TYPES,
    STRUCTURE_SKILLS,
    STRUCTURE_TOPICS,
    TOPICS_FINGERPRINT,
    TOPICS_SCHEMA,
)
from gleanery.tasks.skills.propose_records import (
    ProposalAim,
    ProposedQueryType,
    ProposedSkill,
    Topic,
)
from gleanery.tasks.skills.propose_rule import Named, join_lists


def propose_topics(
    aim: ProposalAim, config: ProposalConfig, model: ModelIdentity, attempt: int
) -> Dialogue[RowOutcome[Topic]]:
    """Return the topics that a model names, near-duplicates merged, those of most lists first."""
    asked = ListQuestion(
        step="topics",
        question=LIST_TOPICS.render(aim=aim.aim, count=str(config.topics)),
        structuring=STRUCTURE_TOPICS.render(),
        schema=TOPICS_SCHEMA,
        prompt=TOPICS_FINGERPRINT,
    )
    outcome = yield from ask_lists(aim.id, asked, config, model, attempt)
    if outcome.failed:
        return RowOutcome(losses=[outcome.failed])
    joined, few = join_lists(aim.id, outcome.lists, config.least_lists, merge=True)
    rows = [
        Topic(row_id=aim.id, name=n.name, definition=n.definition, lists=n.lists, calls=n.calls)
        for n in joined
    ]
    return RowOutcome(rows, [*outcome.losses, *few])


def propose_skills(
    topic: Topic, config: ProposalConfig, model: ModelIdentity, attempt: int
) -> Dialogue[RowOutcome[ProposedSkill]]:
    """Return the skills that a model names for one topic, those of most lists first.

    What the model itself calls a topic is the loss "topic", if `config.ask_for_topics`. Skills
    that say the same stay apart here: they are merged over all topics at once.
    """
    shown = quoted({"topic": f"{topic.name}: {topic.definition}"})
    asked = ListQuestion(
        step="skills",
        question=LIST_SKILLS.render(topic=shown["topic"], count=str(config.skills)),
        structuring=STRUCTURE_SKILLS.render(),
        schema=SKILLS_SCHEMA,
        prompt=SKILLS_FINGERPRINT,
    )
    outcome = yield from ask_lists(topic.id, asked, config, model, attempt)
    if outcome.failed:
        return RowOutcome(losses=[outcome.failed])
    joined, few = join_lists(topic.id, outcome.lists, config.least_lists, merge=False)
    topics = [named for named in joined if config.ask_for_topics and _is_topic(named)]
    rows = [
        ProposedSkill(
            row_id=topic.id,
            topic=topic.name,
            name=named.name,
            definition=named.definition,
            lists=named.lists,
            calls=named.calls,
        )
        for named in joined
        if named not in topics
    ]
    return RowOutcome(rows, [*outcome.losses, *few, *_called_topics(topic.id, topics)])


def propose_query_types(
    aim: ProposalAim, config: ProposalConfig, model: ModelIdentity, attempt: int
) -> Dialogue[RowOutcome[ProposedQueryType]]:
    """Return the query types that a model names, near-duplicates merged, most lists first."""
    asked = ListQuestion(
        step="query types",
        question=LIST_QUERY_TYPES.render(aim=aim.aim, count=str(config.query_types)),
        structuring=STRUCTURE_QUERY_TYPES.render(),
        schema=QUERY_TYPES_SCHEMA,
        prompt=QUERY_TYPES_FINGERPRINT,
        with_example=True,
    )
    outcome = yield from ask_lists(aim.id, asked, config, model, attempt)
    if outcome.failed:
        return RowOutcome(losses=[outcome.failed])
    joined, few = join_lists(aim.id, outcome.lists, config.least_lists, merge=True)
    rows = [
        ProposedQueryType(
            row_id=aim.id,
            name=named.name,
            definition=named.definition,
            example=_example(named),
            lists=named.lists,
            calls=named.calls,
        )
        for named in joined
    ]
    return RowOutcome(rows, [*outcome.losses, *few])


def _is_topic(named: Named) -> bool:
    return 2 * sum(item.is_topic for item in named.items) > len(named.items)


def _called_topics(row_id: str, topics: Sequence[Named]) -> list[Loss]:
    return [
        Loss(row_id=row_id, reason="topic", detail=f"{named.name}: so the model says itself")
        for named in topics
    ]


def _example(named: Named) -> str:
    """Return the example of the list that gave the definition."""
    return min(item.example for item in named.items if item.definition == named.definition)
