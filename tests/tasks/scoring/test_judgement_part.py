"""A part of candidates against a model server: what is asked, kept and asked again."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.budget import BudgetConfig, open_budget
from gleanery.infra.digests import digest
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.room import engine_room
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Input, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.llm_part import LLMRun, run_llm_part
from gleanery.tasks.records import Span
from gleanery.tasks.scoring.judge_config import JudgeConfig
from gleanery.tasks.scoring.judgement_part import judgement_part
from gleanery.tasks.scoring.stages import JUDGEMENTS

RESPONDER = Path(__file__).with_name("judge_grades.py")
Make = Callable[..., Candidate]


def run_part(
    store: Store,
    url: str,
    rows: Sequence[Candidate],
    left_out: Collection[str] = (),
    models: Sequence[str] = ("stub-model",),
    pages: dict[str, str] | None = None,
    **config: Any,
) -> Receipt:
    judges = [EngineConfig(model=name, base_urls=(url,), max_tries=1) for name in models]
    texts = digest([row.model_dump() for row in rows])
    inputs = (Input(stage="candidates", part="p0", row_digest=texts),)
    with engine_room() as room:
        run = LLMRun(Parts(store), room, open_budget(BudgetConfig(), store))
        load = lambda: (rows, pages or {})  # noqa: E731
        part = judgement_part("p0", inputs, load, left_out, JudgeConfig(**config), judges)
        return run_llm_part(run, part)[0]


def correct(store: Store, receipt: Receipt) -> dict[str, float]:
    scores = Parts(store).rows(receipt, ExampleScore)
    return {row.id: row.value for row in scores if row.name == "correct"}


@pytest.fixture
def rows(make_candidate: Make) -> list[Candidate]:
    return [
        make_candidate(f"What is worth grade {n}?", f"The {n}.", name=f"c{n}") for n in range(1, 6)
    ]


def test_a_part_becomes_scores_and_typed_losses(
    tmp_path: Path, llm_stub: Callable[..., Any], rows: list[Candidate], make_candidate: Make
) -> None:
    stub = llm_stub("--responder", str(RESPONDER))
    store = Store(str(tmp_path))
    slip = make_candidate("This is a slip at first, then grade 4", name="slip")
    silent = make_candidate("To this you say nothing of use", name="silent")
    receipt = run_part(store, stub.url, [*rows, slip, silent])
    assert (receipt.stage, receipt.rows_in, receipt.rows_out) == (JUDGEMENTS, 7, 24)
    assert receipt.closed
    assert receipt.rejected == {"unparseable": 1}
    expected = {"c1": 0, "c2": 0.25, "c3": 0.5, "c4": 0.75, "c5": 1, "slip": 0.75}
    assert correct(store, receipt) == expected
    assert stub.counts()["asked"] == 5 + 2 + 2


def test_rows_that_are_left_out_are_not_asked_and_others_stay_judged(
    tmp_path: Path, llm_stub: Callable[..., Any], rows: list[Candidate]
) -> None:
    stub = llm_stub("--responder", str(RESPONDER))
    store = Store(str(tmp_path))
    first = run_part(store, stub.url, rows, {"c2", "c4"})
    assert set(correct(store, first)) == {"c1", "c3", "c5"}
    assert stub.counts()["asked"] == 3
    # c4 joins and c5 leaves: one request, and nobody else is asked about again.
    second = run_part(store, stub.url, rows, ["c2", "c5"])
    assert set(correct(store, second)) == {"c1", "c3", "c4"}
    assert stub.counts()["asked"] == 4
    # c5 comes back: its answer was kept.
    third = run_part(store, stub.url, rows, {"c2"})
    assert set(correct(store, third)) == {"c1", "c3", "c4", "c5"}
    assert stub.counts()["asked"] == 4
    assert run_part(store, stub.url, rows, ["c2"]) == third


def test_the_source_is_shown_where_it_is_configured(
    tmp_path: Path, llm_stub: Callable[..., Any], make_candidate: Make
) -> None:
    stub = llm_stub("--responder", str(RESPONDER))
    spans = {"question_spans": [Span(start=6, end=14)], "answer_spans": [Span(start=15, end=18)]}
    row = make_candidate("grade 2?", "It.", **spans)
    pages = {"page": "Above grade 2? It. Below"}
    run_part(Store(str(tmp_path / "a")), stub.url, [row], pages=pages)
    run_part(Store(str(tmp_path / "b")), stub.url, [row], pages=pages, show_source=True)
    without, with_source = (asked["body"]["messages"][0]["content"] for asked in stub.log())
    assert "\n<source>\n" not in without
    assert "\n<source>\nAbove grade 2? It. Below\n</source>\n<question>" in with_source


def test_a_run_that_breaks_off_is_taken_up_and_pays_for_no_answer_twice(
    tmp_path: Path, llm_stub: Callable[..., Any], rows: list[Candidate]
) -> None:
    stub = llm_stub("--responder", str(RESPONDER))
    store, undisturbed = Store(str(tmp_path / "a")), Store(str(tmp_path / "b"))
    stub.control(faults=[{"kind": "status", "status": 500, "after": 4, "times": 3}])
    models = ("stub-model", "second-model")
    stub.control(models=list(models))
    broken = run_part(store, stub.url, rows, models=models)
    assert not broken.closed
    stub.control(faults=[])
    mended = run_part(store, stub.url, rows, models=models)
    assert mended.closed
    assert stub.counts()["answered"] == 10
    whole = run_part(undisturbed, stub.url, rows, models=models)
    assert mended.row_digest == whole.row_digest
    assert mended.rows_out == 5 * 12


def test_no_judge_or_the_same_twice_is_an_error_at_once() -> None:
    one = EngineConfig(model="one")
    for judges in ([], [one, EngineConfig(model="one", base_urls=("http://other/v1",))]):
        with pytest.raises(ValueError, match="name them in judges"):
            judgement_part("p", (), lambda: ([], {}), (), JudgeConfig(), judges)


def test_only_what_decides_the_grades_is_in_the_key() -> None:
    def key(url: str = "http://a/v1", left_out: Sequence[str] = (), **config: Any) -> str:
        engine = EngineConfig(model="one", base_urls=(url,))
        part = judgement_part("p", (), lambda: ([], {}), left_out, JudgeConfig(**config), [engine])
        return part.plan.key

    assert key() == key(url="http://b/v1")
    assert key(left_out=["a", "b"]) == key(left_out=["b", "a", "b"])
    assert len({key(), key(left_out=["a"]), key(tries=3), key(show_source=True)}) == 4
