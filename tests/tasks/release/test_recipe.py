import contextlib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.recipe_check import (
    RecipeError,
    check_counts,
    check_names,
    check_scorers,
    check_strategies,
)
from gleanery.tasks.release.recipe_file import parse_recipe, read_recipe

WHOLE = """\
seed: 7
sources:
  - {pipeline: web, weight: 3, strategies: [improved, corrected]}
  - method: skills
    weight: 1
  - method: taxonomy
    count: 200
filters:
  - {score: judge.correct, least: 0.75}
  - {score: skills.verified, least: 1, missing: keep}
siblings: {take: best, by: [judge.correct, judge.complete]}
domain_cap: {share: 0.05, count: 1000}
balance:
  - {by: discipline, mode: smooth}
  - {by: skill, mode: cap, rows: 40}
licences:
  allow: [permissive, share-alike]
  deny: [GPL]
  unknown: drop
lengths:
  answer: {least: 20, most: 20000}
remove_duplicates: [exact, near]
validation: {share: 0.01}
"""


def test_empty_recipe_takes_everything_that_curation_left() -> None:
    recipe = parse_recipe("", "recipe.yaml")
    assert recipe == Recipe()
    assert recipe.remove_duplicates == ("exact", "near", "semantic")
    assert recipe.remove_leaks == ("ngram", "whole_text", "paraphrase")
    assert not recipe.sources
    assert not recipe.filters


def test_recipe_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(WHOLE)
    recipe = read_recipe(path)
    assert [source.label for source in recipe.sources] == [
        "pipeline web",
        "method skills",
        "method taxonomy",
    ]
    assert recipe.filters[1].missing == "keep"
    assert recipe.balance[1].rows == 40
    assert recipe.scores_named == (
        "judge.correct",
        "skills.verified",
        "judge.correct",
        "judge.complete",
    )


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("seed: 1\nsources:\n  - {method: skills, weight: -1}", 3, "greater than or equal to 0"),
        (
            "sources:\n  - {method: skills, weight: 0}\n  - {pipeline: web, weight: 0}",
            1,
            "the weights of the sources sum to nothing",
        ),
        ("sources: [{weight: 1}]", 1, "a source is a pipeline or a method"),
        ("sources: [{pipeline: a, method: skills}]", 1, "name one of the two"),
        ("sources:\n - {method: skills}\n - {method: skills}", 1, "method skills more than once"),
        ("sources: [{method: skills, weight: 1, count: 5}]", 1, "a weight and a count"),
        ("sources: [{method: harvests}]", 1, "'harvest', 'taxonomy'"),
        (
            "\nfilters:\n - score: judge.correct\n   least: 0.9\n   most: 0.5",
            3,
            "no judge.correct can be at least 0.9 and at most 0.5",
        ),
        (
            "filters: [{score: judge.correct, least: 4}]",
            1,
            "scores are from 0 to 1, and a judge's grades 1 to 5 are 0, 0.25, 0.5, 0.75 and 1: "
            "for grade 4 write 0.75",
        ),
        ("filters: [{score: a, least: 75}]", 1, "75 is no bound for a: scores are from 0 to 1"),
        (
            "\nfilters: [{score: a, least: 0.9}, {score: b, least: 1}, {score: a, most: 0.5}]",
            2,
            "2 filters on a leave nothing: one asks for at least 0.9, another for at most 0.5",
        ),
        ("sources: [{method: skills, count: 0}]", 1, "let one give rows"),
        ("lengths: {question: {most: 0}}", 1, "greater than or equal to 1"),
        ("filters: [{score: a, missing: keep}]", 1, "lets all pass"),
        ("filters: [{score: a, least: .nan}]", 1, "finite number"),
        ("lengths:\n  answer: {least: 9, most: 3}", 2, "no text has at least 9 and at most 3"),
        ("siblings: {take: best}", 1, "the scores that decide"),
        ("balance: [{by: domain, mode: cap}]", 1, "how many a group may have"),
        ("balance: [{by: domain, mode: uniform, rows: 3}]", 1, "say mode: cap"),
        ("licences: {allow: [CC-BY-9]}", 1, "no licence or family is called CC-BY-9; known:"),
        ("licences: {allow: [MIT], deny: [MIT]}", 1, "both allowed and denied"),
        ("total: 10", 1, "a total is shared out by weights"),
        (
            "total: 10\nsources:\n - {method: skills, count: 11}\n - {method: harvest, weight: 1}",
            1,
            "sum to 11, more than the total of 10",
        ),
        ("validation:\n  share: 0.9", 2, "less than or equal to 0.5"),
        ("seeds: 3", 1, "Recipe has no key seeds; known keys: balance"),
        ("- a\n- b", 1, "a recipe is a mapping"),
        ("seed: [1", 1, "is not YAML"),
    ],
)
def test_bad_recipe_is_refused_with_its_line_and_the_reason(
    text: str, line: int, reason: str
) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text, "recipe.yaml")
    (problem,) = caught.value.problems
    assert problem.startswith(f"  recipe.yaml:{line}: ")
    assert reason in problem


def test_every_problem_of_a_recipe_is_named_at_once() -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe("seed: -1\nvalidation: {share: 2}\ntotal: 0", "recipe.yaml")
    assert len(caught.value.problems) == 3


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"cannot read .*no-recipe\.yaml"):
        read_recipe(tmp_path / "no-recipe.yaml")


def test_recipe_is_refused_as_a_part_of_another_configuration_too() -> None:
    with pytest.raises(ValidationError, match="sum to nothing"):
        Recipe.model_validate({"sources": [{"method": "skills", "weight": 0}]})


def test_unknown_sources_and_scores_are_named_with_the_known_ones() -> None:
    recipe = parse_recipe(WHOLE, "recipe.yaml")
    pipelines = {"web-2": "harvest", "skillmix": "skills"}
    with pytest.raises(RecipeError) as caught:
        check_names(recipe, pipelines, ["judge.correct", "skills.verified"])
    assert caught.value.problems == [
        "  sources: there is no pipeline web; known pipelines: skillmix (skills), web-2 (harvest)",
        "  sources: there is no method taxonomy; known pipelines: skillmix (skills), "
        "web-2 (harvest)",
        "  siblings.by: nobody gives judge.complete; known scores: judge.correct, skills.verified",
    ]


def test_scores_are_not_held_against_anything_before_they_are_known() -> None:
    recipe = parse_recipe("filters: [{score: judge.corect, least: 1}]", "recipe.yaml")
    check_names(recipe, {"web": "harvest"})
    with pytest.raises(RecipeError, match=r"filters: nobody gives judge\.corect"):
        check_names(recipe, {"web": "harvest"}, ["judge.correct"])


def test_unknown_strategy_is_noted_and_an_error_where_no_other_is_there() -> None:
    recipe = parse_recipe(
        "sources: [{method: harvest, strategies: [improve, kept]}]", "recipe.yaml"
    )
    assert check_strategies(recipe, {"method harvest": ["improve", "corrected"]}) == [
        "method harvest has no rows of strategy kept; known: corrected, improve"
    ]
    assert check_strategies(recipe, {"method harvest": []}) == []
    with pytest.raises(RecipeError, match="strategy improve, kept; known: corrected"):
        check_strategies(recipe, {"method harvest": ["corrected"]})


KNOWN = {
    "heuristics": ["asks", "quality"],
    "judge": ["correct", "complete"],
    "judge:small-2.5": ["correct"],
    "plugin": [],
}


@pytest.mark.parametrize(
    ("score", "problem"),
    [
        (
            "heuristics.qualty",
            "did you mean heuristics.quality? heuristics gives asks, quality",
        ),
        ("heuristics.", "heuristics gives asks, quality"),
        ("judge:small-2.5.corect", "did you mean judge:small-2.5.correct? judge:small-2.5 gives"),
        ("jugde.correct", "did you mean judge.correct? jugde scores nothing here; who does: "),
        ("zzz", "nobody gives zzz: zzz scores nothing here; who does: heuristics, judge, judge:"),
    ],
)
def test_misspelt_score_is_refused_with_the_nearest_and_all_that_there_is(
    score: str, problem: str
) -> None:
    for key in ({"filters": [{"score": score}]}, {"siblings": {"take": "best", "by": [score]}}):
        with pytest.raises(RecipeError) as caught:
            check_scorers(Recipe.model_validate(key), KNOWN)
        (found,) = caught.value.problems
        assert problem in found


@pytest.mark.parametrize(
    "score", ["heuristics.quality", "judge.correct", "judge:small-2.5.correct", "plugin.new"]
)
def test_score_that_is_known_or_whose_scorer_gives_any_passes(score: str) -> None:
    check_scorers(Recipe.model_validate({"filters": [{"score": score}]}), KNOWN)


def test_count_that_no_filter_could_leave_is_refused_with_what_there_is() -> None:
    sources = [
        {"pipeline": "web", "count": 20},
        {"method": "harvest", "count": 31},
        {"method": "skills", "count": 1},
        {"method": "taxonomy", "weight": 1},
    ]
    available = {"web": 20, "web-2": 10, "web-3": 20, "tree": 5}
    methods = {"web": "harvest", "web-2": "harvest", "web-3": "harvest", "tree": "taxonomy"}
    with pytest.raises(RecipeError) as caught:
        check_counts(Recipe.model_validate({"sources": sources}), available, methods)
    assert [problem.partition(", before")[0] for problem in caught.value.problems] == [
        "  sources: method harvest: 31 rows are asked of it, and it has 30 candidates",
        "  sources: method skills: 1 rows are asked of it, and it has 0 candidates",
    ]
    lenient = Recipe.model_validate({"sources": sources, "shortfall": "warn"})
    check_counts(lenient, available, methods)
    check_counts(Recipe.model_validate({"sources": sources[:1]}), available, methods)


@pytest.mark.parametrize(
    ("recipe", "problem"),
    [
        ({"total": 100_000}, "method skills: 24,990 rows are asked of it, and it has 40"),
        ({"total": 400}, "method skills: 90 rows are asked of it, and it has 40"),
        ({"total": 190}, ""),
        ({"total": 100_000, "shortfall": "warn"}, ""),
    ],
)
def test_total_that_candidates_cannot_fill_is_refused_once_they_are_counted(
    recipe: dict[str, Any], problem: str
) -> None:
    sources = [
        {"pipeline": "web"},
        {"method": "skills", "weight": 1},
        {"method": "taxonomy", "weight": 3},
    ]
    wanted = Recipe.model_validate({"sources": sources, **recipe})
    available = {"web": 40, "mix": 40, "glan": 200}
    methods = {"web": "harvest", "mix": "skills", "glan": "taxonomy"}
    refused = pytest.raises(RecipeError, match=problem) if problem else contextlib.nullcontext()
    with refused:
        check_counts(wanted, available, methods)


def test_weighted_source_without_candidates_is_refused_once_they_are_counted() -> None:
    sources = [{"pipeline": "web", "weight": 1}, {"pipeline": "mix", "weight": 2}]
    methods = {"web": "harvest", "mix": "skills"}
    with pytest.raises(RecipeError, match="pipeline mix: 1 rows are asked of it, and it has 0"):
        check_counts(Recipe.model_validate({"sources": sources}), {"web": 9, "mix": 0}, methods)
