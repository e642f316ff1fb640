from pathlib import Path
from typing import Any

import pytest
from harvested import pages, write_batch

from gleanery.flows.dataset_config import DatasetConfig, read_dataset_config
from gleanery.flows.dataset_scores import known_scores
from gleanery.flows.dataset_versions import check_versions
from gleanery.flows.pipeline_config import ConfigError
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import ChatMessage, RefinedPair
from gleanery.tasks.release.recipe_check import RecipeError, check_scorers
from gleanery.tasks.scoring.heuristics import heuristic_scores

HARVEST = {"method": "harvest", "name": "web"}


def read(tmp_path: Path, text: str) -> DatasetConfig:
    path = tmp_path / "dataset.yaml"
    path.write_text(text)
    return read_dataset_config(path)


@pytest.mark.parametrize("text", ["", "sources: []", "sources:"])
def test_dataset_without_sources_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="a dataset needs at least one source"):
        read(tmp_path, text)


def test_source_named_as_the_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a source has the dataset's own name, lessons"):
        read(tmp_path, "name: lessons\nsources: [{method: skills, name: lessons}]")
    assert read(tmp_path, "name: lessons\nsources: [{method: skills}]").name == "lessons"


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two sources have the name web"):
        read(tmp_path, "sources: [{name: web}, {method: skills, name: web}]")


def test_recipe_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "mix.yaml").write_text("seed: 7\nlengths: {answer: {least: 20}}\n")
    config = read(tmp_path, "recipe: mix.yaml\nsources: [{method: skills}]")
    assert (config.recipe.seed, config.recipe.lengths.answer.least) == (7, 20)
    (tmp_path / "mix.yaml").write_text("seed: 7\nlenghts: {}\n")
    with pytest.raises(RecipeError, match=r"mix\.yaml:1: .*lenghts"):
        read(tmp_path, "recipe: mix.yaml\nsources: [{method: skills}]")


def dataset(**values: Any) -> DatasetConfig:
    return DatasetConfig.model_validate({"sources": [HARVEST], **values})


def refused(score: str, **values: Any) -> str:
    config = dataset(recipe={"filters": [{"score": score}]}, **values)
    try:
        check_scorers(config.recipe, known_scores(config))
    except RecipeError as error:
        return str(error)
    return ""


def test_scores_are_known_by_their_whole_names() -> None:
    assert not refused("heuristics.quality")
    assert not refused("agreement.kept_result")
    assert "did you mean heuristics.quality?" in refused("heuristics.qualty")
    assert "agreement gives agreement, difficulty, kept_result" in refused("agreement.kept")


def test_every_heuristic_score_is_known() -> None:
    turns = [ChatMessage(role="user", content="Why?"), ChatMessage(role="assistant", content="So.")]
    blank = dict.fromkeys(Candidate.model_fields, "")
    lists = {key: [] for key in ("nodes", "labels", "original", "calls", "scores")}
    spans: dict[str, Any] = {"offset": 0, "question_spans": [], "answer_spans": []}
    row = Candidate.model_validate({**blank, **lists, **spans, "messages": turns})
    given = {score.name for score in heuristic_scores(row)}
    assert given == set(known_scores(dataset())["heuristics"])


def test_judges_score_where_they_are_configured_each_by_its_own_name_if_several() -> None:
    assert "judge scores nothing here" in refused("judge.correct")
    one = [{"model": "small-2.5"}]
    assert not refused("judge.correct", judges=one)
    assert "nobody gives judge.corect" in refused("judge.corect", judges=one)
    assert "nobody gives judge:small-2.5.correct" in refused("judge:small-2.5.correct", judges=one)
    two = [*one, {"model": "large", "revision": "r1"}]
    assert not refused("judge:small-2.5.correct", judges=two)
    assert not refused("judge:large@r1.complete", judges=two)


def test_scores_that_examples_are_made_with_are_known_where_their_method_is_a_source() -> None:
    assert "skills scores nothing here" in refused("skills.verified")
    both = [HARVEST, {"method": "skills"}]
    assert not refused("skills.verified", sources=both)
    assert "did you mean skills.verified?" in refused("skills.verfied", sources=both)
    assert not refused("taxonomy.agreement", sources=[{"method": "taxonomy"}])


def no_row_has(score: str, tmp_path: Path, **values: Any) -> str:
    sources = [{"root": str(tmp_path), **source} for source in values.pop("sources", [HARVEST])]
    try:
        check_versions(dataset(recipe={"filters": [{"score": score}]}, sources=sources, **values))
    except RecipeError as error:
        return str(error)
    return ""


def test_score_of_versions_is_refused_where_no_source_makes_any(tmp_path: Path) -> None:
    one, two = [{"model": "a"}], [{"model": "a"}, {"model": "b"}]
    taxonomy = {"method": "taxonomy"}
    said = no_row_has("agreement.agreement", tmp_path, sources=[{**HARVEST, "refiners": one}])
    assert "no row can have agreement.agreement: it takes several refiners" in said
    assert no_row_has("agreement.agreement", tmp_path, sources=[taxonomy, {"method": "skills"}])
    assert not no_row_has("agreement.agreement", tmp_path, sources=[{**HARVEST, "refiners": two}])
    sampled = {**taxonomy, "answers": {"samples": 3}}
    for score in ("agreement.agreement", "agreement.difficulty", "taxonomy.agreement"):
        assert not no_row_has(score, tmp_path, sources=[HARVEST, sampled])
        assert no_row_has(score, tmp_path, sources=[taxonomy])
    assert no_row_has("agreement.difficulty", tmp_path, sources=[{**HARVEST, "refiners": two}])


def test_agreement_with_a_page_is_refused_where_no_page_is_rewritten(tmp_path: Path) -> None:
    assert not no_row_has("agreement.kept_result", tmp_path)
    assert no_row_has("agreement.kept_result", tmp_path, pairs="extracted")
    assert no_row_has("agreement.kept_result", tmp_path, sources=[{"method": "skills"}])


def test_score_of_versions_that_an_earlier_configuration_made_is_taken(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "web"))
    part = write_batch(store, 1, pages(0, 2))
    assert no_row_has("agreement.agreement", tmp_path)
    parts = Parts(store)
    receipt = parts.newest("refine", part)
    assert receipt
    plan = receipt.plan.model_copy(update={"decides": {"models": [["a", ""], ["b", ""]]}})
    rows = parts.rows(receipt, RefinedPair)
    several = parts.commit(plan, Outcome(rows, [], [], len(rows)), RefinedPair, 0.0, receipt)
    assert not no_row_has("agreement.agreement", tmp_path)
    mixed = Outcome(rows, [], [], len(rows), mixed_from=several.key)
    parts.commit(receipt.plan, mixed, RefinedPair, 0.0, several)
    assert not no_row_has("agreement.agreement", tmp_path)
