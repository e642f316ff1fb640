"""What to say where the combinations give fewer plans than were asked for."""

from gleanery.tasks.skills.epochs_live import LivePlans
from gleanery.tasks.skills.plans_config import SkillPlansConfig


def shortage(
    live: LivePlans, skills: int, query_types: int, config: SkillPlansConfig
) -> str | None:
    """Return in words what is missing of the configured plans, or `None` if nothing is.

    `live` is over all epochs, those to be sealed next included. A number of skills per plan that
    has no combination at all is named also where the other numbers make up for it.
    """
    none = [size for size in config.mix if size > skills]
    if live.count >= config.count and not none:
        return None
    sizes = sorted({*config.mix, *(size for size, count in live.of_size.items() if count)})
    have = ", ".join(f"with {size}: {live.of_size[size]:,}" for size in sizes)
    given = f"{skills:,} skills and {query_types:,} query types"
    said = []
    if live.count < config.count:
        said.append(
            f"{given} have only {live.count:,} combinations for the {config.count:,} plans of "
            f"plans.count (skills per plan {have})"
        )
    if none:
        each = " or ".join(map(str, none))
        said.append(f"no plan can have {each} skills, for there are {skills:,}")
    remedy = "add skills or query types, or change plans.skills_per_plan"
    return f"{'; '.join(said)}: {remedy}"
