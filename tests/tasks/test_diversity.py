"""Diversity: every number falls where texts repeat, and sizes do not decide a comparison."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.tasks.diversity import (
    Diversity,
    DiversityConfig,
    compare_diversity,
    measure_diversity,
)
from gleanery.tasks.diversity_cosines import Embedder, Vectors, embedded_cosines, measure_spread
from gleanery.tasks.diversity_words import Openings, Runs, words_of


@pytest.fixture(scope="module")
def sums(shared_data: Path) -> list[str]:
    """Return 3,000 exercises that people wrote."""
    with (shared_data / "benchmarks" / "gsm8k_train.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line)["question"] for line in islice(lines, 3000)]


def measured(diversity: Diversity | None) -> tuple[Openings, Runs]:
    assert diversity
    assert diversity.openings
    assert diversity.runs
    return diversity.openings, diversity.runs


# What repeats


def test_texts_that_come_again_are_less_diverse_by_every_number(sums: list[str]) -> None:
    fresh, repeated = compare_diversity({"fresh": sums[:400], "repeated": sums[:40] * 10})
    assert fresh.diversity
    assert repeated.diversity
    one, other = fresh.diversity, repeated.diversity
    (openings, runs), (their_openings, their_runs) = measured(one), measured(other)
    assert openings.distinct > 0.9
    assert their_openings.distinct <= 0.1
    for name in ("distinct_1", "distinct_2", "distinct_3"):
        gap = getattr(runs, name).value - getattr(their_runs, name).value
        assert gap > 3 * getattr(runs, name).deviation
    assert their_runs.compression.value > 2 * runs.compression.value
    assert one.spread
    assert other.spread
    assert one.spread.distance > other.spread.distance
    assert one.spread.nearest > 0.5 > other.spread.nearest == 0
    assert one.spread.vendi > 5 * other.spread.vendi
    assert other.spread.vendi <= 40


def test_near_copies_show_in_the_nearest_where_the_mean_hides_them(sums: list[str]) -> None:
    copies = [text for text in sums[:200] for text in (text, text.replace(" the ", " this ", 1))]
    fresh, copied = compare_diversity({"fresh": sums[:400], "copied": copies})
    assert fresh.diversity
    assert copied.diversity
    one, other = fresh.diversity.spread, copied.diversity.spread
    assert one
    assert other
    assert one.distance - other.distance < 0.02
    assert one.nearest - other.nearest > 0.5
    assert one.vendi > 1.5 * other.vendi


def test_common_openings_are_counted_and_single_ones_left_out() -> None:
    texts = ["I am a cook and need help", "I AM  a cook, too", "Once upon a time", "Why is this so"]
    openings, _ = measured(measure_diversity(texts))
    assert openings.distinct == 0.75
    assert [(opening.words, opening.texts) for opening in openings.common] == [("i am a cook", 2)]


# What sizes decide


def test_runs_of_words_compare_between_many_texts_and_few(sums: list[str]) -> None:
    config = DiversityConfig(words=3000, pairwise=10)
    _, few = measured(measure_diversity(sums[:300], config))
    _, many = measured(measure_diversity(sums, config))
    _, longer = measured(measure_diversity(sums, DiversityConfig(words=40_000, pairwise=10)))
    for name in ("distinct_1", "distinct_2", "distinct_3"):
        assert getattr(few, name).value == pytest.approx(getattr(many, name).value, abs=0.03)
    assert longer.distinct_2.value < many.distinct_2.value - 0.2


def test_groups_of_unequal_size_are_measured_in_equal_samples(sums: list[str]) -> None:
    groups = {
        "few": sums[:100],
        "many": sums[100:],
        "long": [f"{s} {t}" for s in sums[:9] for t in sums[:40]],
    }
    found = compare_diversity(groups)
    assert [group.texts for group in found] == [100, 2900, 360]
    told = [group.diversity for group in found if group.diversity]
    assert [diversity.texts for diversity in told] == [100] * 3
    assert len({measured(diversity)[1].words for diversity in told}) == 1
    few, many, _ = told
    assert measured(few)[1].distinct_2.value == pytest.approx(
        measured(many)[1].distinct_2.value, abs=0.05
    )
    assert few.spread
    assert many.spread
    assert few.spread.vendi == pytest.approx(many.spread.vendi, rel=0.1)


def test_a_group_of_too_few_texts_is_listed_and_shrinks_no_other(sums: list[str]) -> None:
    few, many = compare_diversity({"few": sums[:9], "many": sums[9:59]})
    assert (few.texts, few.diversity) == (9, None)
    assert many.diversity
    assert many.diversity.texts == 50


def test_subsamples_differ_so_that_their_deviation_says_something(sums: list[str]) -> None:
    [group] = compare_diversity({"all": sums[:50]})
    assert measured(group.diversity)[1].distinct_2.deviation > 0


# Edges


@pytest.mark.parametrize("texts", [[], ["one"], ["", "  "], ["…", "?!"], ["a b", ""]])
def test_next_to_nothing_is_measured_without_error(texts: list[str]) -> None:
    found = measure_diversity(texts)
    assert found.texts == len(texts)
    assert (found.runs is None) == (not any(map(str.isalnum, "".join(texts))))
    assert (found.spread is None) == (len(texts) < 2)
    assert compare_diversity({"x": texts}, DiversityConfig(least_texts=2))[0].texts == len(texts)


def test_no_group_gives_an_empty_comparison() -> None:
    assert compare_diversity({}) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's 3.5 km—isn’t it?", ["it's", "3", "5", "km", "isn’t", "it"]),
        ("snake_case _x_", ["snake", "case", "x"]),
        ("写一首诗 in English", ["写", "一", "首", "诗", "in", "english"]),
        ("हिन्दी में लिखो।", ["हिन्दी", "में", "लिखो"]),
        ("café naïve ÜBER", ["café", "naïve", "über"]),
        ("اكتبْ نصًّا", ["اكتبْ", "نصًّا"]),
    ],
)
def test_words_are_whole_in_every_script(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=8))
def test_any_texts_give_shares_between_none_and_all(texts: list[str]) -> None:
    found = measure_diversity(texts, DiversityConfig(subsamples=2))
    if found.runs:
        for share in (found.runs.distinct_1, found.runs.distinct_2, found.runs.distinct_3):
            assert 0 < share.value <= 1
    if found.spread:
        assert 0 <= found.spread.nearest <= found.spread.distance <= 1
        assert 1 <= found.spread.vendi <= len(texts) + 0.01


def test_another_process_measures_the_same(shared_data: Path, sums: list[str]) -> None:
    path = str(shared_data / "benchmarks" / "gsm8k_train.jsonl")
    program = (
        "import json; from gleanery.tasks.diversity import measure_diversity\n"
        f"lines = open({path!r}, encoding='utf-8')\n"
        "texts = [json.loads(line)['question'] for line in lines][:300]\n"
        "print(measure_diversity(texts).model_dump_json())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Diversity.model_validate_json(done.stdout) == measure_diversity(sums[:300])


# Vectors


def test_vendi_score_counts_what_is_different() -> None:
    def vendi(rows: Sequence[Sequence[float]]) -> float:
        spread = measure_spread(embedded_cosines(np.array(rows, dtype=np.float32)), "any")
        assert spread
        return spread.vendi

    assert vendi([[1, 0, 0], [0, 1, 0], [0, 0, 1]]) == 3
    assert vendi([[1, 0, 0]] * 3) == 1
    assert vendi([[1, 0], [1, 0], [0, 1], [0, 1]]) == 2


def test_embedding_model_is_used_where_there_is_one_and_sees_no_blank_text() -> None:
    seen: list[str] = []

    def embed(texts: Sequence[str]) -> Vectors:
        seen.extend(texts)
        return np.array([[1, 0] if "cat" in text else [0, 1] for text in texts], dtype=np.float32)

    texts = ["a cat", "the cat", "no dog", " "]
    spread = measure_diversity(texts, embedder=Embedder("some-model", embed)).spread
    assert spread
    assert sorted(seen) == ["a cat", "no dog", "the cat"]
    assert (spread.vectors, spread.compared) == ("some-model", 3)
    assert spread.distance == pytest.approx(2 / 3, abs=1e-4)
    assert spread.nearest == pytest.approx(1 / 3, abs=1e-4)


def test_no_more_texts_are_compared_two_by_two_than_configured(sums: list[str]) -> None:
    spread = measure_diversity(sums, DiversityConfig(pairwise=50, words=1000)).spread
    assert spread
    assert spread.compared == 50
