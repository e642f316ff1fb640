"""The rules that look at one row at a time, or at the versions of one original."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gleanery.tasks.release.licences import UNKNOWN, canonical_licence, labels_of
from gleanery.tasks.release.mixing_balance import NO_GROUP, rarest_group
from gleanery.tasks.release.mixing_order import places
from gleanery.tasks.release.recipe import DUPLICATE_KINDS, LicenceFilter, Recipe, Source
from gleanery.tasks.release.recipe_balance import Grouping
from gleanery.tasks.release.recipe_bounds import ScoreFilter
from gleanery.tasks.release.selection_seen import NO_SOURCE, Seen
from gleanery.tasks.release.selection_verdicts import (
    NO_SCORE,
    SCORE_ABOVE,
    SCORE_BELOW,
    Verdicts,
)
from gleanery.tasks.seeded import Integers, Words


def refuse(
    seen: Seen, recipe: Recipe, sources: Sequence[Source], source_of: Integers, verdicts: Verdicts
) -> None:
    """Give a reason to each row that a rule about single rows refuses."""
    verdicts.refuse(seen.flags("forgotten"), "forgotten")
    verdicts.refuse(seen.flags("superseded"), "superseded")
    verdicts.refuse(source_of == NO_SOURCE, "not_in_recipe")
    for number, source in enumerate(sources):
        if source.strategies:
            others = ~seen.texts("strategy").among(source.strategies)
            verdicts.refuse((source_of == number) & others, "strategy")
    duplicates = seen.lists("duplicates")
    for kind in DUPLICATE_KINDS:
        if kind in recipe.remove_duplicates:
            verdicts.refuse(duplicates.have((kind,)), f"duplicate_{kind}")
    verdicts.refuse(seen.lists("leaks").have(recipe.remove_leaks), "leak")
    verdicts.refuse(_not_licensed(seen, recipe.licences), "licence")
    for characters, between in (
        (seen.numbers("question_characters"), recipe.lengths.question),
        (seen.numbers("answer_characters"), recipe.lengths.answer),
    ):
        verdicts.refuse(characters < between.least, "too_short")
        if between.most is not None:
            verdicts.refuse(characters > between.most, "too_long")
    for one in recipe.filters:
        _refuse_by_score(seen, one, verdicts)


def _not_licensed(seen: Seen, wanted: LicenceFilter) -> npt.NDArray[np.bool_]:
    """Return which rows have a licence that may not go in.

    Each licence is looked at once. A row that was not taken from a page has no licence to have.
    """
    refused = [_is_refused(text, wanted) for text in seen.texts("licence").texts.to_pylist()]
    concerned = seen.texts("method").equal("harvest") | ~seen.texts("licence").equal("")
    return seen.texts("licence").where(np.array(refused, dtype=np.bool_)) & concerned


def _is_refused(text: str, wanted: LicenceFilter) -> bool:
    labels = labels_of(canonical_licence(text))
    if UNKNOWN in labels and wanted.unknown != "as_listed":
        return wanted.unknown == "drop"
    return bool(labels & {*wanted.deny}) or bool(wanted.allow and not labels & {*wanted.allow})


def _refuse_by_score(seen: Seen, one: ScoreFilter, verdicts: Verdicts) -> None:
    values = seen.score(one.score)
    if one.missing == "drop":
        verdicts.refuse(np.isnan(values), f"{NO_SCORE}:{one.score}")
    if one.least is not None:
        verdicts.refuse(values < one.least, f"{SCORE_BELOW}:{one.score}")
    if one.most is not None:
        verdicts.refuse(values > one.most, f"{SCORE_ABOVE}:{one.score}")


def best_siblings(
    origins: Words,
    alone: npt.NDArray[np.bool_],
    scores: Sequence[npt.NDArray[np.float64]],
    draws: Words,
) -> npt.NDArray[np.bool_]:
    """Return which rows are the best of their origin, and all that have no origin (`alone`).

    The first score decides, then the next, then the draw; no score is less than any.
    """
    ranked = [-np.nan_to_num(score, nan=-np.inf) for score in scores]
    order = np.lexsort((draws, *reversed(ranked)))
    rank = np.empty(len(order), dtype=np.uint64)
    rank[order] = np.arange(len(order), dtype=np.uint64)
    first: npt.NDArray[np.bool_] = places(origins, rank) == 0
    return alone | first


def groups_by(seen: Seen, by: Grouping) -> Integers:
    """Return the number of each row's group, `NO_GROUP` for rows that have none of this kind."""
    if by == "skill":
        skills = seen.texts("method").equal("skills")
        nodes, rows = seen.key_lists("nodes")
        here = skills[rows]
        names, codes = np.unique(nodes[here], return_inverse=True)
        return rarest_group(codes, rows[here], len(skills), names)
    if by == "domain":
        return seen.numbered("domain", ~seen.texts("domain").equal(""), NO_GROUP)
    methods = ("skills",) if by == "query_type" else ("harvest", "taxonomy")
    grouped = seen.texts("method").among(methods) & ~seen.texts("subject").equal("")
    return seen.numbered("subject", grouped, NO_GROUP)
