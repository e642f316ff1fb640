"""How many rows each source gives: counts, weights, and the largest mix in proportion."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from gleanery.tasks.release.recipe import Recipe, Source

_WHAT_TO_DO = "or set shortfall: warn to take what there is"


@dataclass(frozen=True)
class Taken:
    """What a source had after all filters, caps and balance, and what it gave."""

    source: str
    available: int
    taken: int
    weight: float | None = None
    count: int | None = None


@dataclass
class Mix:
    """How many rows each source gives, in the order of the sources; and what it lacks, in words."""

    taken: list[int]
    shortfalls: list[str] = field(default_factory=list)


def mix_sources(sources: Sequence[Source], available: Sequence[int], recipe: Recipe) -> Mix:
    """Return how many of its available rows each source gives. No row is ever taken twice.

    A source with a count gives that, one with neither count nor weight all it has. Sources with
    weights w give rows in these proportions, each within one row: as many as the others leave of
    the recipe's total, or without a total the largest mix, t * w with t the smallest n / w.
    A source that has less than is asked of it gives all, which is a shortfall; in a mix without a
    total, that is a weighted source that has nothing at all.
    """
    mix = Mix([0] * len(sources))
    for place, (source, there) in enumerate(zip(sources, available, strict=True)):
        if source.weight is None:
            wanted = there if source.count is None else source.count
            _take(mix, place, source, wanted, there)
    weighted = [place for place, source in enumerate(sources) if source.weight]
    if recipe.total is not None:
        _share_out(mix, weighted, sources, available, recipe.total)
    else:
        _largest_mix(mix, weighted, sources, available)
    return mix


def _take(mix: Mix, place: int, source: Source, wanted: int, there: int) -> None:
    mix.taken[place] = min(wanted, there)
    if wanted > there:
        mix.shortfalls.append(
            f"{source.label}: {wanted:,} rows are asked of it and {there:,} are left after "
            f"filters, balance and caps: ask for {there:,} at most, loosen one of these, "
            f"{_WHAT_TO_DO}"
        )


def _share_out(
    mix: Mix,
    weighted: Sequence[int],
    sources: Sequence[Source],
    available: Sequence[int],
    total: int,
) -> None:
    others = sum(mix.taken)
    if others > total:
        mix.shortfalls.append(
            f"sources without a weight have {others:,} rows, more than the total of {total:,}: "
            f"give them counts, or raise the total, {_WHAT_TO_DO}"
        )
    quotas = in_proportion(
        [weight_of(sources[place]) for place in weighted], max(0, total - others)
    )
    for place, quota in zip(weighted, quotas, strict=True):
        _take(mix, place, sources[place], quota, available[place])


def _largest_mix(
    mix: Mix, weighted: Sequence[int], sources: Sequence[Source], available: Sequence[int]
) -> None:
    empty = [place for place in weighted if not available[place]]
    for place in empty:
        mix.shortfalls.append(
            f"{sources[place].label}: it has a weight, and no row is left after filters, balance "
            "and caps, so that any mix in these proportions is empty: give it weight 0, loosen one "
            f"of these, {_WHAT_TO_DO}"
        )
    giving = [place for place in weighted if available[place]]
    if giving:
        rows_per_weight = min(available[place] / weight_of(sources[place]) for place in giving)
        for place in giving:
            mix.taken[place] = int(rows_per_weight * weight_of(sources[place]))


def weight_of(source: Source) -> Fraction:
    """Return a source's weight as it is written: 0.3 is three tenths, and three times 0.1."""
    return Fraction(repr(source.weight or 0))


def in_proportion(weights: Sequence[Fraction], total: int) -> list[int]:
    """Return whole numbers that sum to `total` (0 without weights), each within 1 of its share.

    What rounding down leaves goes to the largest remainders, of equal ones to the earlier.
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [total * weight / whole for weight in weights]
    counts = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: counts[place] - exact[place])
    for place in by_remainder[: total - sum(counts)]:
        counts[place] += 1
    return counts
