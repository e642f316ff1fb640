"""Paraphrased leaks of a part, judged by a model server: what is asked, kept, lost and paid for."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.budget import BudgetConfig, open_budget
from gleanery.infra.incremental import Retry
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.room import engine_room
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.curation.benchmark_items import BenchmarkItem
from gleanery.tasks.curation.paraphrase_part import (
    ParaphraseConfig,
    paraphrase_part,
)
from gleanery.tasks.curation.paraphrase_prompt import judging_fingerprint
from gleanery.tasks.curation.paraphrase_search import index_problems
from gleanery.tasks.curation.vectors_model import WORDS, VectorModel
from gleanery.tasks.curation.vectors_words import train_word_vectors
from gleanery.tasks.dataset_records import Candidate, Leak
from gleanery.tasks.llm_part import LLMRun, run_llm_part
from gleanery.tasks.records import ChatMessage
from gleanery.tasks.stage_inputs import CANDIDATES

RESPONDER = Path(__file__).with_name("paraphrase_answers.py")
ITEMS = [
    BenchmarkItem("physics", "1", "A train covers 60 km in 2 hours. What is its average speed?"),
    BenchmarkItem("physics", "2", "A train needs 2 hours. Of what kind is its average speed?"),
    BenchmarkItem("mirror", "9", "A train covers 60 km in 2 hours. What is its average speed?"),
    BenchmarkItem("chemistry", "3", "Why are atoms of helium so unlikely to react with others?"),
]
QUESTIONS = {
    "train": "What average speed has a train that covers 60 km in 2 hours?",
    "helium": "For what reason are helium atoms unlikely to react with others?",
    "bridge": "Why are atoms so unlikely to react with others on a bridge?",
    "snow": "Write a haiku about snow.",
}


def gathered(parts: Parts, questions: dict[str, str]) -> Receipt:
    texts = {key: "" for key, field in Candidate.model_fields.items() if field.annotation is str}
    lists: dict[str, Any] = {
        key: [] for key in ("nodes", "labels", "original", "calls", "scores", "messages")
    }
    rows = [
        Candidate(
            **{**texts, **lists, "id": name, "messages": [ChatMessage(role="user", content=q)]}
        )
        for name, q in questions.items()
    ]
    plan = Plan(stage=CANDIDATES, version=1, part="p", inputs=(), decides={})
    newest = parts.newest(CANDIDATES, "p")
    outcome = Outcome(rows, [], [], len(rows))
    return parts.commit(plan, outcome, Candidate, time.monotonic(), newest)


def judge(
    store: Store,
    url: str,
    questions: dict[str, str] | None = None,
    items: Sequence[BenchmarkItem] = ITEMS,
    left_out: Sequence[str] = (),
    retry: Retry | None = None,
    **config: Any,
) -> tuple[Receipt, list[Leak]]:
    parts = Parts(store)
    asked = questions or QUESTIONS
    candidates = gathered(parts, asked)
    words = train_word_vectors([*asked.values(), *(item.question for item in ITEMS)], 256)
    part = paraphrase_part(
        candidates,
        None,
        lambda: (parts.rows(candidates, Candidate), left_out),
        index_problems(items, words.embed),
        VectorModel(kind=WORDS, digest="d", path="", texts=4),
        words.embed,
        ParaphraseConfig(**config),
        EngineConfig(model="stub-model", base_urls=(url,), max_tries=1),
    )
    with engine_room() as room:
        run = LLMRun(parts, room, open_budget(BudgetConfig(), store), retry=retry)
        receipt, _ = run_llm_part(run, part)
    return receipt, parts.rows(receipt, Leak)


@pytest.fixture
def stub(llm_stub: Callable[..., Any]) -> Any:
    return llm_stub("--responder", str(RESPONDER))


def test_candidate_in_other_words_is_a_leak_with_judge_and_reason(
    tmp_path: Path, stub: Any
) -> None:
    receipt, leaks = judge(Store(str(tmp_path)), stub.url)
    assert [(leak.id, leak.benchmark, leak.item_id) for leak in leaks] == [
        ("train", "physics", "1"),
        ("train", "mirror", "9"),
        ("helium", "chemistry", "3"),
    ]
    leak = leaks[0]
    assert (leak.kind, leak.side, leak.model) == ("paraphrase", "question", "stub-model")
    assert leak.reason == "both tell of ['km']"
    assert (leak.matched, leak.item_text) == (QUESTIONS["train"], ITEMS[0].question)
    assert leak.matched == QUESTIONS["train"][leak.start : leak.end]
    assert leak.prompt == judging_fingerprint()
    assert receipt.closed
    assert (receipt.rows_in, receipt.rejected) == (4, {})
    # Nothing is near the haiku; a text of two benchmarks is shown once.
    assert stub.counts()["asked"] == receipt.usage.sent == 3
    shown = next(
        entry["body"]["messages"][0]["content"]
        for entry in stub.log()
        if "60 km" in entry["body"]["messages"][0]["content"]
    )
    assert shown.count("A train covers 60 km") == 1
    assert leak.request_key


def test_what_ngrams_have_found_is_not_asked_about(tmp_path: Path, stub: Any) -> None:
    _, leaks = judge(Store(str(tmp_path)), stub.url, left_out=["train", "bridge"])
    assert [leak.id for leak in leaks] == ["helium"]
    assert stub.counts()["asked"] == 1


def test_only_so_many_problems_are_shown_and_only_near_ones(tmp_path: Path, stub: Any) -> None:
    judge(Store(str(tmp_path / "a")), stub.url, nearest=1, words_floor=0.0)
    assert {
        len(entry["body"]["messages"][0]["content"].split("<problem_")) for entry in stub.log()
    } == {2}
    judge(Store(str(tmp_path / "b")), stub.url, words_floor=1.0)
    assert stub.counts()["asked"] == len(QUESTIONS)


def test_unreadable_answer_is_asked_for_again_and_then_a_typed_loss(
    tmp_path: Path, stub: Any
) -> None:
    questions = {**QUESTIONS, "odd": f"{QUESTIONS['train']} mumble"}
    store = Store(str(tmp_path))
    receipt, leaks = judge(store, stub.url, questions)
    assert receipt.rejected == {"unparseable": 1}
    assert [loss.row_id for loss in Parts(store).losses(receipt)] == ["odd"]
    assert "odd" not in [leak.id for leak in leaks]
    asked = stub.counts()["asked"]
    assert asked == 3 + 2
    judge(store, stub.url, questions, retry=Retry("unparseable", ask_again=True))
    assert stub.counts()["asked"] == asked + 2


def test_run_that_breaks_off_is_taken_up_and_pays_for_no_answer_twice(
    tmp_path: Path, stub: Any
) -> None:
    broken_store, whole_store = Store(str(tmp_path / "a")), Store(str(tmp_path / "b"))
    stub.control(faults=[{"kind": "status", "status": 500, "after": 1, "times": 1}])
    broken, _ = judge(broken_store, stub.url)
    assert broken.failed == {"server_error": 1}
    stub.control(faults=[])
    answered = stub.counts()["answered"]
    mended, leaks = judge(broken_store, stub.url)
    assert mended.closed
    assert stub.counts()["answered"] == answered + 1
    assert leaks == judge(whole_store, stub.url)[1]


def test_another_benchmark_asks_only_about_candidates_near_it(tmp_path: Path, stub: Any) -> None:
    store = Store(str(tmp_path))
    judge(store, stub.url)
    asked = stub.counts()["asked"]
    judge(store, stub.url)  # it stands
    haiku = BenchmarkItem("poems", "7", "Please write one haiku about the snow.")
    _, leaks = judge(store, stub.url, items=[*ITEMS, haiku])
    assert stub.counts()["asked"] == asked + 1
    assert ("snow", "poems") in [(leak.id, leak.benchmark) for leak in leaks]
