"""Several dialogues held as one, so that a row may ask for many things at the same time."""

from collections.abc import Sequence
from typing import TypeVar

from gleanery.infra.llm.dialogues import Asked, Dialogue, Results
from gleanery.infra.llm.protocol import Request

T = TypeVar("T")


def side_by_side(dialogues: Sequence[Dialogue[T]]) -> Dialogue[list[T]]:
    """Ask in each turn what all open dialogues ask; return what they returned, in their order.

    A turn ends when its slowest answer is there: for dialogues that take about as many turns.
    """
    outcomes: dict[int, T] = {}
    asked: dict[int, Asked] = {}

    def take_turn(number: int, results: Results | None) -> None:
        dialogue = dialogues[number]
        try:
            asked[number] = next(dialogue) if results is None else dialogue.send(results)
        except StopIteration as ended:
            asked.pop(number, None)
            outcomes[number] = ended.value

    for number in range(len(dialogues)):
        take_turn(number, None)
    while asked:
        together: dict[int, list[Request]] = {}
        for one in asked.values():
            for engine, requests in one.items():
                together.setdefault(engine, []).extend(requests)
        results = yield together
        for number in list(asked):
            take_turn(number, results)
    return [outcomes[number] for number in range(len(dialogues))]
