"""From a plan to an example: a conversation that drafts, criticises as the asker, and revises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gleanery.infra.digests import digest
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import FailureReason, ModelIdentity
from gleanery.tasks.llm_part import RowOutcome
from gleanery.tasks.records import ChatMessage, Example, Loss
from gleanery.tasks.skills import generate_messages as messages
from gleanery.tasks.skills.generate_checks import text_problem
from gleanery.tasks.skills.generate_config import GenerationConfig
from gleanery.tasks.skills.generate_critique import critique_problem
from gleanery.tasks.skills.generate_talk import Talk
from gleanery.tasks.skills.generate_texts import (
    Texts,
    has_layout,
    read_instruction,
    read_texts,
)
from gleanery.tasks.skills.generation_prompts import FINGERPRINTS, INSTRUCTION, RESPONSE
from gleanery.tasks.skills.giveaway import giveaway
from gleanery.tasks.skills.records import QueryType, Skill, SkillPlan
from gleanery.tasks.skills.verify import Verification, verify_example
from gleanery.tasks.unreadable_answers import repeated, why_unreadable

_UNANSWERED = frozenset(FailureReason)


def example_id(
    plan: SkillPlan, skills: Mapping[str, Skill], query_types: Mapping[str, QueryType]
) -> str:
    """Return the id of a plan's example: it follows the plan and all that its prompts show."""
    combined = [skills.get(name) for name in plan.skills]
    asked = query_types.get(plan.query_type)
    return digest(
        [
            plan.id,
            [skill and [skill.name, skill.definition] for skill in combined],
            asked and [asked.name, asked.definition, asked.example],
        ]
    )


def generate_example(
    plan: SkillPlan,
    skills: Mapping[str, Skill],
    query_types: Mapping[str, QueryType],
    config: GenerationConfig,
    model: ModelIdentity,
    attempt: int,
    verifier: ModelIdentity | None = None,
) -> Dialogue[RowOutcome[Example]]:
    """Return the example of a plan, or why there is none (Instruct-SkillMix, 2408.14774).

    Asks engine 0, and engine 1 if a verifier is given. Reasons: those of `text_problem`, of
    `why_unreadable` and of `critique_problem`; "truncated"; "gives_skill_away";
    "skill_not_exercised" and "unverified" if the configuration wants a least verdict;
    "unknown_skill" and "unknown_query_type"; and those of `FailureReason`. What is rejected for
    its text is tried again, in a new conversation.
    """
    row_id = example_id(plan, skills, query_types)
    if loss := _unknown(row_id, plan, skills, query_types):
        return RowOutcome(losses=[loss])
    combined = [skills[name] for name in plan.skills]
    task = _Task(row_id, plan, combined, query_types[plan.query_type], config)
    for number in range(attempt * config.tries, (attempt + 1) * config.tries):
        outcome = yield from _try(task, model, number, verifier)
        if isinstance(outcome, Example) or outcome.reason in _UNANSWERED:
            break
    if isinstance(outcome, Example):
        return RowOutcome(rows=[outcome])
    return RowOutcome(losses=[outcome])


@dataclass(frozen=True, slots=True)
class _Task:
    row_id: str
    plan: SkillPlan
    skills: Sequence[Skill]
    query_type: QueryType
    config: GenerationConfig

    def loss(self, reason: str, detail: str) -> Loss:
        return Loss(row_id=self.row_id, reason=reason, detail=detail[:300])


def _try(
    task: _Task, model: ModelIdentity, attempt: int, verifier: ModelIdentity | None
) -> Dialogue[Example | Loss]:
    talk = Talk(task.row_id, model, task.config.sampling_of(attempt), attempt)
    texts = yield from _write(task, talk)
    if isinstance(texts, Texts) and _named(task, texts):
        texts = yield from _reword(task, talk, texts)
    if isinstance(texts, Loss):
        return texts
    verification = Verification([], [])
    if verifier:
        config = task.config.verification
        verified = yield from verify_example(
            task.row_id, texts, task.skills, config, verifier, attempt
        )
        if isinstance(verified, Loss):
            return verified
        verification = verified
        if config.least_exercised and (loss := _not_exercised(task, verified)):
            return loss
    return _example(task, texts, talk, verification)


def _write(task: _Task, talk: Talk) -> Dialogue[Texts | Loss]:
    """Return the texts of the three turns. A draft that cannot be read costs no further turn."""
    message = messages.draft_message(task.plan, task.skills, task.query_type, task.config)
    texts = yield from _ask_for_texts(task, talk, "draft", message)
    if isinstance(texts, Loss):
        return texts
    message = messages.critique_message(task.skills)
    said = yield from talk.ask("critique", message, FINGERPRINTS["critique"])
    if isinstance(said, Loss):
        return said
    if problem := critique_problem(said, texts, talk.shown):
        return task.loss(problem[0], f"critique: {problem[1]}")
    texts = yield from _ask_for_texts(task, talk, "revision", messages.revise_message(task.config))
    return texts if isinstance(texts, Loss) else _checked(task, texts)


def _reword(task: _Task, talk: Talk, texts: Texts) -> Dialogue[Texts | Loss]:
    """Return the texts with an instruction that names no skill."""
    config = task.config
    message = messages.reword_message(_named(task, texts), config)
    schema = messages.schema_of(config, INSTRUCTION)
    answer = yield from talk.ask("rewording", message, FINGERPRINTS["rewording"], schema)
    if isinstance(answer, Loss):
        return answer
    if words := repeated(answer, [message]):
        return task.loss("echo", f"rewording: {words}")
    try:
        texts = replace(texts, instruction=read_instruction(answer, config.structured))
    except ValueError as error:
        return _unreadable(task, talk, "rewording", answer, error)
    if named := _named(task, texts):
        return task.loss("gives_skill_away", ", ".join(named))
    return _checked(task, texts)


def _ask_for_texts(task: _Task, talk: Talk, step: str, message: str) -> Dialogue[Texts | Loss]:
    schema = messages.schema_of(task.config, INSTRUCTION, RESPONSE)
    answer = yield from talk.ask(step, message, FINGERPRINTS[step], schema)
    if isinstance(answer, Loss):
        return answer
    if words := repeated(answer, [message]):  # which shows the layout, filled in with dots
        return task.loss("echo", f"{step}: {words}")
    try:
        return read_texts(answer, task.config.structured)
    except ValueError as error:
        return _unreadable(task, talk, step, answer, error)


def _unreadable(task: _Task, talk: Talk, step: str, answer: str, error: ValueError) -> Loss:
    is_laid_out = has_layout(answer, task.config.structured)
    reason, detail = why_unreadable(answer, error, talk.shown, task.config.language, is_laid_out)
    return task.loss(reason, f"{step}: {detail}")


def _checked(task: _Task, texts: Texts) -> Texts | Loss:
    problem = text_problem(texts, task.config)
    return task.loss(*problem) if problem else texts


def _named(task: _Task, texts: Texts) -> list[str]:
    """Return the words of the instruction that name one of its skills."""
    found = [giveaway(texts.instruction, skill) for skill in task.skills]
    return list(dict.fromkeys(words for words in found if words))


def _not_exercised(task: _Task, verified: Verification) -> Loss | None:
    verdicts = [score for score in verified.scores if score.name.startswith("exercises:")]
    if not verdicts:
        return task.loss("unverified", verified.scores[0].detail)
    least = min(verdicts, key=lambda score: score.value)
    if least.value >= task.config.verification.least_exercised:
        return None
    return task.loss("skill_not_exercised", f"{least.name} {least.value}: {least.detail}")


def _unknown(
    row_id: str,
    plan: SkillPlan,
    skills: Mapping[str, Skill],
    query_types: Mapping[str, QueryType],
) -> Loss | None:
    if missing := [name for name in plan.skills if name not in skills]:
        return Loss(row_id=row_id, reason="unknown_skill", detail=", ".join(missing))
    if plan.query_type not in query_types:
        return Loss(row_id=row_id, reason="unknown_query_type", detail=plan.query_type)
    return None


def _example(task: _Task, texts: Texts, talk: Talk, verification: Verification) -> Example:
    plan = task.plan
    return Example(
        id=task.row_id,
        method="skills",
        strategy=f"skills_{len(plan.skills)}",
        plan_id=plan.id,
        group=digest(sorted(plan.skills)),
        nodes=list(plan.skills),
        labels=[task.query_type.name, *(skill.name for skill in task.skills)],
        split=plan.split,
        messages=[
            ChatMessage(role="user", content=texts.instruction),
            ChatMessage(role="assistant", content=texts.response),
        ],
        calls=[*talk.calls, *verification.calls],
        scores=list(verification.scores),
    )
