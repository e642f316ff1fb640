"""The last step of a mix: rows in random order, until a domain is full or a source has given."""

from collections.abc import Sequence
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
    is left out. A cap that is a share follows the rows from the web that are in at the end: the
    cap that all web rows would give is lowered until it holds for what is left under it. The result
    is the largest such cap, with at least one row of each domain. That there are too few domains
    for the share is a shortfall of the mix.
    """
    order = np.lexsort((draws, source_of))
    web = domains != NO_DOMAIN
    place_in_domain = np.zeros(len(domains), dtype=np.int64)
    place_in_domain[web] = places(domains[web], draws[web])
    cap = recipe.domain_cap.count or len(domains)
    while True:
        open_rows = ~web | (place_in_domain < cap)
        available = np.bincount(source_of[open_rows], minlength=len(sources)).tolist()
        mix = mix_sources(sources, available, recipe)
        kept = _first_of_each(open_rows, order, source_of, mix.taken)
        if recipe.domain_cap.share is None:
            break
        lower = max(1, int(recipe.domain_cap.share * np.count_nonzero(kept & web) + 1e-9))
        if lower >= cap:
            break
        cap = lower
    mix.shortfalls += _too_few_domains(recipe, domains[web])
    return Mixed(kept, ~open_rows, available, mix)


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


def _too_few_domains(recipe: Recipe, domains: Integers) -> list[str]:
    share, there = recipe.domain_cap.share, len(np.unique(domains))
    if share is None or not there or share * there >= 1:
        return []
    return [
        f"domain_cap: {there:,} web domains are left, and no mix of them gives each at most "
        f"{share:.2%}: raise the share to {1 / there:.2%} or more, give a count instead, or set "
        "shortfall: warn to take one row of each"
    ]
