"""Answers that were cut off: the chunk is asked about in halves, and no pair is lost."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from exercise_answers import copied
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.infra.budget import BudgetConfig, open_budget
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import (
    Completion,
    Failure,
    FailureReason,
    ModelIdentity,
    Request,
    Sampling,
)
from gleanery.infra.llm.room import engine_room
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.extraction.ask import ask_for_pairs, requests_for
from gleanery.tasks.extraction.chunks import Chunk, halve
from gleanery.tasks.extraction.config import ExtractionConfig
from gleanery.tasks.extraction.extract import pairs_from
from gleanery.tasks.extraction.extraction_part import extraction_part
from gleanery.tasks.llm_part import LLMRun, run_llm_part
from gleanery.tasks.records import Document, QAPair

RESPONDER = Path(__file__).with_name("exercise_answers.py")
MODEL = ModelIdentity("m")
CONFIG = ExtractionConfig(sampling=Sampling(max_tokens=1_000))
COUNT = 60
QUESTIONS = {
    n: f"A train of {100 + n} t brakes from {50 + n} km/h to rest on a level track. How much "
    f"energy do its brakes take up, and how long does that last at {n + 1} kW?"
    for n in range(1, COUNT + 1)
}
ANSWERS = {n: f"The energy is {n}.25 MJ, for {n} s in all, as both grow with n." for n in QUESTIONS}

Answer = Callable[[Request], Completion | Failure]


def solved_in_place() -> str:
    pairs = [f"Exercise {n}. {QUESTIONS[n]}\nSolution {n}. {ANSWERS[n]}" for n in QUESTIONS]
    return "Brakes\n\n" + "\n\n".join(pairs) + "\n"


def solved_at_the_end() -> str:
    asked = [f"Exercise {n}. {QUESTIONS[n]}" for n in QUESTIONS]
    told = [f"Solution {n}. {ANSWERS[n]}" for n in QUESTIONS]
    return "Brakes\n\n" + "\n\n".join([*asked, "Solutions", *told]) + "\n"


def document(text: str) -> Document:
    return Document(
        id="d", url="http://x.example/", domain="x.example", title="", text=text, date="",
        source="s.warc.gz", offset=7, record_id="", licence="", score=1.0, subject="physics",
        site_kind="education", markup_pairs=[],
    )  # fmt: skip


def copying_model(request: Request) -> Completion:
    """Answer as a server does that ends an answer at max_tokens, of 4 characters each."""
    text, limit = copied(request.messages[-1]["content"]), 4 * request.sampling.max_tokens
    finish = "length" if len(text) > limit else "stop"
    return Completion(request.key, text[:limit], finish, 10, min(len(text), limit) // 4, "m")


def endless_model(request: Request) -> Completion:
    return Completion(request.key, '{"pairs": [{"la', "length", 10, 1_000, "m")


def converse(
    page: Document, model: Answer, config: ExtractionConfig = CONFIG
) -> tuple[list[QAPair], list[Loss], list[list[Request]]]:
    """Return what a page comes to with a model, and what was asked, turn by turn."""
    dialogue, turns = ask_for_pairs(page, config, MODEL), []
    try:
        asked = next(dialogue)
        while True:
            turns.append(list(asked[0]))
            asked = dialogue.send({request.key: model(request) for request in asked[0]})
    except StopIteration as ended:
        return *pairs_from(page, ended.value, config), turns


def lengths(turns: list[list[Request]]) -> list[int]:
    return [
        len(request.messages[-1]["content"].rpartition("<page>")[2].partition("</page>")[0])
        for turn in turns
        for request in turn
    ]


@pytest.mark.parametrize("page", [solved_in_place, solved_at_the_end])
def test_a_page_with_more_pairs_than_an_answer_holds_gives_them_all(
    page: Callable[[], str],
) -> None:
    pairs, losses, turns = converse(document(page()), copying_model)
    assert losses == []
    assert {pair.question: pair.answer for pair in pairs} == {
        QUESTIONS[n]: ANSWERS[n] for n in QUESTIONS
    }
    assert len(pairs) == COUNT
    assert len(turns) > 2
    assert sum(map(len, turns)) < 20


def test_the_first_turn_asks_what_was_always_asked() -> None:
    page = document(solved_in_place())
    _, _, turns = converse(page, copying_model)
    assert turns[0] == requests_for(page, CONFIG, MODEL)
    assert len(turns[0]) == 2
    assert converse(page, copying_model)[2] == turns


def test_a_pair_that_the_cut_falls_into_is_seen_whole_by_a_half() -> None:
    remarks = "\n".join(f"Remark {n} on what brakes are good for." for n in range(40))
    question, answer = f"Stage 1. {QUESTIONS[1]}", f"Solution 1. {ANSWERS[1]}"
    config = CONFIG.model_copy(update={"smallest_chunk_characters": 500})
    page = document(f"{remarks}\n{question}\n{answer}\n{remarks}{remarks[: len(question)]}")
    first, second = halve(Chunk(0, page.text), config)
    assert first.text.endswith(f"{question}\n")
    assert f"{question}\n{answer}\n" in second.text
    pairs, losses, _ = converse(page, first_turn_cut_off(copying_model), config)
    assert [(pair.question, pair.answer) for pair in pairs] == [(QUESTIONS[1], ANSWERS[1])]
    assert losses == []


def first_turn_cut_off(model: Answer) -> Answer:
    asked: list[Request] = []

    def answer(request: Request) -> Completion | Failure:
        asked.append(request)
        return endless_model(request) if len(asked) == 1 else model(request)

    return answer


def test_only_a_chunk_that_is_as_small_as_can_be_is_truncated() -> None:
    page = document(solved_in_place())
    pairs, losses, turns = converse(page, endless_model)
    assert pairs == []
    assert {loss.reason for loss in losses} == {"truncated"}
    assert CONFIG.smallest_chunk_characters <= min(lengths(turns)) < 3_000
    halved = sum(len(turn) // 2 for turn in turns[1:])
    assert len(losses) == sum(map(len, turns)) - halved
    small = document(page.text[: 2 * CONFIG.smallest_chunk_characters - 1])
    assert len(converse(small, endless_model)[2]) == 1


def test_a_half_without_an_answer_is_open_and_the_others_count() -> None:
    def failing_at_the_end(request: Request) -> Completion | Failure:
        told = copying_model(request)
        is_last = f"Exercise {COUNT}. " in request.messages[-1]["content"]
        if is_last and told.finish_reason == "stop":
            return Failure(request.key, FailureReason.TIMEOUT, "600 s")
        return told

    pairs, losses, turns = converse(document(solved_in_place()), failing_at_the_end)
    assert len(turns) > 1
    assert [loss.reason for loss in losses] == ["timeout"]
    assert COUNT // 2 < len(pairs) < COUNT


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="ab $\n.1`", min_size=200, max_size=3000))
def test_halves_cover_the_chunk_and_are_shorter(text: str) -> None:
    config = ExtractionConfig(smallest_chunk_characters=100, overlap_characters=800)
    first, second = halve(Chunk(7, text), config)
    assert first.start == 7
    assert text.startswith(first.text)
    assert second.start <= first.start + len(first.text)
    assert text[second.start - 7 :] == second.text
    assert max(len(first.text), len(second.text)) <= len(text) * 5 // 6 + 1


def test_no_half_begins_or_ends_inside_code_or_a_formula() -> None:
    code = "```\n" + "\n\n".join(f"line({n})" for n in range(40)) + "\n```"
    formula = "$$\n" + "a + b\n" * 30 + "= c$$"
    config = ExtractionConfig(smallest_chunk_characters=100, overlap_characters=800)
    for words in range(30, 90, 5):
        text = "\n\n".join(["Some words about loops. " * words, code, "More. " * words, formula])
        for half in halve(Chunk(0, text), config):
            assert half.text.count("```") % 2 == 0
            assert half.text.count("$$") % 2 == 0


def run_part(store: Store, url: str) -> Receipt:
    engine = EngineConfig(model="stub-model", base_urls=(url,))
    with engine_room() as room:
        run = LLMRun(Parts(store), room, open_budget(BudgetConfig(), store))
        page = document(solved_in_place())
        part = extraction_part("p", (), lambda: [page], CONFIG, engine)
        return run_llm_part(run, part)[0]


def test_a_server_that_ends_long_answers_loses_nothing_and_is_asked_once(
    tmp_path: Path, llm_stub: Callable[..., Any]
) -> None:
    stub = llm_stub("--responder", str(RESPONDER), "--obey-max-tokens")
    store = Store(str(tmp_path))
    receipt = run_part(store, stub.url)
    assert (receipt.rows_out, receipt.rejected, receipt.failed) == (COUNT, {}, {})
    told = [entry["text"] for entry in stub.log()]
    cut = [text for text in told if len(text) == 4 * CONFIG.sampling.max_tokens]
    assert len(cut) >= 2
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut[0])

    for receipt_file in store.list("parts"):
        store.delete(receipt_file.path)
    again = run_part(store, stub.url)
    assert again.row_digest == receipt.row_digest
    assert again.usage.sent == 0
    assert stub.counts()["asked"] == len(told)
