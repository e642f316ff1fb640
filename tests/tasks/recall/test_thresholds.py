"""The threshold is the lowest one that meets the target, measured on sites kept out of training."""

import random

import pytest

from gleanery.tasks.recall.threshold_curve import draw_threshold_curve
from gleanery.tasks.recall.thresholds import (
    ScoredPage,
    ThresholdConfig,
    evaluate,
    is_held_out,
    wilson_interval,
)


def _page(score: float, positive: bool, site: str = "a") -> ScoredPage:
    return ScoredPage(score=score, positive=positive, site=site)


def _noisy_pages(count: int) -> list[ScoredPage]:
    draw = random.Random(0)
    pages = []
    for number in range(count):
        positive = number % 4 == 0
        score = min(1.0, max(0.0, draw.gauss(0.7 if positive else 0.3, 0.15)))
        pages.append(_page(score, positive, f"site{number % 40}"))
    return pages


def _target(precision: float, expected_share: float = 0.0) -> ThresholdConfig:
    return ThresholdConfig(
        target_precision=precision, expected_share=expected_share, most_others_kept=1.0
    )


def test_the_threshold_is_the_lowest_that_meets_the_target() -> None:
    pages = [_page(0.9, True), _page(0.8, True), _page(0.7, False), _page(0.6, True)]
    pages += [_page(0.5, False), _page(0.1, False)]
    assert evaluate(pages, _target(0.9)).threshold == 0.8
    assert evaluate(pages, _target(0.75)).threshold == 0.6


def test_precision_and_recall_are_those_of_the_kept_pages() -> None:
    pages = _noisy_pages(2000)
    found = evaluate(pages, _target(0.9))
    kept = [page for page in pages if page.score >= found.threshold]
    right = sum(page.positive for page in kept)
    assert found.precision.value == pytest.approx(right / len(kept))
    assert found.precision.value >= 0.9
    assert found.recall.value == pytest.approx(right / 500)
    assert found.kept_others.value == pytest.approx((len(kept) - right) / 1500)
    assert found.precision.low < found.precision.value < found.precision.high


def test_a_rarer_positive_needs_a_higher_threshold() -> None:
    pages = _noisy_pages(2000)
    balanced = evaluate(pages, _target(0.8))
    rare = evaluate(pages, _target(0.8, 0.02))
    assert rare.threshold > balanced.threshold


def test_a_target_out_of_reach_is_said_to_be_missed() -> None:
    pages = [_page(0.9, False), _page(0.8, True), _page(0.7, False), _page(0.6, True)]
    found = evaluate(pages, _target(0.95))
    assert not found.meets_target
    assert found.precision.value == pytest.approx(0.5)


def test_no_more_other_pages_are_kept_than_allowed() -> None:
    pages = _noisy_pages(2000)
    loose = evaluate(pages, _target(0.5))
    strict = evaluate(pages, ThresholdConfig(target_precision=0.5, most_others_kept=0.02))
    assert loose.kept_others.value > 0.02
    assert 0.015 < strict.kept_others.value <= 0.02
    assert strict.threshold > loose.threshold


def test_pages_of_one_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="1 positives and 0 negatives"):
        evaluate([_page(0.5, True)], ThresholdConfig())


def test_correlated_pages_of_few_sites_widen_the_interval() -> None:
    spread = [_page(0.9 if n % 10 else 0.1, True, f"s{n}") for n in range(200)]
    spread += [_page(0.2, False, f"s{n}") for n in range(200)]
    lumped = [_page(0.9 if n % 10 else 0.1, True, f"s{n % 10}") for n in range(200)]
    lumped += [_page(0.2, False, f"s{n % 10}") for n in range(200)]
    wide = evaluate(lumped, _target(0.9)).recall
    narrow = evaluate(spread, _target(0.9)).recall
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_wilson_interval_agrees_with_published_values() -> None:
    # Brown, Cai and DasGupta (2001): the interval for 0 of 10 and for 8 of 10 at 95 %
    assert wilson_interval(0, 10).high == pytest.approx(0.2775, abs=1e-4)
    interval = wilson_interval(8, 10)
    assert (interval.low, interval.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert (wilson_interval(0, 0).low, wilson_interval(0, 0).high) == (0.0, 1.0)


def test_a_site_is_held_out_as_a_whole_and_the_share_is_met() -> None:
    sites = [f"site{number}.org" for number in range(5000)]
    held_out = [site for site in sites if is_held_out(site, 0.2)]
    assert len(held_out) == pytest.approx(1000, rel=0.1)
    assert held_out == [site for site in sites if is_held_out(site, 0.2)]


def test_the_curve_is_drawn_as_a_png() -> None:
    picture = draw_threshold_curve(evaluate(_noisy_pages(400), ThresholdConfig()))
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 5000
