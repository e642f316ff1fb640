"""A whole evaluation against a model server: what is asked, kept, scored and resumed."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.budget import BudgetConfig, open_budget
from gleanery.infra.incremental import Retry
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import EngineError
from gleanery.infra.llm.room import engine_room
from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation import scoring
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.benchmarks import BenchmarkConfig
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.sandbox_isolation import require_isolation
from gleanery.tasks.evaluation.sandbox_records import IsolationMissing
from gleanery.tasks.evaluation.score_items import Evaluation, score_items
from gleanery.tasks.evaluation.verdicts import Verdict
from gleanery.tasks.llm_part import LLMRun

FILES = {
    "gsm8k": "gsm8k_test",
    "math": "math_test",
    "theoremqa": "theoremqa",
    "mmlu_stem": "mmlu_stem",
    "arc_challenge": "arc_challenge",
    "bbh": "bbh",
}
RESPONDER = """
import json, pathlib

ANSWERS = json.loads(pathlib.Path(__file__).with_name("answers.json").read_text())

def respond(body, nth):
    prompt = body.get("prompt") or body["messages"][-1]["content"]
    question = prompt.rpartition("\\nQuestion: ")[2].removesuffix("\\nAnswer:")
    return ANSWERS.get(question.partition("\\nOptions:\\n(A)")[0].strip(), "I do not know.")
"""


@pytest.fixture
def forty_items(shared_data: Path) -> EvaluationConfig:
    """Return an evaluation of forty real items, in parts of eight."""
    folder = shared_data / "benchmarks"
    first = {"gsm8k": 10, "math": 6, "theoremqa": 6, "mmlu_stem": 6, "arc_challenge": 6, "bbh": 6}
    benchmarks = []
    for name, count in first.items():
        source = BenchmarkSource(path=str(folder / f"{FILES[name]}.jsonl"), first=count)
        train = BenchmarkSource(path=str(folder / "gsm8k_train.jsonl"))
        exemplars = train if name == "gsm8k" else BenchmarkSource()
        benchmarks.append(BenchmarkConfig(name=name, source=source, exemplars=exemplars))
    return EvaluationConfig(benchmarks=tuple(benchmarks), items_per_part=8)


def make_responder(folder: Path, config: EvaluationConfig) -> tuple[Path, dict[str, int]]:
    """Write a model that knows every second answer; return it and how many each benchmark gets."""
    answers: dict[str, str] = {}
    right = dict.fromkeys(FILES, 0)
    for benchmark in config.benchmarks:
        lines = Path(benchmark.source.path).read_text().splitlines()[: benchmark.source.first]
        for number, line in enumerate(lines):
            item = json.loads(line)
            known = number % 2 == 0
            right[benchmark.name] += known
            expected = item["answer"] if known else "17 or 19"
            answers[item["question"].strip()] = f"Let us see. The answer is {expected}."
    (folder / "answers.json").write_text(json.dumps(answers))
    (folder / "respond.py").write_text(RESPONDER)
    return folder / "respond.py", right


def evaluate(
    store: Store,
    url: str,
    config: EvaluationConfig,
    progress: Callable[[str, int, int], None] = lambda part, done, total: None,
    retry: Retry | None = None,
    as_chat: bool = False,
    **engine: Any,
) -> Evaluation:
    settings = {"model": "stub-model", "base_urls": (url,), "max_tries": 1} | engine
    with engine_room() as room:
        run = LLMRun(Parts(store), room, open_budget(BudgetConfig(), store), retry=retry)
        return score_items(run, config, EngineConfig(**settings), as_chat, progress=progress)


@pytest.mark.parametrize("as_chat", [False, True])
def test_the_accuracy_of_a_model_that_knows_every_second_answer_is_exact(
    tmp_path: Path,
    llm_stub: Callable[..., Any],
    forty_items: EvaluationConfig,
    as_chat: bool,
) -> None:
    responder, right = make_responder(tmp_path, forty_items)
    stub = llm_stub("--responder", str(responder))
    store = Store(str(tmp_path / "store"))
    evaluation = evaluate(store, stub.url, forty_items, as_chat=as_chat)
    assert {score.benchmark: score.correct for score in evaluation.scores} == right
    assert sum(score.items for score in evaluation.scores) == 40
    assert [score.accuracy for score in evaluation.scores] == [
        right[score.benchmark] / score.items for score in evaluation.scores
    ]
    assert evaluation.unanswered == 0
    bodies = [entry["body"] for entry in stub.log()]
    assert len(bodies) == 40
    assert all(("messages" in body) is as_chat for body in bodies)
    assert all(("stop" in body) is not as_chat for body in bodies)
    prompts = {body.get("prompt") or body["messages"][0]["content"] for body in bodies}
    assert prompts == {item.prompt for item in evaluation.items}


KILLED = """
import json, os, signal, sys
from gleanery.infra import journal
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.config import EvaluationConfig

sys.path.insert(0, {tests!r})
from test_score_items import evaluate

journal.FLUSH_AFTER_ANSWERS = 1  # every answer is safe before the next one is taken

def progress(part, done, total):
    if (part, done) == ("theoremqa.0000", 10 + 6 + 3):
        os.kill(os.getpid(), signal.SIGKILL)

config = EvaluationConfig.model_validate_json({config!r})
evaluate(Store({store!r}), {url!r}, config, progress, max_in_flight=1, initial_in_flight=1)
"""


def test_after_a_kill_only_what_has_no_answer_is_asked(
    tmp_path: Path, llm_stub: Callable[..., Any], forty_items: EvaluationConfig
) -> None:
    responder, right = make_responder(tmp_path, forty_items)
    stub = llm_stub("--responder", str(responder))
    store = str(tmp_path / "store")
    script = KILLED.format(
        tests=str(Path(__file__).parent),
        config=forty_items.model_dump_json(),
        store=store,
        url=stub.url,
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False)
    assert killed.returncode == -signal.SIGKILL
    before = stub.counts()["answered"]
    assert 10 + 6 + 3 <= before < 40
    evaluation = evaluate(Store(store), stub.url, forty_items)
    assert evaluation.unanswered == 0
    assert {score.benchmark: score.correct for score in evaluation.scores} == right
    # Only the one request that was under way may have been answered to nobody.
    assert 40 <= stub.counts()["answered"] <= 41
    again = evaluate(Store(store), stub.url, forty_items)
    assert again.items == evaluation.items
    assert 40 <= stub.counts()["answered"] <= 41


def test_items_without_an_answer_stay_open_and_are_asked_by_the_next_run(
    tmp_path: Path, llm_stub: Callable[..., Any], forty_items: EvaluationConfig
) -> None:
    responder, right = make_responder(tmp_path, forty_items)
    stub = llm_stub("--responder", str(responder))
    store = Store(str(tmp_path / "store"))
    stub.control(faults=[{"kind": "status", "status": 500, "after": 13}])
    impatient: dict[str, Any] = {
        "outage_after_s": 0.1,
        "backoff_base_s": 0.01,
        "backoff_cap_s": 0.05,
    }
    broken = evaluate(store, stub.url, forty_items, **impatient)
    assert broken.unanswered == 40 - 13
    assert "HTTP 500" in broken.why
    stub.control(faults=[])
    mended = evaluate(store, stub.url, forty_items)
    assert mended.unanswered == 0
    assert {score.benchmark: score.correct for score in mended.scores} == right
    assert all(key["answered"] == 1 for key in stub.counts()["keys"].values())


def test_scores_are_computed_again_without_asking_when_scoring_changes(
    tmp_path: Path,
    llm_stub: Callable[..., Any],
    forty_items: EvaluationConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    responder, right = make_responder(tmp_path, forty_items)
    stub = llm_stub("--responder", str(responder))
    store = Store(str(tmp_path / "store"))
    config = forty_items.model_copy(update={"benchmarks": forty_items.benchmarks[:1]})
    before = evaluate(store, stub.url, config)
    asked = stub.counts()["asked"]
    monkeypatch.setattr(scoring, "VERSION", scoring.VERSION + 1)
    monkeypatch.setattr(scoring, "score_number", lambda *_: Verdict(True, "generous"))
    after = evaluate(store, stub.url, config)
    assert (before.scores[0].correct, after.scores[0].correct) == (right["gsm8k"], 10)
    assert [item.answer for item in before.items] == [item.answer for item in after.items]
    assert stub.counts()["asked"] == asked == 10


def test_another_model_and_other_prompts_get_answers_of_their_own(
    tmp_path: Path, llm_stub: Callable[..., Any], forty_items: EvaluationConfig
) -> None:
    responder, right = make_responder(tmp_path, forty_items)
    stub = llm_stub("--responder", str(responder))
    stub.control(models=["stub-model", "tuned-model"])
    store = Store(str(tmp_path / "store"))
    config = forty_items.model_copy(update={"benchmarks": forty_items.benchmarks[:1]})
    base = evaluate(store, stub.url, config)
    tuned = evaluate(store, stub.url, config, model="tuned-model")
    assert {item.model for item in tuned.items} == {"tuned-model"}
    assert not {i.request_key for i in base.items} & {i.request_key for i in tuned.items}
    assert stub.counts()["asked"] == 20
    fewer = config.benchmarks[0].model_copy(update={"shots": 1})
    shown = evaluate(store, stub.url, config.model_copy(update={"benchmarks": (fewer,)}))
    assert all(item.prompt.count("Question: ") == 2 for item in shown.items)
    assert stub.counts()["asked"] == 30
    again = evaluate(store, stub.url, config)
    assert again.items == base.items
    assert again.scores[0].correct == right["gsm8k"]
    assert stub.counts()["asked"] == 30


def gsm8k(config: EvaluationConfig) -> tuple[EvaluationConfig, list[str]]:
    """Return the first benchmark alone, and the end of each of its questions."""
    lines = Path(config.benchmarks[0].source.path).read_text().splitlines()[:10]
    ends = [json.loads(line)["question"][-40:] for line in lines]
    return config.model_copy(update={"benchmarks": config.benchmarks[:1]}), ends


def refusing(*matches: str) -> list[dict[str, Any]]:
    """Return the faults of a server that takes no prompt with one of these texts."""
    text = json.dumps({"error": {"message": "at most 4096 tokens"}})
    return [{"kind": "status", "status": 400, "match": one, "text": text} for one in matches]


def test_refused_prompts_count_as_wrong_with_what_was_said_and_a_retry_asks_them_alone(
    tmp_path: Path, llm_stub: Callable[..., Any], forty_items: EvaluationConfig
) -> None:
    responder, right = make_responder(tmp_path, forty_items)
    stub = llm_stub("--responder", str(responder))
    config, ends = gsm8k(forty_items)
    store = Store(str(tmp_path / "store"))
    # All of the second slice and one of the first: a slice may be refused as a whole.
    config = config.model_copy(update={"items_per_part": 5})
    stub.control(faults=refusing(ends[0], *ends[5:]))
    evaluation = evaluate(store, stub.url, config)
    (score,) = evaluation.scores
    assert (score.items, score.correct, score.refused) == (10, 2, 6)
    assert evaluation.unanswered == 0
    assert "HTTP 400" in score.refusal
    assert "at most 4096 tokens" in score.refusal
    assert evaluation.items[0].detail == score.refusal
    stub.control(faults=refusing(ends[0]))
    asked = stub.counts()["asked"]
    assert evaluate(store, stub.url, config).items == evaluation.items
    assert stub.counts()["asked"] == asked
    (score,) = evaluate(store, stub.url, config, retry=Retry("refused_request")).scores
    assert (score.refused, score.correct) == (1, right["gsm8k"] - 1)
    assert stub.counts()["asked"] == asked + 6


def test_a_benchmark_of_which_all_is_refused_is_an_error_and_asked_again_by_the_next_run(
    tmp_path: Path, llm_stub: Callable[..., Any], forty_items: EvaluationConfig
) -> None:
    responder, right = make_responder(tmp_path, forty_items)
    stub = llm_stub("--responder", str(responder))
    config, _ = gsm8k(forty_items)
    config = config.model_copy(update={"items_per_part": 3})
    store = Store(str(tmp_path / "store"))
    stub.control(faults=refusing(""))
    for _ in range(2):
        with pytest.raises(
            EngineError, match=r"asked 10 prompts of gsm8k and all were refused.*4096 tokens"
        ):
            evaluate(store, stub.url, config)
    assert stub.counts()["asked"] == 20
    stub.control(faults=[])
    (score,) = evaluate(store, stub.url, config).scores
    assert (score.refused, score.correct) == (0, right["gsm8k"])


def test_a_model_without_any_answer_is_an_error_that_says_why(
    tmp_path: Path, llm_stub: Callable[..., Any], forty_items: EvaluationConfig
) -> None:
    stub = llm_stub()
    config, _ = gsm8k(forty_items)
    text = json.dumps({"error": {"message": "out of memory"}})
    stub.control(faults=[{"kind": "status", "status": 500, "text": text}])
    with pytest.raises(EngineError, match=r"asked 10 prompts and answered none.*out of memory"):
        evaluate(Store(str(tmp_path / "store")), stub.url, config, outage_after_s=0.1)


def test_a_cut_off_answer_is_counted_and_only_a_whole_statement_in_it_is_read(
    tmp_path: Path, llm_stub: Callable[..., Any], forty_items: EvaluationConfig
) -> None:
    responder, right = make_responder(tmp_path, forty_items)
    stub = llm_stub("--responder", str(responder))
    stub.control(faults=[{"kind": "length"}])
    config = forty_items.model_copy(update={"benchmarks": forty_items.benchmarks[:1]})
    evaluation = evaluate(Store(str(tmp_path / "store")), stub.url, config)
    (score,) = evaluation.scores
    assert (score.truncated, score.correct) == (10, right["gsm8k"])
    assert {item.finish_reason for item in evaluation.items} == {"length"}


def test_nothing_is_asked_where_code_cannot_be_held_back(
    tmp_path: Path,
    llm_stub: Callable[..., Any],
    forty_items: EvaluationConfig,
    shared_data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> None:
        raise IsolationMissing("this machine does not hold code back")

    monkeypatch.setattr("gleanery.tasks.evaluation.score_items.require_isolation", refuse)
    source = BenchmarkSource(path=str(shared_data / "benchmarks" / "humaneval.jsonl"), first=2)
    code = BenchmarkConfig(name="humaneval", source=source)
    config = forty_items.model_copy(update={"benchmarks": (*forty_items.benchmarks, code)})
    stub = llm_stub()
    with pytest.raises(IsolationMissing):
        evaluate(Store(str(tmp_path / "store")), stub.url, config)
    assert stub.counts()["asked"] == 0


def test_programs_are_run_and_scored(
    tmp_path: Path, llm_stub: Callable[..., Any], shared_data: Path
) -> None:
    try:
        require_isolation()
    except IsolationMissing as missing:
        pytest.skip(str(missing))
    folder = shared_data / "benchmarks"
    rows = (folder / "humaneval.jsonl").read_text().splitlines()[:3]
    first, second, third = map(json.loads, rows)
    answers = {
        first["question"].strip(): first["answer"],
        second["question"].strip(): "    return []\n",
        third["question"].strip(): "I would rather not.",
    }
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    (tmp_path / "respond.py").write_text(RESPONDER)
    stub = llm_stub("--responder", str(tmp_path / "respond.py"))
    source = BenchmarkSource(path=str(folder / "humaneval.jsonl"), first=3)
    config = EvaluationConfig(benchmarks=(BenchmarkConfig(name="humaneval", source=source),))
    evaluation = evaluate(Store(str(tmp_path / "store")), stub.url, config)
    assert [item.correct for item in evaluation.items] == [1, 0, 0]
    assert [item.unparseable for item in evaluation.items] == [False, False, True]
    assert evaluation.items[1].detail.startswith("failed:")
    (body, *_) = [entry["body"] for entry in stub.log()]
    assert body["stop"] == ["\nclass ", "\ndef ", "\n#", "\nif ", "\nprint("]
    assert body["max_tokens"] == 1024
