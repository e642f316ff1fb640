"""The benchmarks as lm-eval's tasks: what they ask and how lm-eval itself scores them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.benchmarks import BenchmarkConfig, BenchmarkName
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.harness import asked_items, item_of, open_tasks
from gleanery.tasks.evaluation.score_items import exact_comparer
from gleanery.tasks.evaluation.scoring import AnswerScorer
from gleanery.tasks.file_problems import FileError

GPQA = Path(__file__).with_name("gpqa_items.jsonl")
Make = Callable[..., BenchmarkConfig]


@pytest.fixture
def scorer() -> Iterator[AnswerScorer]:
    with exact_comparer(EvaluationConfig()) as comparer:
        yield AnswerScorer(comparer)


@pytest.fixture
def make(shared_data: Path) -> Make:
    """Return a function that configures a benchmark with the first items of a shared file."""

    def make(name: str, file: str, first: int = 5, **fields: Any) -> BenchmarkConfig:
        path = str(shared_data / "benchmarks" / file)
        return BenchmarkConfig(
            name=name,
            source=BenchmarkSource(path=path, first=first),
            **fields,
        )

    return make


def gsm8k(make: Make, shared_data: Path) -> BenchmarkConfig:
    train = BenchmarkSource(path=str(shared_data / "benchmarks" / "gsm8k_train.jsonl"))
    return make("gsm8k", "gsm8k_test.jsonl", exemplars=train)


@pytest.mark.parametrize(
    ("name", "file", "shots"),
    [
        ("gsm8k", "gsm8k_test.jsonl", 4),
        ("math", "math_test.jsonl", 4),
        ("theoremqa", "theoremqa.jsonl", 5),
        ("mmlu_stem", "mmlu_stem.jsonl", 5),
        ("arc_challenge", "arc_challenge.jsonl", 8),
        ("bbh", "bbh.jsonl", 3),
    ],
)
def test_a_prompt_shows_the_papers_shots_and_then_asks(
    name: str, file: str, shots: int, make: Make, shared_data: Path, scorer: AnswerScorer
) -> None:
    config = gsm8k(make, shared_data) if name == "gsm8k" else make(name, file)
    tasks = open_tasks(config, 0, scorer)
    asked = list(asked_items(config, tasks))
    assert len(asked) == 5
    for item in asked:
        assert item.prompt.count("\nQuestion: ") == shots + 1
        assert item.prompt.count("The answer is ") == shots + 1  # with the instruction's
        assert item.prompt.startswith(config.benchmark.instruction)
        assert item.prompt.endswith("\nAnswer:")
    assert len({item.prompt for item in asked}) == 5
    assert len({item.prompt.rpartition("\nQuestion: ")[0] for item in asked}) == 1


def test_lm_eval_builds_the_same_requests_when_it_asks_itself(
    make: Make, shared_data: Path, scorer: AnswerScorer
) -> None:
    config = gsm8k(make, shared_data)
    ((_, task),) = open_tasks(config, 0, scorer).items()
    task.build_all_requests(rank=0, world_size=1)
    asked = list(asked_items(config, {"gsm8k": task}))
    assert [instance.args[0] for instance in task.instances] == [item.prompt for item in asked]
    assert [item_of(instance.doc).id for instance in task.instances] == [a.id for a in asked]


KNOWN = {"16 eggs": "The answer is 18.", "white fiber": "#### 3", "80,000": "It is hard."}


def test_lm_eval_itself_reports_the_accuracy_that_our_scores_have(
    make: Make, shared_data: Path, scorer: AnswerScorer
) -> None:
    import lm_eval
    from lm_eval.api.model import LM
    from lm_eval.tasks import TaskManager

    class Knowing(LM):  # type: ignore[misc]
        """Knows two of five problems, and says nothing of one."""

        def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
            asked = [request.args[0].rpartition("Question:")[2] for request in requests]
            return [
                next((text for words, text in KNOWN.items() if words in q), "The answer is -1.")
                for q in asked
            ]

        def loglikelihood(self, requests: list[Any], disable_tqdm: bool = False) -> list[Any]:
            raise AssertionError("no benchmark asks for likelihoods")

        loglikelihood_rolling = loglikelihood

    results = lm_eval.simple_evaluate(
        Knowing(),
        tasks=list(open_tasks(gsm8k(make, shared_data), 0, scorer).values()),
        bootstrap_iters=0,
        task_manager=TaskManager(include_defaults=False),  # its own tasks take long to list
    )
    assert results is not None
    scores = results["results"]["gsm8k"]
    assert scores["correct,none"] == pytest.approx(2 / 5)
    assert scores["unparseable,none"] == pytest.approx(1 / 5)


def test_bbh_has_a_task_for_each_subject_with_examples_of_its_own(
    make: Make, scorer: AnswerScorer
) -> None:
    config = make("bbh", "bbh.jsonl", first=450)
    tasks = open_tasks(config, 0, scorer)
    assert list(tasks) == [
        "bbh_boolean_expressions",
        "bbh_causal_judgement",
        "bbh_date_understanding",
    ]
    heads = {
        item.subject: item.prompt.partition("Question: ")[2] for item in asked_items(config, tasks)
    }
    assert heads["boolean_expressions"].startswith("not ( ( not not True ) ) is")
    assert heads["causal_judgement"].startswith("How would a typical person")


def test_a_subject_without_examples_is_named(tmp_path: Path, scorer: AnswerScorer) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text('{"question": "1 + 1 =", "answer": "2", "task": "sums"}\n')
    config = BenchmarkConfig(name="bbh", source=BenchmarkSource(path=str(file)))
    with pytest.raises(ValueError, match="no examples for the subject 'sums' of item 0"):
        open_tasks(config, 0, scorer)


@pytest.mark.parametrize(
    ("name", "row", "why"),
    [
        ("gsm8k", {"answer": "B", "choices": ["1", "2"]}, "2 options, and none are to be chosen"),
        ("gsm8k", {"answer": "Ten or so"}, "the expected answer 'Ten or so' is no number"),
        ("arc_challenge", {"answer": "10"}, "no options to choose from"),
        ("theoremqa", {"answer": "10"}, "no answers of type ''"),
        ("mbpp", {"answer": "10"}, "no tests that a program must pass"),
        ("humaneval", {"answer": "f = 1", "tests": ["assert f"]}, "no entry_point"),
        ("ifeval", {"answer": "10"}, "no instructions to be followed"),
    ],
)
def test_items_of_another_benchmark_are_refused_before_any_is_asked(
    tmp_path: Path, scorer: AnswerScorer, name: BenchmarkName, row: dict[str, Any], why: str
) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text(json.dumps({"question": "5 + 5?"} | row))
    config = BenchmarkConfig(name=name, source=BenchmarkSource(path=str(file)), shots=0)
    with pytest.raises(FileError, match=f"item 0 is none of {name}: .*{why}"):
        open_tasks(config, 0, scorer)


def test_options_are_shown_in_an_order_of_the_seed_that_gives_no_letter_away(
    scorer: AnswerScorer,
) -> None:
    config = BenchmarkConfig(name="gpqa", source=BenchmarkSource(path=str(GPQA)))

    def shown(seed: int) -> list[str]:
        return [item.prompt for item in asked_items(config, open_tasks(config, seed, scorer))]

    assert shown(1) == shown(1)
    assert shown(1) != shown(2)
    tasks = open_tasks(config, 1, scorer)
    docs = [item_of(doc) for _, doc in tasks["gpqa"].doc_iterator()]
    assert sorted(item.answer for item in docs) == ["A", "B", "C", "D"]
    right = {item.id: item.choices["ABCD".index(item.answer)] for item in docs}
    assert right["own/gpqa/1"] == "2.0 V"
    assert right["own/gpqa/2"] == "Hydrogen"


def test_code_is_asked_as_code(make: Make, shared_data: Path, scorer: AnswerScorer) -> None:
    path = str(shared_data / "benchmarks" / "mbpp.jsonl")
    config = BenchmarkConfig(
        name="mbpp",
        source=BenchmarkSource(path=path, where={"split": "test"}, first=2),
        exemplars=BenchmarkSource(path=path, where={"split": "prompt"}),
    )
    tasks = open_tasks(config, 0, scorer)
    (first, _) = asked_items(config, tasks)
    assert first.id == "mbpp/11"
    assert first.prompt.count("\nAnswer: ```python\n") == 3
    assert 'assert remove_Occ("hello","l") == "heo"' in first.prompt
    human = make("humaneval", "humaneval.jsonl", first=1)
    (function,) = asked_items(human, open_tasks(human, 0, scorer))
    assert function.prompt.startswith("from typing import List\n\n\ndef has_close_elements")
    assert function.prompt.endswith('"""\n')
