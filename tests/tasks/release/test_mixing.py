from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.release.mixing import in_proportion, mix_sources
from gleanery.tasks.release.recipe import Recipe, Source


def weighted(*weights: float | None) -> tuple[Source, ...]:
    return tuple(Source(pipeline=f"p{n}", weight=weight) for n, weight in enumerate(weights))


def test_largest_mix_in_proportion_takes_all_of_the_scarcest_source() -> None:
    mix = mix_sources(weighted(3, 1), [900, 100], Recipe())
    assert mix.taken == [300, 100]
    assert mix.shortfalls == []


def test_weights_are_meant_as_they_are_written() -> None:
    """In binary 0.3 is a hair less than three times 0.1, which would cost a row."""
    assert mix_sources(weighted(0.1, 0.3), [10, 1000], Recipe()).taken == [10, 30]


def test_source_of_weight_0_gives_nothing_and_limits_nothing() -> None:
    assert mix_sources(weighted(0, 2, 1), [5, 50, 50], Recipe()).taken == [0, 50, 25]


def test_sources_with_weights_share_what_the_others_leave_of_the_total() -> None:
    sources = (
        Source(pipeline="a", weight=1),
        Source(pipeline="b", weight=2),
        Source(pipeline="c", count=10),
        Source(method="skills"),
    )
    recipe = Recipe(sources=sources, total=50)
    mix = mix_sources(sources, [100, 100, 100, 4], recipe)
    assert mix.taken == [12, 24, 10, 4]
    assert mix.shortfalls == []


def test_recipe_that_asks_for_more_than_there_is_says_how_many_there_are() -> None:
    mix = mix_sources((Source(pipeline="web", count=20_000),), [1234], Recipe())
    assert mix.taken == [1234]
    (problem,) = mix.shortfalls
    assert "pipeline web: 20,000 rows are asked of it and 1,234 are left" in problem
    assert "ask for 1,234 at most" in problem
    assert "shortfall: warn" in problem


def test_total_beyond_what_there_is_names_the_source_that_lacks_rows() -> None:
    sources = weighted(1, 1)
    mix = mix_sources(sources, [60, 30], Recipe(sources=sources, total=100))
    assert mix.taken == [50, 30]
    (problem,) = mix.shortfalls
    assert "pipeline p1: 50 rows are asked of it and 30 are left" in problem


def test_total_below_what_stands_outside_the_mix_is_named() -> None:
    sources = (Source(pipeline="all"), *weighted(1))
    mix = mix_sources(sources, [60, 30], Recipe(sources=sources, total=40))
    (problem,) = mix.shortfalls
    assert "have 60 rows, more than the total of 40" in problem


def test_weighted_source_without_rows_empties_no_mix_in_silence() -> None:
    mix = mix_sources(weighted(1, 1), [0, 30], Recipe())
    assert mix.taken == [0, 30]
    (problem,) = mix.shortfalls
    assert "pipeline p0: it has a weight, and no row is left" in problem
    assert "give it weight 0" in problem


SOURCES = st.lists(
    st.tuples(st.sampled_from([0.1, 0.25, 0.3, 1, 2, 3, 7]), st.integers(1, 10_000)),
    min_size=1,
    max_size=6,
)


@given(SOURCES)
def test_proportions_hold_within_one_row_and_no_larger_mix_has_them(
    given_sources: list[tuple[float, int]],
) -> None:
    weights = [Fraction(str(weight)) for weight, _ in given_sources]
    available = [there for _, there in given_sources]
    taken = mix_sources(
        weighted(*(weight for weight, _ in given_sources)), available, Recipe()
    ).taken
    assert all(n <= there for n, there in zip(taken, available, strict=True))
    limit = min(there / weight for there, weight in zip(available, weights, strict=True))
    for count, weight in zip(taken, weights, strict=True):
        assert 0 <= limit * weight - count < 1
    assert any(n == there for n, there in zip(taken, available, strict=True))


@given(
    st.lists(st.fractions(0, 100, max_denominator=50), max_size=8),
    st.integers(0, 100_000),
)
def test_quotas_sum_to_the_total_and_are_within_one_of_their_shares(
    weights: list[Fraction], total: int
) -> None:
    quotas = in_proportion(weights, total)
    whole = sum(weights)
    assert sum(quotas) == (total if whole else 0)
    for quota, weight in zip(quotas, weights, strict=True):
        assert not whole or abs(quota - total * weight / whole) < 1
