"""What is asked for one list of a proposed taxonomy, and for the records of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from gleanery.infra.llm.protocol import Message, ModelIdentity, Request
from gleanery.tasks.quoting import quoted
from gleanery.tasks.taxonomy.listing import unusable_list
from gleanery.tasks.taxonomy.propose_config import ProposalConfig, Scope
from gleanery.tasks.taxonomy.propose_names import NameList, read_names
from gleanery.tasks.taxonomy.propose_prompts import (
    LIST_DISCIPLINES,
    LIST_FIELDS,
    LIST_SUB_FIELDS,
    NAMES_SCHEMA,
    RECORD_NAMES,
)
from gleanery.tasks.taxonomy.two_steps import TwoSteps


@dataclass(frozen=True, slots=True)
class Asking:
    """What all questions of one proposal share."""

    scope: Scope
    config: ProposalConfig
    language: str
    model: ModelIdentity
    attempts: Sequence[int]


def prompt_for_fields(asking: Asking) -> str:
    """Return the prompt that asks for the fields of a scope."""
    return LIST_FIELDS.render(
        language=asking.language,
        count=str(asking.config.fields),
        **quoted({"scope": asking.scope.text}),
    )


def prompt_below(asking: Asking, path: Sequence[str], about: str, beside: Sequence[str]) -> str:
    """Return the prompt that asks for what stands below a path of one or two names.

    `about` describes the last of them, `beside` names its neighbours.
    """
    is_field = len(path) == 1
    shown = {
        "scope": asking.scope.text,
        "field": f"{' > '.join(path)}\n{about}".strip(),
        "beside": "\n".join(beside) or "(none)",
    }
    config = asking.config
    return (LIST_SUB_FIELDS if is_field else LIST_DISCIPLINES).render(
        language=asking.language,
        count=str(config.sub_fields if is_field else config.disciplines),
        **quoted(shown),
    )


def two_steps(asking: Asking, prompt: str, path: Sequence[str], number: int) -> TwoSteps[NameList]:
    """Return how one of the lists that a prompt asks for, counted from 0, is had."""
    row_id, config = asking.scope.row_id, asking.config

    def write(attempt: int) -> Request:
        message = Message(role="user", content=prompt)
        sampling = config.sampling_of(attempt)
        return Request(asking.model, (message,), sampling, sample=number, attempt=attempt)

    def record(text: str, attempt: int) -> Request:
        prompt = RECORD_NAMES.render(**quoted({"list": text}))
        message = Message(role="user", content=prompt)
        return Request(asking.model, (message,), config.recording, NAMES_SCHEMA, attempt=attempt)

    return TwoSteps(
        row_id=row_id,
        write=write,
        problem=lambda text: unusable_list(row_id, text, asking.language),
        record=record,
        read=lambda answer, text: read_names(row_id, answer, text, path, config.fewest),
    )
