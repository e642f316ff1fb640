"""Eligibility: what a recipe refuses whatever else is decided, before rows are held to each other.

Of rows that say the same one stays, and it must be one that can be in the release: not an old text
of a page, not a leak, not of a licence or source that the recipe leaves out, not forgotten. So it
is with scores that are known by then. Others come later: a row that stays may still fall below the
threshold of a judge's.
"""

import time
from collections.abc import Mapping, Sequence

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.row_search import read_columns
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowSpool
from gleanery.tasks.dataset_records import Ineligible
from gleanery.tasks.release.forgotten import FORGOTTEN
from gleanery.tasks.release.forgotten_pages import forgotten_now
from gleanery.tasks.release.forgotten_rows import forgotten_rows
from gleanery.tasks.release.newest_pages import NewestPages
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.recipe_bounds import ScoreFilter
from gleanery.tasks.release.selection import refused
from gleanery.tasks.release.selection_gathered import part_table
from gleanery.tasks.release.selection_part import Curated, forgotten_digest, read_verdicts
from gleanery.tasks.release.stages import ELIGIBILITY

VERSION = 2  # white space around a text counts as none of its characters


def find_ineligible(
    parts: Parts,
    part: str,
    curated: Curated,
    recipe: Recipe,
    pipelines: Mapping[str, str],
    sources: Sequence[Store],
    but: Sequence[str] = (),
    scorers: Sequence[str] = (),
) -> tuple[Receipt, bool]:
    """Return the receipt of the rows that cannot be in the release, and whether it stood already.

    `curated` is what is known so far. Rows that are out for one of the reasons in `but` alone are
    not among them: a copy of a forgotten page is only known as one if that page is compared.
    With `scorers`, whose scores are among what is known, the recipe's filters on their scores count
    too, and those on scores that rows were made with; filters on others do not.
    """
    started = time.monotonic()
    forgotten = forgotten_now(parts.store, sources)
    looked_at = recipe.model_copy(update={"filters": _filters_on(scorers, recipe, pipelines)})
    plan = Plan(
        stage=ELIGIBILITY,
        version=VERSION,
        part=part,
        inputs=curated.inputs,
        decides={
            "recipe": looked_at.model_dump(mode="json", exclude=_NOT_LOOKED_AT),
            FORGOTTEN: forgotten_digest(forgotten),
            "but": list(but),
        },
    )
    newest = parts.newest(ELIGIBILITY, part)
    if newest and newest.key == plan.key:
        return newest, True
    left_out = forgotten_rows(parts.store, curated.candidates, curated.duplicates, forgotten)
    pages = NewestPages(parts.store, curated.candidates)
    verdicts = read_verdicts(parts, curated, left_out, pages)
    scores = curated.scores if looked_at.filters else ()
    with RowSpool(Ineligible) as rows, RowSpool(Loss) as losses:
        for receipt in curated.candidates:
            table, _ = part_table(parts, receipt, scores, verdicts, looked_at.scores_named)
            ids = read_columns(parts.store, receipt.data, ("id", "document_id")).to_pylist()
            for row, reason in zip(ids, refused(table, looked_at, pipelines), strict=True):
                if reason and reason not in but:
                    rows.append(Ineligible(**row, reason=reason))
        rows_in = sum(receipt.rows_out for receipt in curated.candidates)
        outcome = Outcome[Ineligible]([], [], [], rows_in)
        return parts.commit_spooled(plan, outcome, rows, losses, started, newest), False


def _filters_on(
    scorers: Sequence[str], recipe: Recipe, pipelines: Mapping[str, str]
) -> tuple[ScoreFilter, ...]:
    """Return the filters on scores of these scorers or of the methods; none without scorers."""
    known = tuple(f"{scorer}." for scorer in (*scorers, *pipelines.values())) if scorers else ()
    return tuple(one for one in recipe.filters if one.score.startswith(known))


# What of a recipe says how many rows go in, not which ones may.
_NOT_LOOKED_AT = {
    "seed",
    "siblings",
    "domain_cap",
    "balance",
    "total",
    "shortfall",
    "validation",
}
