"""Dialogues side by side: asked together, each going on at its own length."""

from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Completion, ModelIdentity, Request, Sampling
from gleanery.tasks.side_by_side import side_by_side


def request(text: str) -> Request:
    return Request(ModelIdentity("m"), ({"role": "user", "content": text},), Sampling())


def count_down(start: int, engine: int = 0) -> Dialogue[list[str]]:
    """Ask `start` times, and return the answers."""
    heard = []
    for number in range(start, 0, -1):
        asked = request(f"{engine}.{start}.{number}")
        results = yield {engine: [asked]}
        answer = results[asked.key]
        assert isinstance(answer, Completion)
        heard.append(answer.text)
    return heard


def hold(dialogue: Dialogue[list[list[str]]]) -> tuple[list[list[str]], list[dict[int, list[str]]]]:
    turns = []
    try:
        asked = next(dialogue)
        while True:
            texts = {
                engine: [request.messages[0]["content"] for request in requests]
                for engine, requests in asked.items()
            }
            turns.append(texts)
            flat = [request for requests in asked.values() for request in requests]
            asked = dialogue.send(
                {
                    r.key: Completion(r.key, r.messages[0]["content"].upper(), "stop", 1, 1, "m")
                    for r in flat
                }
            )
    except StopIteration as ended:
        return ended.value, turns


def test_outcomes_come_in_the_order_of_the_dialogues_whatever_their_length() -> None:
    outcomes, turns = hold(side_by_side([count_down(1), count_down(3), count_down(0)]))

    assert outcomes == [["0.1.1"], ["0.3.3", "0.3.2", "0.3.1"], []]
    assert turns == [{0: ["0.1.1", "0.3.3"]}, {0: ["0.3.2"]}, {0: ["0.3.1"]}]


def test_requests_keep_the_engine_that_they_are_for() -> None:
    _, turns = hold(side_by_side([count_down(1, engine=1), count_down(2), count_down(2, engine=1)]))

    assert turns == [{1: ["1.1.1", "1.2.2"], 0: ["0.2.2"]}, {0: ["0.2.1"], 1: ["1.2.1"]}]


def test_nothing_to_hold_asks_nothing() -> None:
    assert hold(side_by_side([])) == ([], [])
