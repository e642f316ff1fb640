"""What the next epoch adds, given the epochs so far and the skills and query types of today."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from statistics import fmean

from gleanery.tasks.skills.epochs_live import LivePlans
from gleanery.tasks.skills.epochs_sealed import Epoch
from gleanery.tasks.skills.epochs_use import use_of_skills, use_of_types
from gleanery.tasks.skills.epochs_windows import OpenStreams
from gleanery.tasks.skills.plans_config import SkillPlansConfig
from gleanery.tasks.skills.plans_streams import Generation, generations

FIRST, NEW_SKILLS, NEW_TYPES, MORE = "first", "new skills", "new query types", "more plans"


def next_epoch(
    epochs: Sequence[Epoch],
    skills: frozenset[str],
    query_types: frozenset[str],
    config: SkillPlansConfig,
) -> Epoch | None:
    """Return the epoch to seal next, or `None` if there is nothing to add.

    New skills come first, then new query types, then what is missing of `count`, of which only live
    plans are a part: those that rest for what has been removed are replaced. An epoch of new skills
    has at least one in every plan, and as many plans as it takes until they are used as often as
    the others; likewise with new query types. Raises `ValueError` if the configuration contradicts
    the epochs, or if there is nothing to draw from at all.
    """
    if not skills or not query_types:
        raise ValueError(
            f"plans need skills and query types: there are {len(skills)} and {len(query_types)}"
        )
    if epochs:
        _check_unchanged(epochs[0], config)
    live = LivePlans(epochs, skills, query_types)
    missing = config.count - live.count
    for draft in _drafts(epochs, skills, query_types, config, missing):
        brought = generations([*epochs, draft])
        streams = OpenStreams(epochs, draft, brought, live.passed)
        windows = streams.windows(_wanted(epochs, draft, brought, streams.sizes(), missing))
        if windows:
            count = sum(window.count for window in windows)
            return draft.model_copy(update={"windows": windows, "count": count})
    if not epochs:
        raise ValueError(
            f"{len(skills)} skills give no combination of {_one_of(config.mix)}: add skills, or "
            "set skills_per_plan lower"
        )
    return None


def _drafts(
    epochs: Sequence[Epoch],
    skills: frozenset[str],
    query_types: frozenset[str],
    config: SkillPlansConfig,
    missing: int,
) -> Iterator[Epoch]:
    """Yield what the next epoch may be, without its windows, in the order of precedence."""

    def draft(reason: str, skills: frozenset[str], query_types: frozenset[str]) -> Epoch:
        return Epoch(
            number=len(epochs) + 1,
            reason=reason,
            seed=config.seed,
            held_out_share=config.held_out_share,
            mix=config.mix,
            skills=tuple(sorted(skills)),
            query_types=tuple(sorted(query_types)),
            windows=(),
            count=0,
            plans_per_slice=config.plans_per_slice,
            created="",
            writer="",
        )

    known = skills.intersection(name for epoch in epochs for name in epoch.skills)
    known_types = query_types.intersection(name for epoch in epochs for name in epoch.query_types)
    if not known and not known_types:
        yield draft(NEW_SKILLS if epochs else FIRST, skills, query_types)
    if known != skills and known_types:
        yield draft(NEW_SKILLS, skills, known_types)
    if known_types != query_types and known:
        yield draft(NEW_TYPES, known, query_types)
    if known and known_types and missing > 0:
        yield draft(MORE, known, known_types)


def _wanted(
    epochs: Sequence[Epoch],
    draft: Epoch,
    brought: Mapping[int, Generation],
    sizes: Mapping[int, float],
    missing: int,
) -> int:
    """Return how many plans an epoch is to add."""
    own = brought[draft.number]
    if draft.reason in (FIRST, MORE):
        return missing
    if draft.reason == NEW_TYPES:
        use = use_of_types(epochs, brought)
        level = fmean(use[name] for name in _others(use, draft.query_types, own.query_types))
        return ceil(level * len(own.query_types))
    use = use_of_skills(epochs, brought)
    level = fmean(use[name] for name in _others(use, draft.skills, own.skills))
    size = sum(size * share for size, share in sizes.items())
    new, old = len(own.skills), len(own.older_skills)
    if not old:
        return ceil(level * new / size) if size else 0
    # Each new skill leads `level` plans, and the others in a plan are drawn from all skills alike:
    # old and new ones gain the same from these. (A plan cannot hold its leader twice, hence the
    # fraction.)
    return ceil(level * new * (new + old - 1) / max(new + old - size, 1))


def _others(use: Mapping[str, float], seen: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return those that the new ones are to draw level with."""
    there = set(seen).difference(new)
    return sorted(there or set(use).difference(new))


def _check_unchanged(first: Epoch, config: SkillPlansConfig) -> None:
    for name in ("seed", "held_out_share"):
        sealed, configured = getattr(first, name), getattr(config, name)
        if sealed != configured:
            raise ValueError(
                f"the plans' {name} is {sealed} in the epochs that are sealed and {configured} in "
                "the configuration: set it back, or start a pipeline of its own"
            )


def _one_of(sizes: Mapping[int, float]) -> str:
    return " or ".join(map(str, sizes))
