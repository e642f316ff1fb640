"""The names of the stages of skill synthesis, and of their parts."""

from gleanery.tasks.skills.epochs_sealed import Epoch

TOPICS = "topics"
PROPOSED_SKILLS = "proposed-skills"
PROPOSED_QUERY_TYPES = "proposed-query-types"
LABELS = "skill-labels"
SKILL_EXAMPLES = "skill-examples"  # as they were generated, before near-identical ones are left out


def part_name(epoch: Epoch, number: int) -> str:
    """Return the name of the parts that hold one slice of an epoch's plans."""
    return f"e{epoch.number:04d}-{number:05d}"
