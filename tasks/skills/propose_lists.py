"""The same list asked for several times: as free text first, then each one as records."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import (
    Completion,
    Failure,
    Message,
    ModelIdentity,
    Request,
)
from gleanery.tasks.answered import finished_text
from gleanery.tasks.records import Call, Loss
from gleanery.tasks.skills.propose_config import ProposalConfig
from gleanery.tasks.skills.propose_items import Item, read_items, usable_items

U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """What is asked for: the question, how its answer is structured, the fingerprint of both."""

    step: str
    question: str
    structuring: str
    schema: Mapping[str, Any]
    prompt: str
    with_example: bool = False


@dataclass(frozen=True, slots=True)
class AskedList:
    """The usable items of one list, each name once, and the two calls behind them."""

    items: Sequence[Item]
    calls: Sequence[Call]


@dataclass(slots=True)
class AskedLists:
    """What the lists of one row came to; with `failed` the row has to be asked again."""

    lists: list[AskedList] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    failed: Loss | None = None


def ask_lists(
    row_id: str, asked: ListQuestion, config: ProposalConfig, model: ModelIdentity, attempt: int
) -> Dialogue[AskedLists]:
    """Return the lists that a model gives to one question, asked `config.queries` times.

    A list that stays unusable after `config.tries` is a loss ("truncated", "empty", "unparseable",
    "no_items"), and so is every item that `usable_items` turns down; what is left goes on. A
    request without an answer fails the row.
    """
    outcome = AskedLists()
    samples = range(config.queries)
    numbers = range(attempt * config.tries, (attempt + 1) * config.tries)

    def question(sample: int, number: int) -> Request:
        messages = (Message(role="user", content=asked.question),)
        return Request(model, messages, config.sampling, sample=sample, attempt=number)

    def read_text(sample: int, result: Completion, text: str) -> tuple[str, Completion] | Loss:
        blank = Loss(row_id=row_id, reason="empty", detail="the answer is blank")
        return (text, result) if text.strip() else blank

    texts = yield from _until_usable(row_id, samples, numbers, question, read_text, outcome)

    def structuring(sample: int, number: int) -> Request:
        messages = (
            Message(role="user", content=asked.question),
            Message(role="assistant", content=texts[sample][0]),
            Message(role="user", content=asked.structuring),
        )
        sampling = config.structuring_of(number)
        return Request(model, messages, sampling, asked.schema, sample=sample, attempt=number)

    def read_list(
        sample: int, result: Completion, text: str
    ) -> tuple[AskedList, list[Loss]] | Loss:
        items = read_items(row_id, text)
        if isinstance(items, Loss):
            return items
        listed, drawn = texts[sample]
        usable, losses = usable_items(row_id, items, listed, config.most_words, asked.with_example)
        calls = [_call(asked, f"list {asked.step}", drawn), _call(asked, asked.step, result)]
        return AskedList(usable, calls), losses

    done = yield from _until_usable(row_id, texts, numbers, structuring, read_list, outcome)
    outcome.lists += [asked_list for asked_list, _ in done.values()]
    outcome.losses += [loss for _, losses in done.values() for loss in losses]
    return outcome


def _until_usable(
    row_id: str,
    samples: Iterable[int],
    numbers: Iterable[int],
    request_of: Callable[[int, int], Request],
    read: Callable[[int, Completion, str], U | Loss],
    outcome: AskedLists,
) -> Dialogue[dict[int, U]]:
    """Return what `read` makes of each sample's answer, asked again while it is a loss.

    Nothing is returned, and nothing more asked, once a request has failed.
    """
    usable: dict[int, U] = {}
    problems: dict[int, Loss] = {}
    missing = [] if outcome.failed else list(samples)
    for number in numbers:
        if not missing:
            break
        requests = {sample: request_of(sample, number) for sample in missing}
        results = yield {0: list(requests.values())}
        for sample, request in requests.items():
            result = results[request.key]
            text = finished_text(row_id, result)
            value = text if isinstance(text, Loss) else read(sample, result, text)  # type: ignore[arg-type]
            if not isinstance(value, Loss):
                usable[sample] = value
                continue
            problems[sample] = value.model_copy(
                update={"detail": f"list {sample + 1}: {value.detail}"}
            )
            if isinstance(result, Failure):
                outcome.failed = problems[sample]
                return {}
        missing = [sample for sample in missing if sample not in usable]
    outcome.losses += [problems[sample] for sample in missing]
    return dict(sorted(usable.items()))


def _call(asked: ListQuestion, step: str, result: Completion) -> Call:
    return Call(step=step, model=result.model, prompt=asked.prompt, request_key=result.key)
