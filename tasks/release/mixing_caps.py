"""The last step of a mix: rows in random order, until a domain is full or a source has given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gleanery.tasks.release.mixing import Mix, mix_sources
from gleanery.tasks.release.mixing_order import places
from gleanery.tasks.release.recipe import Recipe, Source
from gleanery.tasks.seeded import Integers, Words

NO_DOMAIN = -1


@dataclass(frozen=True)
class Mixed:
    """Which rows are in; of the others, which ones stay out because their domain is full."""

    kept: npt.NDArray[np.bool_]
    domain_full: npt.NDArray[np.bool_]
    available: list[int]
    mix: Mix


def mix_rows(
    recipe: Recipe, sources: Sequence[Source], source_of: Integers, domains: Integers, draws: Words
) -> Mixed:
    """Return which rows are in: each has the number of its source and domain, and a random draw.

    Rows of a source are taken in the order of their draws; one whose domain has its fill already
    is left out. What a domain may give as a share follows the rows from the web that are in at the
    end, and these follow it: the largest number of rows is looked for that is not more than this
    share of what is in under it, and one row of each domain may always go in. That there are too
    few domains for a share is a shortfall of the mix.
    """
    order = np.lexsort((draws, source_of))
    web = domains != NO_DOMAIN
    place_in_domain = np.zeros(len(domains), dtype=np.int64)
    place_in_domain[web] = places(domains[web], draws[web])

    def under(cap: int) -> Mixed:
        open_rows = ~web | (place_in_domain < cap)
        available = np.bincount(source_of[open_rows], minlength=len(sources)).tolist()
        mix = mix_sources(sources, available, recipe)
        kept = _first_of_each(open_rows, order, source_of, mix.taken)
        return Mixed(kept, ~open_rows, available, mix)

    cap = int(place_in_domain.max(initial=0)) + 1
    if recipe.domain_cap.count is not None:
        cap = min(cap, recipe.domain_cap.count)
    mixed = under(cap)
    if (share := recipe.domain_cap.share) is not None:

        def is_within(cap: int, mixed: Mixed) -> bool:
            return cap <= share * int(np.count_nonzero(mixed.kept & web)) + 1e-9

        if cap > 1 and not is_within(cap, mixed):
            mixed = _largest_within(cap, under, is_within)
        mixed.mix.shortfalls += _too_few_domains(share, domains[web])
    return mixed


def _largest_within(
    beyond: int, under: Callable[[int], Mixed], is_within: Callable[[int, Mixed], bool]
) -> Mixed:
    """Return the mix under the largest cap that is within its share, below one that is not.

    Halving finds it: the rows that are in grow ever slower with the cap, so that once a cap is
    beyond its share, larger ones are too.
    """
    cap, best = 1, None
    while beyond - cap > 1:
        middle = (cap + beyond) // 2
        mixed = under(middle)
        if is_within(middle, mixed):
            cap, best = middle, mixed
        else:
            beyond = middle
    return best or under(1)


def _first_of_each(
    open_rows: npt.NDArray[np.bool_], order: Integers, source_of: Integers, taken: Sequence[int]
) -> npt.NDArray[np.bool_]:
    """Return the first open rows of each source in that order, as many as it gives."""
    candidates = order[open_rows[order]]
    sizes = np.bincount(source_of[candidates], minlength=len(taken))
    place = np.arange(len(candidates)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    kept = np.zeros(len(order), dtype=np.bool_)
    kept[candidates[place < np.asarray(taken, dtype=np.int64)[source_of[candidates]]]] = True
    return kept


def _too_few_domains(share: float, domains: Integers) -> list[str]:
    there = len(np.unique(domains))
    if not there or share * there >= 1:
        return []
    return [
        f"domain_cap: {there:,} web domains are left, and no mix of them gives each at most "
        f"{share:.2%}: raise the share to {1 / there:.2%} or more, give a count instead, or set "
        "shortfall: warn to take one row of each"
    ]
