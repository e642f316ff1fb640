"""Asking a model which sites to recall from: one request per site, one verdict from each answer."""

from collections.abc import Iterable, Iterator

from pydantic import BaseModel, ConfigDict

from gleanery.infra.llm.protocol import (
    Completion,
    Failure,
    Message,
    ModelIdentity,
    Request,
)
from gleanery.tasks.answered import unfinished
from gleanery.tasks.json_answers import read_json_answer
from gleanery.tasks.quoting import quoted
from gleanery.tasks.recall.domain_prompt import FINGERPRINT, JUDGE_SITE, SITE_KINDS, VERDICT_SCHEMA
from gleanery.tasks.recall.site_groups import DomainConfig, DomainGroup, DomainSample
from gleanery.tasks.records import Loss, Record

_LONGEST_ADDRESS = 160
_LONGEST_TITLE = 120


class DomainVerdict(Record):
    """Whether one site (`key`: domain, host or host with directory) is recalled from, and why."""

    key: str
    domain: str
    documents: int
    approved: bool
    kind: str
    reason: str
    request_key: str
    model: str
    prompt: str


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    reason: str
    kind: str
    approved: bool


def requests_for(
    groups: Iterable[DomainGroup], config: DomainConfig, model: ModelIdentity, attempt: int = 0
) -> Iterator[tuple[DomainGroup, Request]]:
    """Yield each group with the request that asks a model to judge it."""
    for group in groups:
        yield group, request_for(group, config, model, attempt)


def request_for(
    group: DomainGroup, config: DomainConfig, model: ModelIdentity, attempt: int = 0
) -> Request:
    """Return the request that shows a model one site's name and sample pages."""
    pages = "\n".join(dict.fromkeys(map(_line, group.samples)))
    prompt = JUDGE_SITE.render(
        **quoted({"site": _one_line(group.key, _LONGEST_ADDRESS), "pages": pages})
    )
    return Request(
        model=model,
        messages=(Message(role="user", content=prompt),),
        sampling=config.sampling_of(attempt),
        response_schema=VERDICT_SCHEMA,
        attempt=attempt,
    )


def verdict_from(group: DomainGroup, answer: Completion | Failure) -> DomainVerdict | Loss:
    """Return the verdict in a model's answer, or a loss with its reason.

    Reasons are the failure's own, those of `unfinished`, and "unparseable" (no JSON, or not of
    the asked-for shape).
    """
    if isinstance(answer, Failure):
        return Loss(row_id=group.key, reason=answer.reason.value, detail=answer.detail)
    if cut := unfinished(answer):
        return Loss(row_id=group.key, reason=cut[0], detail=cut[1])
    try:
        parsed = _Answer.model_validate(read_json_answer(answer.text))
    except ValueError as error:
        return Loss(row_id=group.key, reason="unparseable", detail=str(error))
    return DomainVerdict(
        key=group.key,
        domain=group.domain,
        documents=group.documents,
        approved=parsed.approved,
        kind=parsed.kind if parsed.kind in SITE_KINDS else "other",
        reason=parsed.reason,
        request_key=answer.key,
        model=answer.model,
        prompt=FINGERPRINT,
    )


def _line(sample: DomainSample) -> str:
    """Return one page as one line, its address first: titles repeat."""
    address = _one_line(sample.url, _LONGEST_ADDRESS)
    return f'{address} "{_one_line(sample.title, _LONGEST_TITLE)}"'


def _one_line(text: str, longest: int) -> str:
    """Return the text without line breaks and control characters, cut at `longest` characters."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    flat = " ".join(printable.split())
    return flat if len(flat) <= longest else f"{flat[:longest].rstrip()}…"
