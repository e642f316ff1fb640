"""What holds for any rows and recipes: nothing vanishes, order is nothing, change stays small."""

import random
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.selection import KEPT, Selection, select
from gleanery.tasks.release.selection_rows import SCHEMA, SCORE

METHODS = {"web": "harvest", "web-2": "harvest", "mix": "skills", "glan": "taxonomy"}
RECIPES: list[dict[str, Any]] = [
    {},
    {"siblings": {"take": "best", "by": ["judge.correct"]}, "domain_cap": {"count": 3}},
    {"balance": [{"by": "skill", "mode": "uniform"}, {"by": "discipline", "mode": "smooth"}]},
    {"filters": [{"score": "judge.correct", "least": 0.5}], "siblings": {"take": "one"}},
    {
        "sources": [{"method": "harvest", "weight": 2}, {"method": "skills", "weight": 1}],
        "domain_cap": {"share": 0.5},
        "shortfall": "warn",
    },
    {"sources": [{"method": "harvest", "count": 10}], "shortfall": "warn"},
]


def made_rows(count: int, seed: int) -> pa.Table:
    """Return rows of all kinds; the first ones are the same however many there are."""
    rows = []
    for n in range(count):
        chance = random.Random(f"{seed} {n}")
        pipeline = chance.choice(list(METHODS))
        harvest = METHODS[pipeline] == "harvest"
        rows.append(
            {
                "id": f"row {n}",
                "pipeline": pipeline,
                "method": METHODS[pipeline],
                "strategy": "any",
                "origin": f"origin {n // 2}",
                "split_by": f"page {n // 6}",
                "domain": chance.choice("aaaabbcd") if harvest else "",
                "licence": chance.choice(["", "CC BY 4.0"]) if harvest else "",
                "subject": chance.choice(["physics", "physics", "law", "art", ""]),
                "nodes": chance.sample("stuvw", 2),
                "split": "held_out" if chance.random() < 0.03 else "train",
                "question_characters": chance.randrange(5, 500),
                "answer_characters": chance.randrange(5, 500),
                "same_as": [f"row {chance.randrange(n)}"] if n and chance.random() < 0.1 else [],
                "duplicates": ["near"] if chance.random() < 0.1 else [],
                "leaks": ["ngram"] if chance.random() < 0.05 else [],
                "forgotten": chance.random() < 0.02,
                "superseded": chance.random() < 0.02,
                SCORE + "judge.correct": chance.choice([None, 0.0, 0.5, 1.0]),
            }
        )
    score = pa.field(SCORE + "judge.correct", pa.float64())
    return pa.Table.from_pylist(rows, schema=SCHEMA.append(score))


def choose(rows: pa.Table, recipe: dict[str, Any], **changes: Any) -> Selection:
    return select(rows, Recipe.model_validate({**recipe, **changes}), METHODS)


def fates(rows: pa.Table, selection: Selection) -> dict[str, tuple[str, bool]]:
    names = [selection.names[reason] for reason in selection.reasons]
    sides = selection.validation.tolist()
    return dict(zip(rows["id"].to_pylist(), zip(names, sides, strict=True), strict=True))


def kept(rows: pa.Table, selection: Selection) -> set[str]:
    return {name for name, (reason, _) in fates(rows, selection).items() if reason == KEPT}


CASES = (st.integers(0, 120), st.integers(0, 20), st.sampled_from(RECIPES))


@settings(deadline=None, max_examples=40)
@given(*CASES, st.integers(0, 5))
def test_same_rows_in_any_order_and_any_chunks_have_the_same_fates(
    count: int, seed: int, recipe: dict[str, Any], order: int
) -> None:
    rows = made_rows(count, seed)
    shuffled = rows.take(np.random.default_rng(order).permutation(count))
    cut = count // 3
    chunks = [shuffled.slice(0, cut), shuffled.slice(cut).combine_chunks()]
    again = pa.concat_tables(chunks)
    assert fates(again, choose(again, recipe)) == fates(rows, choose(rows, recipe))


@settings(deadline=None, max_examples=40)
@given(*CASES)
def test_nothing_vanishes(count: int, seed: int, recipe: dict[str, Any]) -> None:
    rows = made_rows(count, seed)
    selection = choose(rows, recipe)
    assert len(selection.reasons) == count
    expected = Counter(
        (pipeline, reason)
        for pipeline, (reason, _) in zip(
            rows["pipeline"].to_pylist(), fates(rows, selection).values(), strict=True
        )
    )
    assert selection.counts == expected
    if recipe.get("sources"):
        assert sum(one.taken for one in selection.taken) == selection.kept.sum()


def test_new_rows_move_few_of_the_old_ones() -> None:
    """Two percent more rows: what leaves a capped, balanced and weighted mix are about as many."""
    recipe: dict[str, Any] = {
        "sources": [{"method": "harvest", "weight": 1}, {"method": "skills", "weight": 1}],
        "balance": [{"by": "discipline", "mode": "smooth"}],
        "domain_cap": {"share": 0.3},
        "shortfall": "warn",
    }
    old, new = made_rows(5000, 1), made_rows(5100, 1)
    before, after = kept(old, choose(old, recipe)), kept(new, choose(new, recipe))
    came = {f"row {n}" for n in range(5000, 5100)}
    assert len(before) > 1000
    assert len(before - after) <= 50
    assert len(after - before - came) <= 100


def test_balanced_rows_are_drawn_anew_for_the_mix() -> None:
    """Rows that balance kept of a large group have the first draws: a mix must not use these."""
    rows = [
        {**made_rows(1, 0).to_pylist()[0], "id": f"{subject} {n}", "pipeline": "web"}
        | {"method": "harvest", "subject": subject, "domain": "", "origin": "", "split_by": ""}
        | {"duplicates": [], "leaks": [], "forgotten": False, "same_as": []}
        | {"superseded": False}
        for subject, count in (("physics", 4000), ("law", 200))
        for n in range(count)
    ]
    table = pa.Table.from_pylist(rows, schema=made_rows(0, 0).schema)
    recipe = {
        "balance": [{"by": "discipline", "mode": "cap", "rows": 200}],
        "sources": [{"pipeline": "web", "count": 100}],
    }
    mix = Counter(name.split()[0] for name in kept(table, choose(table, recipe)))
    assert mix.total() == 100
    assert 30 <= mix["law"] <= 70


def test_changed_weight_only_adds_to_one_source_and_takes_from_none_but_the_other() -> None:
    rows = made_rows(3000, 2)
    sources = [{"method": "harvest", "count": 600}, {"method": "skills", "count": 300}]
    before = kept(rows, choose(rows, {"sources": sources}))
    sources[0]["count"] = 700
    after = kept(rows, choose(rows, {"sources": sources}))
    assert before < after
    assert len(after - before) == 100


def test_stricter_filter_moves_no_row_to_the_other_side() -> None:
    rows = made_rows(2000, 3)
    loose = choose(rows, {})
    strict = choose(rows, {"filters": [{"score": "judge.correct", "least": 0.5}]})
    assert loose.validation.tolist() == strict.validation.tolist()
    assert loose.validation.any()


def test_seed_draws_other_rows_of_the_same_mix() -> None:
    rows = made_rows(2000, 4)
    recipe = {"sources": [{"method": "harvest", "count": 300}]}
    one, other = (kept(rows, choose(rows, recipe, seed=seed)) for seed in (0, 1))
    assert len(one) == len(other) == 300
    assert 50 < len(one & other) < 250
