"""Building datasets from finished harvests: what is released, what is not, and what it costs."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harvested import pages, pair, write_batch

from gleanery.flows.dataset_config import DatasetConfig
from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.curation.benchmark_items import BenchmarkError
from gleanery.tasks.release.forgotten import forget_source, page_source
from gleanery.tasks.release.manifest import Manifest
from gleanery.tasks.release.published import list_releases, read_manifest, released_rows
from gleanery.tasks.release.recipe_check import RecipeError
from gleanery.tasks.release.rows import ReleasedRow

JUDGE = '''
import json

def respond(body, nth):
    """Grade by the digits of the question, as a judge that knows what it wants."""
    text = body["messages"][-1]["content"]
    grade = 5 if "Riga" in text.split("The example:")[1] else 3
    said = {"needs": "nothing", "self_contained": 5, "check": "multiplied again", "correct": grade}
    said |= {"missing": "nothing", "complete": 4, "teaches": "a product", "educational": grade}
    return json.dumps(said)
'''


class Dataset:
    """A dataset over one harvest, built as often as it takes; `changes` go over its config."""

    def __init__(self, root: Path, config: dict[str, Any]) -> None:
        self.root, self.config = root, config
        self.harvest = Store(str(root / "web"))
        self.outputs: dict[str, Any] = {}

    def build(self, **changes: Any) -> Manifest:
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        from gleanery.flows.build_dataset import build_dataset

        self.config |= changes
        config = DatasetConfig.model_validate(self.config)
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            outputs = build_dataset(config)
        self.outputs = {output.stage: output for output in outputs}
        return read_manifest(self.store)

    @property
    def store(self) -> Store:
        return Store(str(self.root / "set"))

    @property
    def rows(self) -> list[ReleasedRow]:
        return list(released_rows(self.store))

    @property
    def left_out(self) -> dict[str, int]:
        return dict(self.outputs["selection"].rejected)

    def signatures(self) -> set[str]:
        """Return the objects that hold signatures."""
        return {info.path for info in self.store.list("parts/signatures")}

    def why(self) -> Counter[tuple[str, str]]:
        """Return reason and detail of everything that the last selection left out."""
        parts = Parts(self.store)
        receipt = parts.newest("selection", "all")
        assert receipt
        return Counter((loss.reason, loss.detail) for loss in parts.losses(receipt))


@pytest.fixture
def dataset(prefect_api: str, tmp_path: Path) -> Dataset:
    made = Dataset(
        tmp_path,
        {
            "name": "set",
            "root": str(tmp_path),
            "refresh": False,
            "sources": [{"method": "harvest", "name": "web", "root": str(tmp_path)}],
            "recipe": {"validation": {"share": 0.2}},
        },
    )
    write_batch(made.harvest, 1, pages(0, 10))
    return made


def test_every_candidate_is_released_or_has_its_reason(dataset: Dataset) -> None:
    manifest = dataset.build()
    assert manifest.rows.total == len(dataset.rows) == 20 - sum(dataset.left_out.values())
    selection = dataset.outputs["selection"]
    assert selection.rows_in == selection.rows_out + sum(selection.rejected.values()) == 20
    row = dataset.rows[0]
    assert row.prompt[0].content.startswith("A ")
    assert row.completion[0].content.endswith("The days are all alike.")
    lineage = json.loads(row.lineage)
    assert (lineage["archive"], lineage["offset"]) == ("s3://crawl/one.warc.gz", 17)
    assert lineage["answer_spans"]
    assert [call["step"] for call in lineage["calls"]] == ["extract", "refine"]
    report = dataset.store.read(f"{manifest.folder}/report.html").decode()
    assert row.id in report


def test_a_second_build_finds_nothing_to_do_and_the_release_stands(dataset: Dataset) -> None:
    first = dataset.build()
    assert dataset.build() == first
    assert {name: len(o.parts) - o.reused for name, o in dataset.outputs.items()} == dict.fromkeys(
        dataset.outputs, 0
    )
    assert list_releases(dataset.store) == [first.version]


def test_new_pages_make_a_new_release_that_says_what_changed(dataset: Dataset) -> None:
    first = dataset.build()
    signed = dataset.signatures()
    write_batch(dataset.harvest, 2, pages(10, 5))
    second = dataset.build()
    assert second.previous == first.version
    assert second.changes
    added = second.rows.total - first.rows.total
    assert added > 5
    assert second.changes.sources["web"].added == added
    assert second.changes.total.removed == 0
    gathered = dataset.outputs["candidates"]
    assert (len(gathered.parts), gathered.reused) == (2, 1)
    assert signed < dataset.signatures()  # old texts are not signed again


def test_page_that_came_in_again_counts_with_its_newest_text(dataset: Dataset) -> None:
    url = pages(0, 1)[0][0]
    write_batch(dataset.harvest, 2, [(url, "", [pair(500)])])
    dataset.build()
    assert dataset.left_out["superseded"] == 2
    assert [row.prompt[0].content for row in dataset.rows if row.url == url] == [pair(500)[0]]


def test_unchanged_pairs_of_a_page_that_came_in_again_stay(dataset: Dataset) -> None:
    url, _, pairs = pages(0, 1)[0]
    write_batch(dataset.harvest, 2, [(url, "", [*pairs, pair(500)])])
    dataset.build()
    assert dataset.left_out == {"superseded": 2}
    asked = [row.prompt[0].content for row in dataset.rows if row.url == url]
    assert sorted(asked) == sorted([*(question for question, _ in pairs), pair(500)[0]])


def test_copy_of_a_page_whose_licence_is_denied_takes_its_place(dataset: Dataset) -> None:
    pairs = pages(30, 1)[0][2]
    write_batch(
        dataset.harvest,
        2,
        [
            ("https://closed.example/a", "CC BY-NC-ND 4.0", pairs),
            ("https://open.example/a", "CC BY 4.0", pairs),
        ],
    )
    dataset.build(recipe={"licences": {"deny": ["no-derivatives"]}})
    assert dataset.left_out["licence"] == 2
    assert "duplicate_exact" not in dataset.left_out
    assert len([row for row in dataset.rows if "open.example" in row.url]) == 2


def test_copy_of_a_leak_is_a_leak_and_no_other_row_goes_for_it(
    dataset: Dataset, tmp_path: Path
) -> None:
    pairs = pages(30, 1)[0][2]
    write_batch(dataset.harvest, 2, [("https://mirror.example/a", "", pairs)])
    write_batch(dataset.harvest, 3, [("https://other.example/a", "", pairs[1:])])
    file = tmp_path / "exam.jsonl"
    file.write_text(json.dumps({"id": "q7", "question": pairs[0][0], "answer": "12"}) + "\n")
    dataset.build(decontamination={"benchmarks": [{"name": "exam", "path": str(file)}]})
    assert dataset.left_out["leak"] == 1
    left = [row.prompt[0].content for row in dataset.rows if ".example/a" in row.url]
    assert left == [pairs[1][0]]


def test_mirror_and_copied_question_are_left_out_and_point_to_what_stays(dataset: Dataset) -> None:
    copied = pages(0, 1)[0][2]
    write_batch(dataset.harvest, 2, [("https://mirror.example/a", "", copied)])
    dataset.build()
    assert dataset.left_out["duplicate_exact"] == 2
    assert not [row for row in dataset.rows if "mirror" in row.url]
    details = [detail for reason, detail in dataset.why() if reason == "duplicate_exact"]
    pages_kept = {json.loads(row.lineage)["document_id"] for row in dataset.rows}
    assert all(detail.endswith("(document)") for detail in details)
    assert all(detail.split("like ")[1].split()[0] in pages_kept for detail in details)


def two_answers(dataset: Dataset, first: str, second: str) -> str:
    """Write two pages that answer one question each in its way; return the question."""
    asked = pair(600)[0]
    one, other = pages(40, 1)[0][2], pages(41, 1)[0][2]
    write_batch(dataset.harvest, 2, [("https://first.example/a", "", [*one, (asked, first)])])
    write_batch(dataset.harvest, 3, [("https://second.example/b", "", [(asked, second), *other])])
    return asked


def at_greater_length(text: str) -> str:
    """Return a text with words that say nothing between its own: no five stand as they did."""
    words: list[str] = []
    for number, word in enumerate(text.split()):
        words.append(word)
        if number % 3 == 2 and not any(map(str.isdigit, word)):
            words.append(("indeed", "quite", "there", "then")[number % 4])
    return " ".join(words)


def test_page_that_says_the_same_at_greater_length_goes_whole_where_pages_are_compared(
    dataset: Dataset,
) -> None:
    reworded = [tuple(map(at_greater_length, pair(number))) for number in (0, 1)]
    write_batch(dataset.harvest, 2, [("https://other.example/", "", reworded)])
    few = {"words_threshold": 0.4}  # so few words make poor vectors
    dataset.build(vectors={"levels": ["document", "question", "example"]}, semantic=few)
    why = {detail.partition("(")[2] for reason, detail in dataset.why() if "semantic" in reason}
    assert why == {"document)"}
    assert dataset.left_out == {"duplicate_semantic": 2}
    assert not [row for row in dataset.rows if "other" in row.url]
    dataset.build(vectors={"levels": ["question"]})
    why = {detail.partition("(")[2] for reason, detail in dataset.why() if "semantic" in reason}
    assert why == {"question)"}


def test_of_two_answers_to_one_question_the_better_by_the_heuristics_is_released(
    dataset: Dataset,
) -> None:
    asked = two_answers(dataset, "I am sorry, but I cannot answer this question.", pair(600)[1])
    dataset.build()
    released = [row for row in dataset.rows if row.prompt[0].content == asked]
    assert [row.url for row in released] == ["https://second.example/b"]
    assert sum(dataset.left_out.values()) == 1


def test_better_answer_that_fails_a_threshold_takes_no_other_with_it(dataset: Dataset) -> None:
    asked = two_answers(dataset, pair(600)[1], " ".join([pair(600)[1]] + ["Count again."] * 3))
    lengths: dict[str, Any] = {"score": "heuristics.answer_length"}
    dataset.build(recipe={"filters": [lengths | {"least": 0.0}]})
    found = {row.url: row.scores for row in dataset.rows if row.prompt[0].content == asked}
    assert list(found) == ["https://second.example/b"]
    [scores] = found.values()
    bound = scores["score_heuristics_answer_length"] - 0.001
    dataset.build(recipe={"filters": [lengths | {"most": bound}]})
    released = [row.url for row in dataset.rows if row.prompt[0].content == asked]
    assert released == ["https://first.example/a"]


def test_judge_is_asked_about_what_only_a_threshold_refuses(
    dataset: Dataset, llm_stub: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "judge.py").write_text(JUDGE)
    stub = llm_stub("--responder", str(tmp_path / "judge.py"))
    poor = (pair(600)[0], "I am sorry, but I cannot answer this question.")
    write_batch(dataset.harvest, 2, [("https://poor.example/a", "", [poor])])
    engine = {"model": "stub-model", "base_urls": [stub.url]}
    bound = {"score": "heuristics.quality", "least": 0.3}
    dataset.build(judges=[engine], recipe={"filters": [bound]})
    assert dataset.left_out == {"score_below:heuristics.quality": 1}
    assert stub.counts()["asked"] == 21
    dataset.build(recipe={})
    assert len(dataset.rows) == 21
    assert stub.counts()["asked"] == 21


def test_benchmark_items_are_left_out_and_named(dataset: Dataset, tmp_path: Path) -> None:
    asked = pair(3)[0].upper().replace(" ", "  ")
    file = tmp_path / "exam.jsonl"
    file.write_text(json.dumps({"id": "q7", "question": asked, "answer": "12"}) + "\n")
    manifest = dataset.build(decontamination={"benchmarks": [{"name": "exam", "path": str(file)}]})
    assert dataset.left_out["leak"] == 1
    assert next(detail for reason, detail in dataset.why() if reason == "leak").startswith(
        "exam q7 (question): A "
    )
    card = dataset.store.read(f"{manifest.folder}/README.md").decode()
    assert "exam" in card


def test_unusable_benchmark_is_an_error_before_any_work(dataset: Dataset, tmp_path: Path) -> None:
    file = tmp_path / "exam.jsonl"
    file.write_text('{"id": 1, "text": "no question here"}\n')
    with pytest.raises(BenchmarkError, match=r"exam\.jsonl:1: .*question"):
        dataset.build(decontamination={"benchmarks": [{"name": "exam", "path": str(file)}]})
    assert not dataset.store.list("parts")


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ({"sources": [{"pipeline": "wep"}]}, r"no pipeline wep.*web \(harvest\)"),
        ({"filters": [{"score": "judge.correct", "least": 0.5}]}, "nobody gives judge.correct"),
        ({"siblings": {"by": ["agreement.agreement"]}}, "no row can have agreement.agreement"),
    ],
)
def test_recipe_that_names_what_is_not_there_is_an_error_before_any_work(
    dataset: Dataset, recipe: dict[str, Any], message: str
) -> None:
    with pytest.raises(RecipeError, match=message):
        dataset.build(recipe=recipe)
    assert not dataset.store.list("parts")


def test_recipe_that_asks_for_more_than_there_is_releases_nothing(dataset: Dataset) -> None:
    with pytest.raises(RecipeError, match=r"500 rows are asked of it, and it has 20 candidates"):
        dataset.build(recipe={"sources": [{"pipeline": "web", "count": 500}]})
    assert list_releases(dataset.store) == []


def test_threshold_is_applied_in_the_release_and_asks_no_judge_again(
    dataset: Dataset, llm_stub: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "judge.py").write_text(JUDGE)
    stub = llm_stub("--responder", str(tmp_path / "judge.py"))
    write_batch(dataset.harvest, 2, [("https://mirror.example/a", "", pages(0, 1)[0][2])])
    dataset.build(judges=[{"model": "stub-model", "base_urls": [stub.url]}])
    asked = stub.counts()["asked"]
    assert asked == 20  # the two copies are left out anyway
    before = len(dataset.rows)
    bound = {"score": "judge.correct", "least": 0.9}
    dataset.build(recipe={"filters": [bound], "validation": {"share": 0.2}})
    assert stub.counts()["asked"] == asked
    assert 0 < len(dataset.rows) < before
    assert {row.scores["score_judge_correct"] for row in dataset.rows} == {1.0}
    assert dataset.left_out["score_below:judge.correct"] == before - len(dataset.rows)


def test_rows_that_the_judge_did_not_answer_for_are_told_until_it_has(
    dataset: Dataset, llm_stub: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "judge.py").write_text(JUDGE)
    stub = llm_stub("--responder", str(tmp_path / "judge.py"))
    stub.control(faults=[{"kind": "status", "status": 500, "match": "A potter from"}])
    engine = {"model": "stub-model", "base_urls": [stub.url], "max_tries": 1}
    first = dataset.build(judges=[engine])
    unasked = sum(dataset.outputs["judgements"].failed.values())
    assert unasked > 0
    assert first.curation
    assert first.curation.unasked == {"judgements": unasked}
    assert f"{unasked} by judgements" in dataset.store.read(f"{first.folder}/README.md").decode()
    stub.control(faults=[])
    second = dataset.build()
    assert second.curation
    assert second.curation.unasked == {}
    assert second.number == 2


def test_forgotten_page_is_in_no_later_release_nor_are_its_mirrors(dataset: Dataset) -> None:
    url, _, pairs = pages(0, 1)[0]
    write_batch(dataset.harvest, 2, [("https://mirror.example/a", "", pairs)])
    first = dataset.build()
    assert [row for row in dataset.rows if row.url == url]
    forget_source(dataset.store, page_source(url))
    second = dataset.build()
    assert not [row for row in dataset.rows if row.url == url or "mirror" in row.url]
    assert dataset.left_out == {"forgotten": 4}
    assert second.changes
    assert second.changes.total.removed == 2
    assert [row for row in released_rows(dataset.store, first.version) if row.url == url]


def test_licences_decide_what_is_released(dataset: Dataset) -> None:
    write_batch(dataset.harvest, 2, pages(20, 4, licence="CC BY-SA 4.0"))
    dataset.build(recipe={"licences": {"allow": ["share-alike"]}, "validation": {"share": 0.3}})
    assert {row.licence for row in dataset.rows} == {"CC-BY-SA-4.0"}
    assert {row.licence_family for row in dataset.rows} == {"share-alike"}
    assert dataset.left_out["licence"] == 20


def test_extracted_pairs_are_released_as_the_pages_have_them(dataset: Dataset) -> None:
    write_batch(dataset.harvest, 2, pages(10, 3), refined=False)
    dataset.build(pairs="extracted")
    assert len(dataset.rows) > 20
    assert not [row for row in dataset.rows if row.completion[0].content.endswith("all alike.")]
