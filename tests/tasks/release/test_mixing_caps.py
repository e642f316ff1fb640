from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.release.mixing_caps import NO_DOMAIN, Mixed, mix_rows
from gleanery.tasks.release.recipe import DomainCap, Recipe, Source
from gleanery.tasks.seeded import draw, key

WEB, SKILLS = 0, 1


def mixed(
    recipe: Recipe, sources: tuple[Source, ...], source_of: list[int], domains: list[int]
) -> Mixed:
    draws = draw(key("test"), np.arange(len(domains)))
    return mix_rows(recipe, sources, np.array(source_of, int), np.array(domains, int), draws)


def test_no_domain_gives_more_than_its_count_and_syntheses_have_no_cap() -> None:
    domains = [0] * 50 + [1] * 3 + [NO_DOMAIN] * 40
    result = mixed(
        Recipe(domain_cap=DomainCap(count=5)),
        (Source(pipeline="web"), Source(pipeline="skills")),
        [WEB] * 53 + [SKILLS] * 40,
        domains,
    )
    assert Counter(np.array(domains)[result.kept].tolist()) == {0: 5, 1: 3, NO_DOMAIN: 40}
    assert np.count_nonzero(result.domain_full) == 45
    assert result.available == [8, 40]


def test_share_is_of_what_is_in_at_the_end() -> None:
    """With 10 domains of 10 rows, a domain of 500 may give 100 rows of 200: half."""
    domains = [0] * 500 + [1 + n % 10 for n in range(100)]
    recipe = Recipe(domain_cap=DomainCap(share=0.5))
    result = mixed(recipe, (Source(pipeline="web"),), [WEB] * 600, domains)
    counts = Counter(np.array(domains)[result.kept].tolist())
    assert counts[0] == 100
    assert sum(counts.values()) == 200


def test_share_holds_in_a_mix_that_takes_few_of_the_rows() -> None:
    sources = (Source(pipeline="web", count=100), Source(pipeline="skills", count=10))
    domains = [0] * 5000 + [1 + n % 50 for n in range(500)] + [NO_DOMAIN] * 500
    recipe = Recipe(sources=sources, domain_cap=DomainCap(share=0.2))
    result = mixed(recipe, sources, [WEB] * 5500 + [SKILLS] * 500, domains)
    counts = Counter(np.array(domains)[result.kept].tolist())
    assert counts.pop(NO_DOMAIN) == 10
    assert sum(counts.values()) == 100
    assert max(counts.values()) == 20


def test_share_that_no_mix_of_so_few_domains_has_is_named() -> None:
    recipe = Recipe(domain_cap=DomainCap(share=0.1))
    result = mixed(recipe, (Source(pipeline="web"),), [WEB] * 40, [n % 4 for n in range(40)])
    (problem,) = result.mix.shortfalls
    assert "4 web domains are left" in problem
    assert "raise the share to 25.00% or more" in problem


def test_share_that_leaves_little_of_large_domains_is_found_at_once() -> None:
    """With 49 large domains and one of 10 rows, 2 % is 10 rows of 500: far below all others."""
    domains = [n % 49 for n in range(49 * 2000)] + [49] * 10
    recipe = Recipe(domain_cap=DomainCap(share=0.02))
    result = mixed(recipe, (Source(pipeline="web"),), [WEB] * len(domains), domains)
    counts = Counter(np.array(domains)[result.kept].tolist())
    assert set(counts.values()) == {10}
    assert len(counts) == 50


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(-1, 6)), max_size=150),
    st.sampled_from([None, 1, 3, 10]),
    st.sampled_from([None, 0.2, 0.34, 0.5]),
    st.sampled_from([(1.0, 1.0), (1.0, 4.0), (None, None)]),
)
def test_caps_hold_and_every_row_is_in_or_has_a_reason(
    rows: list[tuple[int, int]],
    count: int | None,
    share: float | None,
    weights: tuple[float | None, float | None],
) -> None:
    sources = tuple(Source(pipeline=f"p{n}", weight=weight) for n, weight in enumerate(weights))
    recipe = Recipe(domain_cap=DomainCap(count=count, share=share))
    domains = np.array([domain for _, domain in rows], dtype=int)
    source_of = [source for source, _ in rows]
    result = mixed(recipe, sources, source_of, domains.tolist())
    taken = Counter(np.array(source_of, dtype=int)[result.kept].tolist())
    assert [taken[0], taken[1]] == result.mix.taken
    assert not np.any(result.kept & result.domain_full)
    counts = Counter(domains[result.kept & (domains != NO_DOMAIN)].tolist())
    for number in counts.values():
        assert count is None or number <= count
        assert share is None or number <= max(1, share * sum(counts.values()) + 1e-9)
