"""Which candidates are in a release, and the reason of every other one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.tasks.id_keys import IdSet
from gleanery.tasks.release.mixing import Taken
from gleanery.tasks.release.mixing_balance import balanced
from gleanery.tasks.release.mixing_caps import NO_DOMAIN, Mixed, mix_rows
from gleanery.tasks.release.recipe import Recipe, Source
from gleanery.tasks.release.recipe_check import RecipeError, check_names, check_strategies
from gleanery.tasks.release.selection_columns import NO_TEXT
from gleanery.tasks.release.selection_rules import best_siblings, groups_by, refuse
from gleanery.tasks.release.selection_seen import Seen
from gleanery.tasks.release.selection_verdicts import KEPT, Verdicts
from gleanery.tasks.release.splits import Flags, split_rows
from gleanery.tasks.release.trained_rows import NOT_TRAINED, Trained, rows_digest
from gleanery.tasks.seeded import Integers, Words, draw, key

__all__ = ["KEPT", "Selection", "select"]


@dataclass(frozen=True)
class Selection:
    """The verdict on each row, in the order in which the rows were given.

    `reasons` holds for each row the position of its reason in `names`; position 0 is `KEPT`.
    `validation` says which rows are for validation; it is set for rows that are out, too: which
    side a row is on does not depend on whether it is in. `counts` has the rows by pipeline and
    reason, `KEPT` too; `taken` what each source gave; `notes` are warnings for whoever reads the
    release. `trains` names the rows that are in for training (`trained_rows.rows_digest`).
    """

    reasons: npt.NDArray[np.int16]
    names: tuple[str, ...]
    validation: npt.NDArray[np.bool_]
    counts: dict[tuple[str, str], int]
    taken: tuple[Taken, ...]
    notes: tuple[str, ...]
    trains: str

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """Which rows are in."""
        kept: npt.NDArray[np.bool_] = self.reasons == 0
        return kept

    def verdicts(self, rows: pa.Table) -> pa.Table:
        """Return the rows' ids with `reason` (`KEPT` for what is in) and `split`, as a table."""
        sides = pa.array(["train", "validation"])
        return pa.table(
            {
                "id": rows["id"],
                "reason": pa.DictionaryArray.from_arrays(
                    pa.array(self.reasons), pa.array(self.names)
                ),
                "split": pa.DictionaryArray.from_arrays(
                    pa.array(self.validation.astype(np.int8)), sides
                ),
            }
        )


def select(
    rows: pa.Table,
    recipe: Recipe,
    pipelines: Mapping[str, str] | None = None,
    scores: Collection[str] | None = None,
    trained: Trained = NOT_TRAINED,
) -> Selection:
    """Return the verdict on each row of a table of `selection_rows.SCHEMA` and score columns.

    The table may also be a compact one (`selection_rows.COMPACT`). `pipelines` are those that were
    read, with the method of each; without them, those that have rows are known. `scores` are the
    names of all scores that anybody gave, if the table has only columns of those that the recipe
    looks at. What is `trained` on already stays in training. Each row's fate follows its id, the
    seeds, the other rows and what is trained on, not their order. Raises
    `RecipeError` when the recipe asks for something that these rows do not have.
    """
    seen = Seen(rows)
    check_names(
        recipe,
        pipelines or seen.methods_of_pipelines(),
        seen.scores() if scores is None else scores,
    )
    sources = recipe.sources or tuple(Source(pipeline=name) for name in seen.methods_of_pipelines())
    source_of = seen.source_of(sources)
    notes = check_strategies(recipe, seen.strategies(sources, source_of))
    # First, for it needs much memory and nothing of what follows.
    sides = split_rows(rows, recipe.validation, trained.ids)
    verdicts = Verdicts(len(rows))
    refuse(seen, recipe, sources, source_of, verdicts)
    ids = seen.keys("id")
    if recipe.siblings.take != "all":
        _leave_siblings(seen, recipe, ids, verdicts)
    for number, balance in enumerate(recipe.balance):
        draws = draw(key("balance", number, recipe.seed), ids)
        left = verdicts.open_rows()
        stays = balanced(balance, source_of[left], groups_by(seen, balance.by)[left], draws[left])
        verdicts.refuse_at(left[~stays], "balance")
    mixed = _mix(seen, recipe, sources, source_of, ids, verdicts)
    if mixed.mix.shortfalls and recipe.shortfall == "error":
        raise RecipeError([f"  {problem}" for problem in mixed.mix.shortfalls])
    kept = verdicts.reasons == 0
    return Selection(
        reasons=verdicts.reasons,
        names=tuple(verdicts.names),
        validation=sides.validation,
        counts=verdicts.counts(seen.texts("pipeline")),
        taken=_taken(sources, mixed),
        notes=(
            *notes,
            *mixed.mix.shortfalls,
            *_notes_on_training(int(sides.kept_in_training[kept].sum()), trained.version),
            *_notes_on_validation(recipe, sides.validation[kept]),
        ),
        trains=rows_digest(IdSet.of(ids[kept & ~sides.validation])),
    )


def refused(
    rows: pa.Table, recipe: Recipe, pipelines: Mapping[str, str] | None = None
) -> list[str]:
    """Return for each row why it cannot go in, whichever other rows there are; `KEPT` if it can."""
    seen = Seen(rows)
    sources = recipe.sources or tuple(
        Source(pipeline=name) for name in pipelines or seen.methods_of_pipelines()
    )
    verdicts = Verdicts(len(rows))
    refuse(seen, recipe, sources, seen.source_of(sources), verdicts)
    return [verdicts.names[reason] for reason in verdicts.reasons.tolist()]


def _leave_siblings(seen: Seen, recipe: Recipe, ids: Words, verdicts: Verdicts) -> None:
    draws = draw(key("siblings", recipe.seed), ids)
    left = verdicts.open_rows()
    by = recipe.siblings.by if recipe.siblings.take == "best" else ()
    stays = best_siblings(
        seen.keys("origin")[left],
        seen.keys("origin")[left] == NO_TEXT,
        [seen.score(name)[left] for name in by],
        draws[left],
    )
    verdicts.refuse_at(left[~stays], "sibling")


def _mix(
    seen: Seen,
    recipe: Recipe,
    sources: Sequence[Source],
    source_of: Integers,
    ids: Words,
    verdicts: Verdicts,
) -> Mixed:
    """Refuse what the domain cap and the mix leave out; return the mix."""
    counted = np.array([one.count is not None for one in sources], dtype=np.bool_)
    nothing = [n for n, one in enumerate(sources) if one.weight == 0 or one.count == 0]
    left = verdicts.open_rows()
    # They are no part of the mix: not even a place below a domain's cap is theirs.
    _refuse_surplus(verdicts, left[np.isin(source_of[left], nothing)], source_of, counted)
    left = verdicts.open_rows()
    domains = seen.numbered("domain", ~seen.texts("domain").equal(""), NO_DOMAIN)[left]
    draws = draw(key("mix", recipe.seed), ids)[left]
    mixed = mix_rows(recipe, sources, source_of[left], domains, draws)
    verdicts.refuse_at(left[mixed.domain_full], "domain_cap")
    _refuse_surplus(verdicts, left[~mixed.kept & ~mixed.domain_full], source_of, counted)
    return mixed


def _refuse_surplus(
    verdicts: Verdicts, places: Integers, source_of: Integers, counted: npt.NDArray[np.bool_]
) -> None:
    by_count = counted[source_of[places]]
    verdicts.refuse_at(places[by_count], "count")
    verdicts.refuse_at(places[~by_count], "weight")


def _taken(sources: Sequence[Source], mixed: Mixed) -> tuple[Taken, ...]:
    return tuple(
        Taken(source.label, available, taken, source.weight, source.count)
        for source, available, taken in zip(sources, mixed.available, mixed.mix.taken, strict=True)
    )


def _notes_on_training(rows: int, version: str) -> list[str]:
    return [f"{rows:,} rows stay in training, where release {version} had them"] if rows else []


def _notes_on_validation(recipe: Recipe, validates: Flags) -> list[str]:
    share = float(validates.mean()) if len(validates) else 0.0
    wanted = recipe.validation.share
    if not len(validates) or wanted / 2 <= share <= max(2 * wanted, wanted + 0.01):
        return []
    return [
        f"validation has {validates.sum():,} of {len(validates):,} rows, {share:.2%} where "
        f"{wanted:.2%} were asked for: whole documents and plans with all that is like them go to "
        "one side, and held-out plans validate"
    ]
