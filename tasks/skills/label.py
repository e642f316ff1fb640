"""Labelling an instruction with the skills that it needs (metacognition: arXiv 2405.12205)."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Completion, Failure, Message, ModelIdentity, Request
from gleanery.tasks.answered import finished_text
from gleanery.tasks.attempts import AskingConfig
from gleanery.tasks.json_answers import read_json_answer
from gleanery.tasks.llm_part import RowOutcome
from gleanery.tasks.quoting import quoted
from gleanery.tasks.records import Call, Loss, Record
from gleanery.tasks.skills.label_prompts import LABEL_FINGERPRINT, LABEL_SCHEMA, LABEL_SKILLS
from gleanery.tasks.skills.label_source import Instruction
from gleanery.tasks.skills.merge_count import FoundSkill
from gleanery.tasks.skills.propose_items import name_problem
from gleanery.tasks.skills.skill_set_names import normal_name

_LEFT_OUT = "\n[…]\n"


class LabelConfig(AskingConfig):
    """How instructions are labelled with skills."""

    most_skills: int = Field(5, ge=1, le=20, description="Most skills of one instruction.")
    instruction_characters: int = Field(
        6_000, ge=100, le=200_000, description="Longest instruction shown; its middle is left out."
    )
    response_characters: int = Field(
        3_000, ge=0, le=200_000, description="Longest answer shown beside it; 0 shows none."
    )
    most_words: int = Field(12, ge=1, le=50, description="Longest name, in words.")
    tries: int = Field(
        2, ge=1, le=10, description="How often the model is asked if its answer is unusable."
    )


class LabelledSkill(Record):
    """A skill as one instruction was labelled with it."""

    name: str
    definition: str


class SkillLabel(Record):
    """The skills that one instruction needs; `row_id` is the instruction's digest."""

    row_id: str
    source: str
    row: int
    skills: list[LabelledSkill]
    call: Call


class _Item(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    definition: str = ""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    skills: list[_Item]


def label_instruction(
    instruction: Instruction, config: LabelConfig, model: ModelIdentity, attempt: int
) -> Dialogue[RowOutcome[SkillLabel]]:
    """Return the skills of one instruction, or why there are none.

    Reasons: the failure's own; "truncated", "unparseable", "no_skill"; of single names
    "empty_name", "long_name", "too_many". An answer that is unusable is asked for again.
    """
    losses: list[Loss] = []
    for number in range(attempt * config.tries, (attempt + 1) * config.tries):
        request = label_request(instruction, config, model, number)
        result = (yield {0: [request]})[request.key]
        label, losses = _label(instruction, result, config)
        if label:
            return RowOutcome([label], losses)
        if isinstance(result, Failure):
            break
    return RowOutcome(losses=losses)


def label_request(
    instruction: Instruction, config: LabelConfig, model: ModelIdentity, attempt: int = 0
) -> Request:
    """Return the request that asks for the skills of one instruction."""
    texts = {"request": _cut(instruction.instruction, config.instruction_characters)}
    if instruction.response and config.response_characters:
        texts["answer"] = _cut(instruction.response, config.response_characters)
    shown = "\n".join(quoted(texts).values())
    prompt = LABEL_SKILLS.render(most=str(config.most_skills), request=shown)
    return Request(
        model=model,
        messages=(Message(role="user", content=prompt),),
        sampling=config.sampling_of(attempt),
        response_schema=LABEL_SCHEMA,
        attempt=attempt,
    )


def found_in_labels(labels: Iterable[SkillLabel]) -> list[FoundSkill]:
    """Return all labels as `merge_skills` takes them; each instruction counts once per name."""
    return [
        FoundSkill(skill.name, skill.definition, origin="extracted")
        for label in labels
        for skill in label.skills
    ]


def _label(
    instruction: Instruction, result: Completion | Failure, config: LabelConfig
) -> tuple[SkillLabel | None, list[Loss]]:
    text = finished_text(instruction.id, result)
    if isinstance(text, Loss):
        return None, [text]
    try:
        items = _Answer.model_validate(read_json_answer(text)).skills
    except ValueError as error:
        detail = " ".join(str(error).split())[:300]
        return None, [Loss(row_id=instruction.id, reason="unparseable", detail=detail)]
    skills, losses = _usable(instruction.id, items, config)
    if not skills:
        return None, losses or [
            Loss(row_id=instruction.id, reason="no_skill", detail="none is named")
        ]
    assert isinstance(result, Completion)
    label = SkillLabel(
        row_id=instruction.id,
        source=instruction.source,
        row=instruction.row,
        skills=skills,
        call=Call(
            step="label", model=result.model, prompt=LABEL_FINGERPRINT, request_key=result.key
        ),
    )
    return label, losses


def _usable(
    row_id: str, items: Iterable[_Item], config: LabelConfig
) -> tuple[list[LabelledSkill], list[Loss]]:
    skills: dict[str, LabelledSkill] = {}
    losses = []
    for item in items:
        name, definition = (" ".join(text.split()) for text in (item.name, item.definition))
        reason = name_problem(name, config.most_words)
        if not reason and normal_name(name) not in skills and len(skills) == config.most_skills:
            reason = "too_many"
        if reason:
            losses.append(Loss(row_id=row_id, reason=reason, detail=name[:100]))
        else:
            skill = LabelledSkill(name=name, definition=definition)
            skills.setdefault(normal_name(name), skill)
    return list(skills.values()), losses


def _cut(text: str, longest: int) -> str:
    """Return a text of bounded length: requests say what they want first or last."""
    if len(text) <= longest:
        return text
    head = (longest - len(_LEFT_OUT)) * 2 // 3
    return text[:head] + _LEFT_OUT + text[len(text) - (longest - len(_LEFT_OUT) - head) :]
