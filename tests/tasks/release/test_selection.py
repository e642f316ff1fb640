from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.recipe_check import RecipeError
from gleanery.tasks.release.selection import KEPT, Selection, select
from gleanery.tasks.release.selection_rows import SCHEMA, SCORE

DEFAULTS: dict[str, Any] = {
    "pipeline": "web",
    "method": "harvest",
    "strategy": "improved",
    "origin": "",
    "split_by": "",
    "domain": "",
    "licence": "",
    "subject": "",
    "nodes": [],
    "split": "train",
    "question_characters": 100,
    "answer_characters": 100,
    "same_as": [],
    "duplicates": [],
    "leaks": [],
    "forgotten": False,
    "superseded": False,
}
SKILLS = {"pipeline": "mix", "method": "skills", "strategy": "skills_2"}


def row(name: str, scores: dict[str, float | None] | None = None, **fields: Any) -> dict[str, Any]:
    assert not {*fields} - {*DEFAULTS}
    return {"id": name, **DEFAULTS, **fields, **{SCORE + k: v for k, v in (scores or {}).items()}}


def table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    names = sorted({name for one in rows for name in one if name.startswith(SCORE)})
    fields = [pa.field(name, pa.float64()) for name in names]
    return pa.Table.from_pylist(list(rows), schema=pa.schema([*SCHEMA, *fields]))


def reasons(rows: Sequence[dict[str, Any]], **recipe: Any) -> dict[str, str]:
    selection = select(table(rows), Recipe.model_validate(recipe))
    return reasons_of(rows, selection)


def reasons_of(rows: Sequence[dict[str, Any]], selection: Selection) -> dict[str, str]:
    return {
        one["id"]: selection.names[reason]
        for one, reason in zip(rows, selection.reasons, strict=True)
    }


# What rules about single rows leave out


def test_default_recipe_takes_all_that_curation_left() -> None:
    rows = [
        row("good"),
        row("exact", duplicates=["near", "exact"], same_as=["good"]),
        row("near", duplicates=["semantic", "near"], same_as=["good"]),
        row("semantic", duplicates=["semantic"], same_as=["good"]),
        row("leak", leaks=["paraphrase"]),
        row("forgotten", forgotten=True, leaks=["ngram"]),
        row("superseded", superseded=True, duplicates=["near"]),
        row("licence", licence="all rights reserved"),
    ]
    assert reasons(rows) == {
        "good": KEPT,
        "exact": "duplicate_exact",
        "near": "duplicate_near",
        "semantic": "duplicate_semantic",
        "leak": "leak",
        "forgotten": "forgotten",
        "superseded": "superseded",
        "licence": KEPT,
    }


def test_kinds_of_duplicates_and_leaks_that_a_recipe_does_not_name_stay() -> None:
    rows = [
        row("near", duplicates=["near"]),
        row("semantic", duplicates=["semantic"]),
        row("ngram", leaks=["ngram"]),
        row("paraphrase", leaks=["paraphrase"]),
    ]
    found = reasons(rows, remove_duplicates=["near"], remove_leaks=["ngram"])
    assert list(found.values()) == ["duplicate_near", KEPT, "leak", KEPT]
    assert set(reasons(rows, remove_duplicates=[], remove_leaks=[]).values()) == {KEPT}


def test_only_named_sources_and_strategies_go_in() -> None:
    rows = [
        row("web"),
        row("raw", strategy="extracted"),
        row("other", pipeline="web-2", strategy="extracted"),
        row("mix", **SKILLS),
    ]
    sources = [
        {"pipeline": "web", "strategies": ["improved", "corrected"]},
        {"method": "harvest"},
    ]
    selection = select(table(rows), Recipe.model_validate({"sources": sources}))
    assert selection.notes[0].startswith("pipeline web has no rows of strategy corrected; known: ")
    found = reasons_of(rows, selection)
    assert found == {"web": KEPT, "raw": "strategy", "other": KEPT, "mix": "not_in_recipe"}


def test_bounds_of_scores_include_their_ends_and_missing_ones_follow_the_recipe() -> None:
    rows = [
        row("low", {"judge.correct": 0.74}),
        row("least", {"judge.correct": 0.75}),
        row("most", {"judge.correct": 0.9}),
        row("high", {"judge.correct": 0.91}),
        row("none", {"judge.correct": None}),
    ]
    bounds = {"score": "judge.correct", "least": 0.75, "most": 0.9}
    assert reasons(rows, filters=[bounds]) == {
        "low": "score_below:judge.correct",
        "least": KEPT,
        "most": KEPT,
        "high": "score_above:judge.correct",
        "none": "no_score:judge.correct",
    }
    assert reasons(rows, filters=[{**bounds, "missing": "keep"}])["none"] == KEPT


def test_lengths_are_bounded_on_both_sides() -> None:
    rows = [
        row("short", question_characters=9),
        row("right", question_characters=10, answer_characters=50),
        row("long", answer_characters=51),
    ]
    lengths = {"question": {"least": 10}, "answer": {"most": 50}}
    expected = {"short": "too_short", "right": KEPT, "long": "too_long"}
    rows[0]["answer_characters"] = 20
    assert reasons(rows, lengths=lengths) == expected


@pytest.mark.parametrize(
    ("licences", "out"),
    [
        ({}, []),
        ({"allow": ["permissive"]}, ["sa", "nc", "page"]),
        ({"allow": ["permissive"], "unknown": "keep"}, ["sa", "nc"]),
        ({"allow": ["permissive", "unknown"]}, ["sa", "nc"]),
        ({"deny": ["CC-BY"]}, ["by"]),
        ({"deny": ["non-commercial"], "unknown": "drop"}, ["nc", "page"]),
        ({"allow": ["share-alike"], "deny": ["CC-BY-SA-4.0"]}, ["by", "sa", "nc", "page"]),
    ],
)
def test_licences_are_looked_at_where_a_row_comes_from_a_page(
    licences: dict[str, Any], out: list[str]
) -> None:
    rows = [
        row("by", licence="CC BY 3.0"),
        row("sa", licence="https://creativecommons.org/licenses/by-sa/4.0/"),
        row("nc", licence="CC BY-NC 2.0"),
        row("page", licence="https://example.org/terms"),
        row("written", **SKILLS),
    ]
    found = reasons(rows, licences=licences)
    assert [name for name, reason in found.items() if reason == "licence"] == out
    assert {*found.values()} <= {KEPT, "licence"}


# Siblings, balance, mix


def test_best_sibling_goes_in_and_later_scores_break_ties() -> None:
    scores: list[dict[str, float | None]] = [
        {"judge.correct": 1.0, "judge.complete": 0.2},
        {"judge.correct": 1.0, "judge.complete": 0.9},
        {"judge.correct": None, "judge.complete": 1.0},
    ]
    rows = [row(f"a{n}", one, origin="pair") for n, one in enumerate(scores)]
    rows += [row("b", {}, origin="other pair"), row("c"), row("d")]
    by = ["judge.correct", "judge.complete"]
    found = reasons(rows, siblings={"take": "best", "by": by})
    assert [name for name, reason in found.items() if reason == "sibling"] == ["a0", "a2"]


def test_sibling_that_a_filter_refused_leaves_its_place_to_another() -> None:
    rows = [
        row("a", {"judge.correct": 0.9}, origin="pair", duplicates=["near"]),
        row("b", {"judge.correct": 0.8}, origin="pair"),
        row("c", {"judge.correct": 0.1}, origin="pair"),
    ]
    found = reasons(rows, siblings={"take": "best", "by": ["judge.correct"]})
    assert found == {"a": "duplicate_near", "b": KEPT, "c": "sibling"}


def test_one_sibling_at_random_follows_the_seed() -> None:
    rows = [row(f"{origin}.{n}", origin=f"pair {origin}") for origin in range(20) for n in range(4)]
    found = [reasons(rows, siblings={"take": "one"}, seed=seed) for seed in (0, 0, 1)]
    for one in found:
        kept = Counter(name.split(".")[0] for name, reason in one.items() if reason == KEPT)
        assert set(kept.values()) == {1}
        assert len(kept) == 20
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_skills_are_evened_out_without_touching_what_has_none() -> None:
    rows = [row(f"s{n}", **SKILLS, nodes=["add", f"rare {n % 4}"]) for n in range(40)]
    rows += [row(f"t{n}", **SKILLS, nodes=["add"]) for n in range(60)]
    rows += [row(f"w{n}", nodes=["add"]) for n in range(30)]
    found = reasons(rows, balance=[{"by": "skill", "mode": "cap", "rows": 8}])
    kept = Counter(name[0] for name, reason in found.items() if reason == KEPT)
    assert kept == {"s": 32, "t": 8, "w": 30}
    assert {*found.values()} == {KEPT, "balance"}


def test_discipline_is_that_of_pages_and_taxonomy_and_query_type_that_of_skills() -> None:
    rows = [row(f"w{n}", subject="physics") for n in range(9)]
    rows += [row(f"s{n}", **SKILLS, subject="physics") for n in range(9)]
    for by, cut in (("discipline", "w"), ("query_type", "s")):
        found = reasons(rows, balance=[{"by": by, "mode": "cap", "rows": 2}])
        out = Counter(name[0] for name, reason in found.items() if reason == "balance")
        assert out == {cut: 7}


def test_weights_and_counts_leave_out_the_surplus_under_their_own_reasons() -> None:
    rows = [row(f"w{n}") for n in range(90)]
    rows += [row(f"s{n}", **SKILLS) for n in range(20)]
    rows += [row(f"v{n}", pipeline="web-2") for n in range(9)]
    sources = [
        {"method": "harvest", "weight": 2},
        {"method": "skills", "weight": 1},
        {"pipeline": "web-2", "count": 4},
    ]
    selection = select(table(rows), Recipe.model_validate({"sources": sources}))
    assert [(one.source, one.available, one.taken) for one in selection.taken] == [
        ("method harvest", 90, 40),
        ("method skills", 20, 20),
        ("pipeline web-2", 9, 4),
    ]
    assert selection.counts == {
        ("mix", KEPT): 20,
        ("web", KEPT): 40,
        ("web", "weight"): 50,
        ("web-2", KEPT): 4,
        ("web-2", "count"): 5,
    }


def test_source_of_weight_0_takes_no_place_below_a_cap() -> None:
    rows = [row(f"v{n}", pipeline="web-2", domain="example.org") for n in range(50)]
    rows += [row(f"w{n}", domain="example.org") for n in range(5)]
    sources = [{"pipeline": "web"}, {"pipeline": "web-2", "count": 0}]
    found = reasons(rows, sources=sources, domain_cap={"count": 3})
    assert Counter(found.values()) == {"count": 50, KEPT: 3, "domain_cap": 2}


# Recipes that these rows cannot follow


def test_source_that_has_none_of_its_strategies_is_an_error() -> None:
    sources = [{"pipeline": "web", "strategies": ["improve"]}]
    with pytest.raises(RecipeError, match="no rows of strategy improve; known: improved"):
        reasons([row("a")], sources=sources)
    assert select(table([]), Recipe.model_validate({"sources": sources}), {"web": "harvest"})


def test_recipe_that_asks_for_more_than_there_is_raises_or_warns() -> None:
    rows = [row("a"), row("b"), row("c", leaks=["ngram"])]
    sources = [{"method": "harvest", "count": 3}]
    with pytest.raises(RecipeError, match="3 rows are asked of it and 2 are left"):
        reasons(rows, sources=sources)
    selection = select(
        table(rows), Recipe.model_validate({"sources": sources, "shortfall": "warn"})
    )
    assert selection.kept.sum() == 2
    assert any("2 are left" in note for note in selection.notes)


def test_unknown_score_is_named_with_the_known_ones() -> None:
    with pytest.raises(RecipeError, match=r"nobody gives judge\.corect; known scores: judge\.cor"):
        reasons([row("a", {"judge.correct": 1})], filters=[{"score": "judge.corect", "least": 1}])


def test_pipeline_without_rows_is_known_when_it_was_read() -> None:
    recipe = Recipe.model_validate({"sources": [{"pipeline": "web"}, {"pipeline": "web-2"}]})
    with pytest.raises(RecipeError, match="no pipeline web-2; known pipelines: web"):
        select(table([row("a")]), recipe)
    known = {"web": "harvest", "web-2": "harvest"}
    assert [one.taken for one in select(table([row("a")]), recipe, known).taken] == [1, 0]


def test_id_that_comes_twice_and_a_missing_column_are_errors() -> None:
    with pytest.raises(ValueError, match="1 ids have more than one row, such as a"):
        select(table([row("a"), row("a"), row("b")]), Recipe())
    with pytest.raises(ValueError, match="no column origin"):
        select(table([row("a")]).drop_columns(["origin"]), Recipe())


def test_no_rows_are_no_release() -> None:
    selection = select(table([]), Recipe())
    assert not len(selection.reasons)
    assert selection.counts == {}


def test_verdicts_are_a_table_with_reason_and_split_of_every_row() -> None:
    rows = table([row("a"), row("b", leaks=["ngram"]), row("c", split="held_out")])
    verdicts = select(rows, Recipe(), None).verdicts(rows).to_pylist()
    assert verdicts == [
        {"id": "a", "reason": "", "split": "train"},
        {"id": "b", "reason": "leak", "split": "train"},
        {"id": "c", "reason": "", "split": "validation"},
    ]


def test_validation_far_from_its_share_is_noted() -> None:
    rows = table([row(f"a{n}", split_by="one page") for n in range(300)])
    (note,) = select(rows, Recipe()).notes
    assert "validation has 0 of 300 rows, 0.00% where 2.00% were asked for" in note
